//! tokio-postgres by hand: statements prepared once, rows read by position, COPY for bulk.

use futures_util::pin_mut;
use harness::Result;
use harness::client::{Client, number};
use harness::data::Entry;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client as Connection, NoTls, Row, Statement};

use orm_benches::plain::{Comment, Post, User, keys, nest, size, text};

pub struct TokioPostgres {
    connection: Connection,
    one: Statement,
    rows: Statement,
    join: Statement,
    posts: Statement,
    comments: Statement,
    insert: Statement,
    insert_arrays: Statement,
    count: Statement,
    exists: Statement,
    columns: Statement,
}

/// From so many rows on, COPY.
const COPY_FROM: usize = 1_000;
const TYPES: [Type; 9] = [
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::TEXT,
    Type::INT4,
    Type::INT8,
    Type::FLOAT8,
    Type::BOOL,
    Type::TIMESTAMP,
];

impl TokioPostgres {
    pub async fn connect(url: &str) -> Result<Self> {
        let (connection, driver) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(driver);
        let insert = format!("{}VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", text::INSERT);
        let children = |sql: &str| format!("{sql} = ANY($1) ORDER BY id");
        Ok(Self {
            one: connection.prepare(text::dollar::ONE).await?,
            rows: connection.prepare(text::dollar::ROWS).await?,
            join: connection.prepare(text::dollar::JOIN).await?,
            posts: connection.prepare(&children(text::POSTS)).await?,
            comments: connection.prepare(&children(text::COMMENTS)).await?,
            insert: connection.prepare(&insert).await?,
            insert_arrays: connection.prepare(text::INSERT_ARRAYS).await?,
            count: connection.prepare(text::dollar::COUNT).await?,
            exists: connection.prepare(text::dollar::EXISTS).await?,
            columns: connection.prepare(text::dollar::COLUMNS).await?,
            connection,
        })
    }

    async fn copy(&self, rows: &[Entry]) -> Result<usize> {
        let sink = self.connection.copy_in(text::COPY).await?;
        let writer = BinaryCopyInWriter::new(sink, &TYPES);
        pin_mut!(writer);
        for row in rows {
            let Entry { name, email, city, bio, age, visits, score, active, created_at } = row;
            writer.as_mut().write(&[name, email, city, bio, age, visits, score, active, created_at]).await?;
        }
        Ok(usize::try_from(writer.finish().await?)?)
    }

    async fn arrays(&self, rows: &[Entry]) -> Result<usize> {
        macro_rules! column {
            ($field:ident) => {
                rows.iter().map(|row| &row.$field).collect::<Vec<_>>()
            };
        }
        let (names, emails, cities, bios) = (column!(name), column!(email), column!(city), column!(bio));
        let (ages, visits, scores) = (column!(age), column!(visits), column!(score));
        let (active, times) = (column!(active), column!(created_at));
        let binds: [&(dyn tokio_postgres::types::ToSql + Sync); 9] =
            [&names, &emails, &cities, &bios, &ages, &visits, &scores, &active, &times];
        Ok(usize::try_from(self.connection.execute(&self.insert_arrays, &binds).await?)?)
    }
}

fn user(row: &Row) -> Result<User> {
    Ok(User {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        email: row.try_get(2)?,
        city: row.try_get(3)?,
        bio: row.try_get(4)?,
        age: row.try_get(5)?,
        visits: row.try_get(6)?,
        score: row.try_get(7)?,
        active: row.try_get(8)?,
        created_at: row.try_get(9)?,
    })
}

fn post(row: &Row) -> Result<Post> {
    Ok(Post {
        id: row.try_get(0)?,
        author_id: row.try_get(1)?,
        title: row.try_get(2)?,
        body: row.try_get(3)?,
        score: row.try_get(4)?,
    })
}

fn comment(row: &Row) -> Result<Comment> {
    Ok(Comment {
        id: row.try_get(0)?,
        post_id: row.try_get(1)?,
        text: row.try_get(2)?,
        likes: row.try_get(3)?,
    })
}

impl Client for TokioPostgres {
    type New = Vec<Entry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        Ok(self.connection.batch_execute(sql).await?)
    }

    async fn one(&self, id: i64) -> Result<usize> {
        user(&self.connection.query_one(&self.one, &[&id]).await?)?;
        Ok(1)
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        let rows = self.connection.query(&self.rows, &[&(n as i64)]).await?;
        Ok(rows.iter().map(user).collect::<Result<Vec<_>>>()?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        let rows = self.connection.query(&self.join, &[&age, &score]).await?;
        Ok(rows.iter().map(post).collect::<Result<Vec<_>>>()?.len())
    }

    fn prepare(&self, rows: Vec<Entry>) -> Self::New {
        rows
    }

    async fn insert(&self, rows: Self::New) -> Result<usize> {
        if let [row] = &*rows {
            let Entry { name, email, city, bio, age, visits, score, active, created_at } = row;
            let binds: [&(dyn tokio_postgres::types::ToSql + Sync); 9] =
                [name, email, city, bio, age, visits, score, active, created_at];
            return Ok(usize::try_from(self.connection.execute(&self.insert, &binds).await?)?);
        }
        if rows.len() < COPY_FROM { self.arrays(&rows).await } else { self.copy(&rows).await }
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let users = self.connection.query(&self.rows, &[&users]).await?;
        let users = users.iter().map(user).collect::<Result<Vec<_>>>()?;
        let posts = self.connection.query(&self.posts, &[&keys(&users, |user| user.id)]).await?;
        let posts = posts.iter().map(post).collect::<Result<Vec<_>>>()?;
        let comments = self.connection.query(&self.comments, &[&keys(&posts, |post| post.id)]).await?;
        let comments = comments.iter().map(comment).collect::<Result<Vec<_>>>()?;
        Ok(size(&nest(users, posts, comments)))
    }

    async fn count(&self, age: i32) -> Result<usize> {
        number(self.connection.query_one(&self.count, &[&age]).await?.try_get(0)?)
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        Ok(self.connection.query_one(&self.exists, &[&age]).await?.try_get::<_, bool>(0)?.into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let rows = self.connection.query(&self.columns, &[&(n as i64)]).await?;
        let pair = |row: &Row| Ok::<(i64, String), tokio_postgres::Error>((row.try_get(0)?, row.try_get(1)?));
        Ok(rows.iter().map(pair).collect::<Result<Vec<_>, _>>()?.len())
    }
}
