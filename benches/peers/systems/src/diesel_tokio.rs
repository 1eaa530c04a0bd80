//! diesel-async: on the servers with its pool over deadpool, on SQLite with its wrapper of a synchronous connection.

use diesel::SqliteConnection;
use diesel::prelude::*;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{
    AsyncConnection, AsyncMysqlConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use harness::client::{Client, number};
use harness::data::Entry as Plain;
use harness::{Error, Result};
use tokio::sync::{Mutex, MutexGuard};

use crate::diesel_models::*;

pub type Wrapped = SyncConnectionWrapper<SqliteConnection>;

/// One connection, for a database in memory.
pub struct Single(Mutex<Wrapped>);

impl Single {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(Mutex::new(Wrapped::establish(url).await?)))
    }

    async fn get(&self) -> Result<MutexGuard<'_, Wrapped>> {
        Ok(self.0.lock().await)
    }
}

/// `C` is the pool.
pub struct Pooled<C>(C);

macro_rules! pooled {
    ($connection:ty) => {
        impl Pooled<Pool<$connection>> {
            /// The pool as it comes asks the server `SELECT 1` whenever a connection is taken; a `fast` one does not.
            pub fn connect(url: &str, fast: bool) -> Result<Self> {
                let mut config = ManagerConfig::default();
                if fast {
                    config.recycling_method = RecyclingMethod::Fast;
                }
                let manager = AsyncDieselConnectionManager::<$connection>::new_with_config(url, config);
                Ok(Self(Pool::builder(manager).build()?))
            }

            async fn get(&self) -> Result<Object<$connection>> {
                Ok(self.0.get().await?)
            }
        }
    };
}

pooled!(AsyncPgConnection);
pooled!(AsyncMysqlConnection);

macro_rules! client {
    ($client:ty, insert: $insert:ident) => {
        impl Client for $client {
            type New = Vec<NewEntry>;

            async fn execute(&self, sql: &str) -> Result<()> {
                Ok(self.get().await?.batch_execute(sql).await?)
            }

            async fn one(&self, id: i64) -> Result<usize> {
                let mut connection = self.get().await?;
                users::table.find(id).select(User::as_select()).get_result(&mut *connection).await?;
                Ok(1)
            }

            async fn rows(&self, n: usize) -> Result<usize> {
                let mut connection = self.get().await?;
                let query =
                    users::table.filter(users::id.le(n as i64)).order_by(users::id).select(User::as_select());
                Ok(query.load(&mut *connection).await?.len())
            }

            async fn join(&self, age: i32, score: i32) -> Result<usize> {
                let mut connection = self.get().await?;
                let query = posts::table
                    .inner_join(users::table)
                    .filter(users::age.eq(age).and(posts::score.ge(score)))
                    .order_by(posts::id)
                    .select(Post::as_select());
                Ok(query.load(&mut *connection).await?.len())
            }

            fn prepare(&self, rows: Vec<Plain>) -> Self::New {
                rows.into_iter().map(new).collect()
            }

            async fn insert(&self, mut rows: Self::New) -> Result<usize> {
                let mut connection = self.get().await?;
                if rows.len() == 1 {
                    let row = rows.pop().ok_or("a row")?;
                    return Ok(diesel::insert_into(entries::table)
                        .values(row)
                        .execute(&mut *connection)
                        .await?);
                }
                $insert(&mut *connection, rows).await
            }

            async fn tree(&self, users: i64) -> Result<usize> {
                let mut connection = self.get().await?;
                let users = users::table
                    .filter(users::id.le(users))
                    .order_by(users::id)
                    .select(User::as_select())
                    .load(&mut *connection)
                    .await?;
                let posts = Post::belonging_to(&users)
                    .order_by(posts::id)
                    .select(Post::as_select())
                    .load(&mut *connection)
                    .await?;
                let comments = Comment::belonging_to(&posts)
                    .order_by(comments::id)
                    .select(Comment::as_select())
                    .load(&mut *connection)
                    .await?;
                Ok(size(&nest(users, posts, comments)))
            }

            async fn count(&self, age: i32) -> Result<usize> {
                let mut connection = self.get().await?;
                let query = users::table.filter(users::age.eq(age)).count();
                number(query.get_result(&mut *connection).await?)
            }

            async fn exists(&self, age: i32) -> Result<usize> {
                let mut connection = self.get().await?;
                let query = diesel::select(diesel::dsl::exists(users::table.filter(users::age.eq(age))));
                Ok(query.get_result::<bool>(&mut *connection).await?.into())
            }

            async fn columns(&self, n: usize) -> Result<usize> {
                let mut connection = self.get().await?;
                let query = users::table
                    .filter(users::id.le(n as i64))
                    .order_by(users::id)
                    .select((users::id, users::name));
                Ok(query.load::<(i64, String)>(&mut *connection).await?.len())
            }
        }
    };
}

client!(Single, insert: one_by_one);
client!(Pooled<Pool<AsyncPgConnection>>, insert: many_postgres);
client!(Pooled<Pool<AsyncMysqlConnection>>, insert: many_mariadb);

/// The wrapper of a SQLite connection takes no more than a row at once.
async fn one_by_one(connection: &mut Wrapped, rows: Vec<NewEntry>) -> Result<usize> {
    connection
        .transaction(async |connection| {
            let mut inserted = 0;
            for row in rows {
                inserted += diesel::insert_into(entries::table).values(row).execute(&mut *connection).await?;
            }
            Ok(inserted)
        })
        .await
}

macro_rules! many {
    ($name:ident, $connection:ty) => {
        /// As many rows in a statement as it can have binds, in a transaction where there are several.
        async fn $name(connection: &mut $connection, mut rows: Vec<NewEntry>) -> Result<usize> {
            let portion = 65_535 / 9;
            if rows.len() <= portion {
                return Ok(diesel::insert_into(entries::table).values(rows).execute(connection).await?);
            }
            connection
                .transaction(async |connection| {
                    let mut inserted = 0;
                    while !rows.is_empty() {
                        let rest = rows.split_off(rows.len().min(portion));
                        inserted += diesel::insert_into(entries::table)
                            .values(rows)
                            .execute(&mut *connection)
                            .await?;
                        rows = rest;
                    }
                    Ok::<_, Error>(inserted)
                })
                .await
        }
    };
}

many!(many_postgres, AsyncPgConnection);
many!(many_mariadb, AsyncMysqlConnection);
