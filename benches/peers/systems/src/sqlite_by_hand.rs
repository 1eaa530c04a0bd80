//! rusqlite, on the calling thread, with its cache of prepared statements.

use std::sync::{Mutex, MutexGuard};

use harness::client::{Client, number};
use harness::data::Entry;
use harness::{Error, Result};
use rusqlite::{Connection, Row, params, params_from_iter};

use orm_benches::plain::{Comment, Post, User, keys, nest, size, text};

pub struct Rusqlite(Mutex<Connection>);

impl Rusqlite {
    pub fn connect(url: &str) -> Result<Self> {
        let connection =
            if url == ":memory:" { Connection::open_in_memory()? } else { Connection::open(url)? };
        Ok(Self(Mutex::new(connection)))
    }

    fn get(&self) -> Result<MutexGuard<'_, Connection>> {
        self.0.lock().map_err(|_| Error::from("another iteration panicked"))
    }
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        city: row.get(3)?,
        bio: row.get(4)?,
        age: row.get(5)?,
        visits: row.get(6)?,
        score: row.get(7)?,
        active: row.get(8)?,
        created_at: row.get(9)?,
    })
}

fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post {
        id: row.get(0)?,
        author_id: row.get(1)?,
        title: row.get(2)?,
        body: row.get(3)?,
        score: row.get(4)?,
    })
}

fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment { id: row.get(0)?, post_id: row.get(1)?, text: row.get(2)?, likes: row.get(3)? })
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    binds: impl rusqlite::Params,
    row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map(binds, row)?.collect::<rusqlite::Result<_>>()?)
}

fn children<T>(
    connection: &Connection,
    sql: &str,
    parents: &[i64],
    row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let marks = vec!["?"; parents.len()].join(", ");
    all(connection, &format!("{sql} IN ({marks}) ORDER BY id"), params_from_iter(parents), row)
}

fn insert(connection: &Connection, rows: &[Entry]) -> Result<usize> {
    let sql = format!("{}VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", text::INSERT);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut inserted = 0;
    for row in rows {
        let Entry { name, email, city, bio, age, visits, score, active, created_at } = row;
        inserted +=
            statement.execute(params![name, email, city, bio, age, visits, score, active, created_at])?;
    }
    Ok(inserted)
}

impl Client for Rusqlite {
    type New = Vec<Entry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        Ok(self.get()?.execute_batch(sql)?)
    }

    async fn one(&self, id: i64) -> Result<usize> {
        self.get()?.prepare_cached(text::question::ONE)?.query_row([id], user)?;
        Ok(1)
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        Ok(all(&*self.get()?, text::question::ROWS, [n as i64], user)?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        Ok(all(&*self.get()?, text::question::JOIN, [age, score], post)?.len())
    }

    fn prepare(&self, rows: Vec<Entry>) -> Self::New {
        rows
    }

    async fn insert(&self, rows: Self::New) -> Result<usize> {
        let mut connection = self.get()?;
        if rows.len() == 1 {
            return insert(&connection, &rows);
        }
        let transaction = connection.transaction()?;
        let inserted = insert(&transaction, &rows)?;
        transaction.commit()?;
        Ok(inserted)
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let connection = &*self.get()?;
        let users = all(connection, text::question::ROWS, [users], user)?;
        let posts = children(connection, text::POSTS, &keys(&users, |user| user.id), post)?;
        let comments = children(connection, text::COMMENTS, &keys(&posts, |post| post.id), comment)?;
        Ok(size(&nest(users, posts, comments)))
    }

    async fn count(&self, age: i32) -> Result<usize> {
        number(self.get()?.prepare_cached(text::question::COUNT)?.query_row([age], |row| row.get(0))?)
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        let found: bool =
            self.get()?.prepare_cached(text::question::EXISTS)?.query_row([age], |row| row.get(0))?;
        Ok(found.into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let pair = |row: &Row<'_>| Ok::<(i64, String), _>((row.get(0)?, row.get(1)?));
        Ok(all(&*self.get()?, text::question::COLUMNS, [n as i64], pair)?.len())
    }
}
