//! mysql_async by hand, on one connection, which keeps its prepared statements.

use harness::client::{Client, number};
use harness::data::Entry;
use harness::{Error, Result};
use mysql_async::prelude::{FromValue, Queryable};
use mysql_async::{Conn, Params, Row, TxOpts, Value};
use tokio::sync::Mutex;

use orm_benches::plain::{Comment, Post, User, keys, nest, size, text};

pub struct MysqlAsync(Mutex<Conn>);

impl MysqlAsync {
    pub async fn connect(url: &str) -> Result<Self> {
        Ok(Self(Mutex::new(Conn::from_url(url).await?)))
    }
}

fn cell<T: FromValue>(row: &mut Row, at: usize) -> Result<T> {
    row.take_opt(at).ok_or("a column is missing")?.map_err(Error::from)
}

fn user(mut row: Row) -> Result<User> {
    let row = &mut row;
    Ok(User {
        id: cell(row, 0)?,
        name: cell(row, 1)?,
        email: cell(row, 2)?,
        city: cell(row, 3)?,
        bio: cell(row, 4)?,
        age: cell(row, 5)?,
        visits: cell(row, 6)?,
        score: cell(row, 7)?,
        active: cell(row, 8)?,
        created_at: cell(row, 9)?,
    })
}

fn post(mut row: Row) -> Result<Post> {
    let row = &mut row;
    Ok(Post {
        id: cell(row, 0)?,
        author_id: cell(row, 1)?,
        title: cell(row, 2)?,
        body: cell(row, 3)?,
        score: cell(row, 4)?,
    })
}

fn comment(mut row: Row) -> Result<Comment> {
    let row = &mut row;
    Ok(Comment { id: cell(row, 0)?, post_id: cell(row, 1)?, text: cell(row, 2)?, likes: cell(row, 3)? })
}

async fn all<T: Send + 'static>(
    connection: &mut Conn,
    sql: &str,
    binds: impl Into<Params> + Send,
    row: fn(Row) -> Result<T>,
) -> Result<Vec<T>> {
    let rows: Vec<Result<T>> = connection.exec_map(sql, binds, row).await?;
    rows.into_iter().collect()
}

async fn children<T: Send + 'static>(
    connection: &mut Conn,
    sql: &str,
    parents: &[i64],
    row: fn(Row) -> Result<T>,
) -> Result<Vec<T>> {
    let marks = vec!["?"; parents.len()].join(", ");
    let binds: Vec<Value> = parents.iter().map(|key| Value::from(*key)).collect();
    all(connection, &format!("{sql} IN ({marks}) ORDER BY id"), binds, row).await
}

fn binds(row: Entry) -> [Value; 9] {
    let Entry { name, email, city, bio, age, visits, score, active, created_at } = row;
    [
        name.into(),
        email.into(),
        city.into(),
        bio.into(),
        age.into(),
        visits.into(),
        score.into(),
        active.into(),
        created_at.into(),
    ]
}

async fn insert(on: &mut impl Queryable, rows: Vec<Entry>) -> Result<usize> {
    let marks = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?)"; rows.len()].join(", ");
    let inserted = rows.len();
    let binds: Vec<Value> = rows.into_iter().flat_map(binds).collect();
    on.exec_drop(format!("{}VALUES {marks}", text::INSERT), binds).await?;
    Ok(inserted)
}

/// Rows in a statement, where there are many.
const PORTION: usize = 1_000;

impl Client for MysqlAsync {
    type New = Vec<Entry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        Ok(self.0.lock().await.query_drop(sql).await?)
    }

    async fn one(&self, id: i64) -> Result<usize> {
        let row: Option<Row> = self.0.lock().await.exec_first(text::question::ONE, (id,)).await?;
        user(row.ok_or("no row")?)?;
        Ok(1)
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        Ok(all(&mut *self.0.lock().await, text::question::ROWS, (n as i64,), user).await?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        Ok(all(&mut *self.0.lock().await, text::question::JOIN, (age, score), post).await?.len())
    }

    fn prepare(&self, rows: Vec<Entry>) -> Self::New {
        rows
    }

    async fn insert(&self, mut rows: Self::New) -> Result<usize> {
        let connection = &mut *self.0.lock().await;
        if rows.len() <= PORTION {
            return insert(connection, rows).await;
        }
        let mut transaction = connection.start_transaction(TxOpts::default()).await?;
        let mut inserted = 0;
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(PORTION));
            inserted += insert(&mut transaction, rows).await?;
            rows = rest;
        }
        transaction.commit().await?;
        Ok(inserted)
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let connection = &mut *self.0.lock().await;
        let users = all(connection, text::question::ROWS, (users,), user).await?;
        let posts = children(connection, text::POSTS, &keys(&users, |user| user.id), post).await?;
        let comments = children(connection, text::COMMENTS, &keys(&posts, |post| post.id), comment).await?;
        Ok(size(&nest(users, posts, comments)))
    }

    async fn count(&self, age: i32) -> Result<usize> {
        let count: Option<i64> = self.0.lock().await.exec_first(text::question::COUNT, (age,)).await?;
        number(count.ok_or("no row")?)
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        let found: Option<bool> = self.0.lock().await.exec_first(text::question::EXISTS, (age,)).await?;
        Ok(found.ok_or("no row")?.into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let connection = &mut *self.0.lock().await;
        let rows: Vec<(i64, String)> = connection.exec(text::question::COLUMNS, (n as i64,)).await?;
        Ok(rows.len())
    }
}
