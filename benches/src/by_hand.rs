//! sqlx as its README shows it: `query_as` into structs, on one connection or through its pool.

use harness::client::{Client, number};
use harness::data::Entry;
use harness::{Error, Result};
use sqlx::pool::PoolConnection;
use sqlx::{
    AssertSqlSafe, Connection, Database, MySql, MySqlConnection, PgConnection, Pool, Postgres, QueryBuilder,
    SqliteConnection,
};
use tokio::sync::{Mutex, MutexGuard};

use crate::plain::{Comment, Post, User, keys, nest, size, text};

pub struct Single<C>(Mutex<C>);

impl<C: Connection> Single<C> {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(Mutex::new(C::connect(url).await?)))
    }

    async fn get(&self) -> Result<MutexGuard<'_, C>> {
        Ok(self.0.lock().await)
    }
}

pub struct Pooled<D: Database>(Pool<D>);

impl<D: Database> Pooled<D> {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(Pool::connect(url).await?))
    }

    async fn get(&self) -> Result<PoolConnection<D>> {
        Ok(self.0.acquire().await?)
    }
}

macro_rules! client {
    ($client:ty, $texts:ident, children: $children:ident, insert: $insert:ident) => {
        impl Client for $client {
            type New = Vec<Entry>;

            async fn execute(&self, sql: &str) -> Result<()> {
                let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
                sql.execute(&mut *self.get().await?).await?;
                Ok(())
            }

            async fn one(&self, id: i64) -> Result<usize> {
                let query = sqlx::query_as::<_, User>(text::$texts::ONE).bind(id);
                query.fetch_one(&mut *self.get().await?).await?;
                Ok(1)
            }

            async fn rows(&self, n: usize) -> Result<usize> {
                let query = sqlx::query_as::<_, User>(text::$texts::ROWS).bind(n as i64);
                Ok(query.fetch_all(&mut *self.get().await?).await?.len())
            }

            async fn join(&self, age: i32, score: i32) -> Result<usize> {
                let query = sqlx::query_as::<_, Post>(text::$texts::JOIN).bind(age).bind(score);
                Ok(query.fetch_all(&mut *self.get().await?).await?.len())
            }

            fn prepare(&self, rows: Vec<Entry>) -> Self::New {
                rows
            }

            async fn insert(&self, rows: Self::New) -> Result<usize> {
                $insert(&mut *self.get().await?, rows).await
            }

            async fn tree(&self, users: i64) -> Result<usize> {
                let connection = &mut *self.get().await?;
                let query = sqlx::query_as::<_, User>(text::$texts::ROWS).bind(users);
                let users = query.fetch_all(&mut *connection).await?;
                let mut query = $children(text::POSTS, keys(&users, |user| user.id));
                let posts = query.build_query_as::<Post>().fetch_all(&mut *connection).await?;
                let mut query = $children(text::COMMENTS, keys(&posts, |post| post.id));
                let comments = query.build_query_as::<Comment>().fetch_all(&mut *connection).await?;
                Ok(size(&nest(users, posts, comments)))
            }

            async fn count(&self, age: i32) -> Result<usize> {
                let query = sqlx::query_scalar::<_, i64>(text::$texts::COUNT).bind(age);
                number(query.fetch_one(&mut *self.get().await?).await?)
            }

            async fn exists(&self, age: i32) -> Result<usize> {
                let query = sqlx::query_scalar::<_, bool>(text::$texts::EXISTS).bind(age);
                Ok(query.fetch_one(&mut *self.get().await?).await?.into())
            }

            async fn columns(&self, n: usize) -> Result<usize> {
                let query = sqlx::query_as::<_, (i64, String)>(text::$texts::COLUMNS).bind(n as i64);
                Ok(query.fetch_all(&mut *self.get().await?).await?.len())
            }
        }
    };
}

client!(Single<SqliteConnection>, question, children: listed, insert: insert_sqlite);
client!(Single<PgConnection>, dollar, children: array, insert: insert_postgres);
client!(Single<MySqlConnection>, question, children: listed, insert: insert_mysql);
client!(Pooled<Postgres>, dollar, children: array, insert: insert_postgres);
client!(Pooled<MySql>, question, children: listed, insert: insert_mysql);

/// The children of these parents, with a placeholder a key.
fn listed<D: Database>(sql: &str, parents: Vec<i64>) -> QueryBuilder<D>
where
    i64: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
{
    let mut query = QueryBuilder::new(format!("{sql} IN ("));
    let mut list = query.separated(", ");
    for key in parents {
        list.push_bind(key);
    }
    query.push(") ORDER BY id");
    query
}

/// The children of these parents, whose keys are one array.
fn array(sql: &str, parents: Vec<i64>) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!("{sql} = ANY("));
    query.push_bind(parents).push(") ORDER BY id");
    query
}

macro_rules! insert_values {
    ($name:ident, $connection:ty, binds: $binds:literal) => {
        /// Multi-row VALUES, as many rows as the binds allow, in one transaction.
        async fn $name(connection: &mut $connection, mut rows: Vec<Entry>) -> Result<usize> {
            let values = |rows: Vec<Entry>| {
                let mut query = QueryBuilder::new(text::INSERT);
                query.push_values(rows, |mut values, row| {
                    values.push_bind(row.name).push_bind(row.email).push_bind(row.city).push_bind(row.bio);
                    values
                        .push_bind(row.age)
                        .push_bind(row.visits)
                        .push_bind(row.score)
                        .push_bind(row.active);
                    values.push_bind(row.created_at);
                });
                query
            };
            let portion = $binds / 9;
            if rows.len() <= portion {
                let done = values(rows).build().execute(connection).await?;
                return Ok(usize::try_from(done.rows_affected())?);
            }
            let mut transaction = connection.begin().await?;
            let mut inserted = 0;
            while !rows.is_empty() {
                let rest = rows.split_off(rows.len().min(portion));
                inserted += values(rows).build().execute(&mut *transaction).await?.rows_affected();
                rows = rest;
            }
            transaction.commit().await?;
            usize::try_from(inserted).map_err(Error::from)
        }
    };
}

insert_values!(insert_sqlite, SqliteConnection, binds: 32_766);
insert_values!(insert_mysql, MySqlConnection, binds: 65_535);

/// One array a column, as sqlx's FAQ advises.
pub(crate) async fn insert_postgres(connection: &mut PgConnection, rows: Vec<Entry>) -> Result<usize> {
    let (mut names, mut emails, mut cities, mut bios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut ages, mut visits, mut scores, mut active, mut times) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        names.push(row.name);
        emails.push(row.email);
        cities.push(row.city);
        bios.push(row.bio);
        ages.push(row.age);
        visits.push(row.visits);
        scores.push(row.score);
        active.push(row.active);
        times.push(row.created_at);
    }
    let query =
        sqlx::query(crate::plain::text::INSERT_ARRAYS).bind(names).bind(emails).bind(cities).bind(bios);
    let query = query.bind(ages).bind(visits).bind(scores).bind(active).bind(times);
    Ok(usize::try_from(query.execute(connection).await?.rows_affected())?)
}
