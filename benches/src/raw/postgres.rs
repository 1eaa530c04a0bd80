//! PostgreSQL by sqlx's `fetch_many`: rows decoded from their bytes, by position, while they stream in.

use futures_util::TryStreamExt;
use harness::client::{Client, number};
use harness::data::Entry;
use harness::{Error, Result};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, Either, Executor, PgConnection, Postgres, Row};
use time::PrimitiveDateTime;
use tokio::sync::Mutex;

use super::since_2000;
use crate::by_hand::insert_postgres;
use crate::plain::{Comment, Post, User, keys, nest, size, text};

/// One connection.
pub struct Raw(Mutex<PgConnection>);

impl Raw {
    /// # Errors
    /// What the server says.
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(Mutex::new(PgConnection::connect(url).await?)))
    }

    async fn number(&self, sql: &'static str, bind: i32, read: fn(&PgRow) -> Result<i64>) -> Result<usize> {
        let rows = all(&mut *self.0.lock().await, sqlx::query(sql).bind(bind), read).await?;
        number(rows.first().copied().ok_or("no row")?)
    }
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

async fn all<T>(
    connection: &mut PgConnection,
    query: Statement<'_>,
    read: fn(&PgRow) -> Result<T>,
) -> Result<Vec<T>> {
    let mut rows = Vec::new();
    let mut results = connection.fetch_many(query);
    while let Some(result) = results.try_next().await? {
        if let Either::Right(row) = result {
            rows.push(read(&row)?);
        }
    }
    Ok(rows)
}

fn bytes(row: &PgRow, at: usize) -> Result<Option<&[u8]>> {
    let value = row.try_get_raw(at)?;
    if sqlx::ValueRef::is_null(&value) { Ok(None) } else { value.as_bytes().map(Some) }
}

fn fixed<const N: usize>(row: &PgRow, at: usize) -> Result<[u8; N]> {
    Ok(bytes(row, at)?.ok_or("NULL")?.try_into()?)
}

fn optional(row: &PgRow, at: usize) -> Result<Option<String>> {
    Ok(match bytes(row, at)? {
        Some(bytes) => Some(str::from_utf8(bytes)?.to_owned()),
        None => None,
    })
}

fn string(row: &PgRow, at: usize) -> Result<String> {
    optional(row, at)?.ok_or_else(|| Error::from("NULL"))
}

fn int(row: &PgRow, at: usize) -> Result<i64> {
    Ok(i64::from_be_bytes(fixed(row, at)?))
}

fn small(row: &PgRow, at: usize) -> Result<i32> {
    Ok(i32::from_be_bytes(fixed(row, at)?))
}

fn time(row: &PgRow, at: usize) -> Result<PrimitiveDateTime> {
    since_2000(int(row, at)?)
}

fn user(row: &PgRow) -> Result<User> {
    Ok(User {
        id: int(row, 0)?,
        name: string(row, 1)?,
        email: optional(row, 2)?,
        city: string(row, 3)?,
        bio: optional(row, 4)?,
        age: small(row, 5)?,
        visits: int(row, 6)?,
        score: f64::from_be_bytes(fixed(row, 7)?),
        active: fixed(row, 8)? == [1],
        created_at: time(row, 9)?,
    })
}

fn post(row: &PgRow) -> Result<Post> {
    Ok(Post {
        id: int(row, 0)?,
        author_id: int(row, 1)?,
        title: string(row, 2)?,
        body: optional(row, 3)?,
        score: small(row, 4)?,
    })
}

fn comment(row: &PgRow) -> Result<Comment> {
    Ok(Comment { id: int(row, 0)?, post_id: int(row, 1)?, text: string(row, 2)?, likes: small(row, 3)? })
}

const POSTS: &str =
    "SELECT id, author_id, title, body, score FROM posts WHERE author_id = ANY($1) ORDER BY id";
const COMMENTS: &str = "SELECT id, post_id, text, likes FROM comments WHERE post_id = ANY($1) ORDER BY id";

/// From so many rows on, COPY.
const COPY_FROM: usize = 5_000;

impl Client for Raw {
    type New = Vec<Entry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        sql.execute(&mut *self.0.lock().await).await?;
        Ok(())
    }

    async fn one(&self, id: i64) -> Result<usize> {
        Ok(all(&mut *self.0.lock().await, sqlx::query(text::dollar::ONE).bind(id), user).await?.len())
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        let query = sqlx::query(text::dollar::ROWS).bind(i64::try_from(n)?);
        Ok(all(&mut *self.0.lock().await, query, user).await?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        let query = sqlx::query(text::dollar::JOIN).bind(age).bind(score);
        Ok(all(&mut *self.0.lock().await, query, post).await?.len())
    }

    fn prepare(&self, rows: Vec<Entry>) -> Self::New {
        rows
    }

    async fn insert(&self, rows: Self::New) -> Result<usize> {
        let connection = &mut *self.0.lock().await;
        if rows.len() < COPY_FROM {
            insert_postgres(connection, rows).await
        } else {
            copy(connection, &rows).await
        }
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let connection = &mut *self.0.lock().await;
        let users = all(connection, sqlx::query(text::dollar::ROWS).bind(users), user).await?;
        let posts = all(connection, sqlx::query(POSTS).bind(keys(&users, |user| user.id)), post).await?;
        let comments =
            all(connection, sqlx::query(COMMENTS).bind(keys(&posts, |post| post.id)), comment).await?;
        Ok(size(&nest(users, posts, comments)))
    }

    async fn count(&self, age: i32) -> Result<usize> {
        self.number(text::dollar::COUNT, age, |row| int(row, 0)).await
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        self.number(text::dollar::EXISTS, age, |row| Ok(i64::from(fixed(row, 0)? == [1]))).await
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let query = sqlx::query(text::dollar::COLUMNS).bind(i64::try_from(n)?);
        let pair = |row: &PgRow| Ok((int(row, 0)?, string(row, 1)?));
        Ok(all(&mut *self.0.lock().await, query, pair).await?.len())
    }
}

/// Binary COPY (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format").
async fn copy(connection: &mut PgConnection, rows: &[Entry]) -> Result<usize> {
    let mut data = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    for row in rows {
        data.extend(9_i16.to_be_bytes());
        field(&mut data, Some(row.name.as_bytes()))?;
        field(&mut data, row.email.as_deref().map(str::as_bytes))?;
        field(&mut data, Some(row.city.as_bytes()))?;
        field(&mut data, row.bio.as_deref().map(str::as_bytes))?;
        field(&mut data, Some(&row.age.to_be_bytes()))?;
        field(&mut data, Some(&row.visits.to_be_bytes()))?;
        field(&mut data, Some(&row.score.to_be_bytes()))?;
        field(&mut data, Some(&[row.active.into()]))?;
        let since = row.created_at - since_2000(0)?;
        field(&mut data, Some(&i64::try_from(since.whole_microseconds())?.to_be_bytes()))?;
    }
    data.extend((-1_i16).to_be_bytes());
    let mut sink = connection.copy_in_raw(text::COPY).await?;
    sink.send(data).await?;
    Ok(usize::try_from(sink.finish().await?)?)
}

fn field(data: &mut Vec<u8>, value: Option<&[u8]>) -> Result<()> {
    let length = value.map_or(Ok(-1), |bytes| i32::try_from(bytes.len()))?;
    data.extend(length.to_be_bytes());
    data.extend(value.unwrap_or_default());
    Ok(())
}
