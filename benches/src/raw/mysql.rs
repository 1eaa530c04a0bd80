//! MariaDB by sqlx's `fetch_many`: rows decoded from their bytes, by position, while they stream in.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use harness::client::{Client, number};
use harness::data::Entry;
use harness::{Error, Result};
use sqlx::mysql::{MySqlArguments, MySqlRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection, Decode, Either, Executor, MySql, MySqlConnection, Row};
use time::PrimitiveDateTime;
use tokio::sync::{Mutex, MutexGuard};

use super::{Key, civil};
use crate::plain::{Comment, Post, User, keys, nest, size, text};

/// One connection.
pub struct Raw(Mutex<Held>);

struct Held {
    connection: MySqlConnection,
    texts: HashMap<Key, Arc<str>>,
}

impl Raw {
    /// # Errors
    /// What the server says.
    pub async fn connect(url: &str) -> Result<Self> {
        let connection = MySqlConnection::connect(url).await?;
        Ok(Self(Mutex::new(Held { connection, texts: HashMap::new() })))
    }

    async fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().await
    }

    async fn number(&self, sql: &'static str, bind: i32) -> Result<usize> {
        let rows =
            all(&mut self.held().await.connection, sqlx::query(sql).bind(bind), |row| int(row, 0)).await?;
        number(rows.first().copied().ok_or("no row")?)
    }
}

type Statement<'q> = Query<'q, MySql, MySqlArguments>;

impl Held {
    fn text(&mut self, key: Key) -> AssertSqlSafe<Arc<str>> {
        AssertSqlSafe(self.texts.entry(key).or_insert_with(|| key.text().into()).clone())
    }

    async fn children<T>(
        &mut self,
        sql: &'static str,
        parents: &[i64],
        read: fn(&MySqlRow) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut query = sqlx::query(self.text(Key::Children(sql, parents.len())));
        for key in parents {
            query = query.bind(key);
        }
        all(&mut self.connection, query, read).await
    }

    async fn insert(&mut self, rows: &[Entry]) -> Result<usize> {
        let mut query = sqlx::query(self.text(Key::Insert(rows.len())));
        for row in rows {
            query = query.bind(&row.name).bind(&row.email).bind(&row.city).bind(&row.bio).bind(row.age);
            query = query.bind(row.visits).bind(row.score).bind(row.active).bind(row.created_at);
        }
        let done = query.execute(&mut self.connection).await?;
        Ok(usize::try_from(done.rows_affected())?)
    }
}

async fn all<T>(
    connection: &mut MySqlConnection,
    query: Statement<'_>,
    read: fn(&MySqlRow) -> Result<T>,
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

/// No bytes are there only where the value is NULL.
fn bytes(row: &MySqlRow, at: usize) -> Result<Option<&[u8]>> {
    Ok(<&[u8] as Decode<MySql>>::decode(row.try_get_raw(at)?).ok())
}

fn fixed<const N: usize>(row: &MySqlRow, at: usize) -> Result<[u8; N]> {
    Ok(bytes(row, at)?.ok_or("NULL")?.try_into()?)
}

fn optional(row: &MySqlRow, at: usize) -> Result<Option<String>> {
    Ok(match bytes(row, at)? {
        Some(bytes) => Some(str::from_utf8(bytes)?.to_owned()),
        None => None,
    })
}

fn string(row: &MySqlRow, at: usize) -> Result<String> {
    optional(row, at)?.ok_or_else(|| Error::from("NULL"))
}

/// A count has 8 bytes, and an EXISTS has 4.
fn int(row: &MySqlRow, at: usize) -> Result<i64> {
    let bytes = bytes(row, at)?.ok_or("NULL")?;
    match bytes.len() {
        4 => Ok(i32::from_le_bytes(bytes.try_into()?).into()),
        _ => Ok(i64::from_le_bytes(bytes.try_into()?)),
    }
}

fn small(row: &MySqlRow, at: usize) -> Result<i32> {
    Ok(i32::from_le_bytes(fixed(row, at)?))
}

/// Length, year, month, day, hour, minute, second and microseconds; zeros at the end are left out.
fn time(row: &MySqlRow, at: usize) -> Result<PrimitiveDateTime> {
    let bytes = bytes(row, at)?.ok_or("NULL")?;
    let part = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let micros = u32::from_le_bytes([part(8), part(9), part(10), part(11)]);
    let year = u16::from_le_bytes([part(1), part(2)]);
    civil(year.into(), part(3), part(4), (part(5), part(6), part(7), micros))
}

fn user(row: &MySqlRow) -> Result<User> {
    Ok(User {
        id: int(row, 0)?,
        name: string(row, 1)?,
        email: optional(row, 2)?,
        city: string(row, 3)?,
        bio: optional(row, 4)?,
        age: small(row, 5)?,
        visits: int(row, 6)?,
        score: f64::from_le_bytes(fixed(row, 7)?),
        active: fixed(row, 8)? == [1],
        created_at: time(row, 9)?,
    })
}

fn post(row: &MySqlRow) -> Result<Post> {
    Ok(Post {
        id: int(row, 0)?,
        author_id: int(row, 1)?,
        title: string(row, 2)?,
        body: optional(row, 3)?,
        score: small(row, 4)?,
    })
}

fn comment(row: &MySqlRow) -> Result<Comment> {
    Ok(Comment { id: int(row, 0)?, post_id: int(row, 1)?, text: string(row, 2)?, likes: small(row, 3)? })
}

/// Rows in a statement, where there are many.
const PORTION: usize = 1_000;

impl Client for Raw {
    type New = Vec<Entry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        sql.execute(&mut self.held().await.connection).await?;
        Ok(())
    }

    async fn one(&self, id: i64) -> Result<usize> {
        let query = sqlx::query(text::question::ONE).bind(id);
        Ok(all(&mut self.held().await.connection, query, user).await?.len())
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        let query = sqlx::query(text::question::ROWS).bind(i64::try_from(n)?);
        Ok(all(&mut self.held().await.connection, query, user).await?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        let query = sqlx::query(text::question::JOIN).bind(age).bind(score);
        Ok(all(&mut self.held().await.connection, query, post).await?.len())
    }

    fn prepare(&self, rows: Vec<Entry>) -> Self::New {
        rows
    }

    async fn insert(&self, rows: Self::New) -> Result<usize> {
        let held = &mut *self.held().await;
        if rows.len() <= PORTION {
            return held.insert(&rows).await;
        }
        held.connection.execute("START TRANSACTION").await?;
        let mut inserted = 0;
        for rows in rows.chunks(PORTION) {
            inserted += held.insert(rows).await?;
        }
        held.connection.execute("COMMIT").await?;
        Ok(inserted)
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let held = &mut *self.held().await;
        let users = all(&mut held.connection, sqlx::query(text::question::ROWS).bind(users), user).await?;
        let posts = held.children(text::POSTS, &keys(&users, |user| user.id), post).await?;
        let comments = held.children(text::COMMENTS, &keys(&posts, |post| post.id), comment).await?;
        Ok(size(&nest(users, posts, comments)))
    }

    async fn count(&self, age: i32) -> Result<usize> {
        self.number(text::question::COUNT, age).await
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        self.number(text::question::EXISTS, age).await
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let query = sqlx::query(text::question::COLUMNS).bind(i64::try_from(n)?);
        let pair = |row: &MySqlRow| Ok((int(row, 0)?, string(row, 1)?));
        Ok(all(&mut self.held().await.connection, query, pair).await?.len())
    }
}
