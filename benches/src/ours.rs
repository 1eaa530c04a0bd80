//! This repository's library.

use harness::client::Client;
use harness::data::{Backend, Entry as Plain};
use harness::{Error, Result};
use orm_core::prelude::*;
use time::PrimitiveDateTime;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
#[has_many(posts: Post, key = author_id)]
pub struct User {
    #[model(primary_key)]
    id: i64,
    name: String,
    email: Option<String>,
    city: String,
    bio: Option<String>,
    #[model(index)]
    age: i32,
    visits: i64,
    score: f64,
    active: bool,
    created_at: PrimitiveDateTime,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id)]
#[has_many(comments: Comment, key = post_id)]
pub struct Post {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    author_id: i64,
    title: String,
    body: Option<String>,
    score: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments")]
#[belongs_to(post: Post, key = post_id)]
pub struct Comment {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    post_id: i64,
    text: String,
    likes: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
pub struct Entry {
    #[model(primary_key, generated)]
    id: i64,
    name: String,
    email: Option<String>,
    city: String,
    bio: Option<String>,
    age: i32,
    visits: i64,
    score: f64,
    active: bool,
    created_at: PrimitiveDateTime,
}

pub struct Ours(Db);

impl Ours {
    pub async fn connect(backend: Backend, url: &str) -> Result<Self> {
        Ok(Self(match backend {
            Backend::Sqlite => Db::connect(&format!("sqlite:{url}")).await?,
            Backend::Postgres | Backend::Mariadb => Db::connect(url).await?,
        }))
    }
}

fn new(row: Plain) -> NewEntry {
    let Plain { name, email, city, bio, age, visits, score, active, created_at } = row;
    NewEntry { name, email, city, bio, age, visits, score, active, created_at }
}

impl Client for Ours {
    type New = Vec<NewEntry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        orm_core::sql_dynamic(sql.to_owned()).exec(&self.0).await?;
        Ok(())
    }

    async fn one(&self, id: i64) -> Result<usize> {
        User::find(id).one(&self.0).await?;
        Ok(1)
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        Ok(User::select().filter(User::id.le(n as i64)).order_by(User::id.asc()).all(&self.0).await?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        let filter = Post::author.get(User::age).eq(age).and(Post::score.ge(score));
        Ok(Post::select().filter(filter).order_by(Post::id.asc()).all(&self.0).await?.len())
    }

    fn prepare(&self, rows: Vec<Plain>) -> Self::New {
        rows.into_iter().map(new).collect()
    }

    async fn insert(&self, mut rows: Self::New) -> Result<usize> {
        match rows.pop() {
            Some(row) if rows.is_empty() => {
                Entry::insert(row).exec(&self.0).await?;
                Ok(1)
            }
            last => {
                rows.extend(last);
                Ok(usize::try_from(Entry::insert_many(rows).exec(&self.0).await?)?)
            }
        }
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let users = User::select()
            .filter(User::id.le(users))
            .order_by(User::id.asc())
            .with(User::posts.selectin().with(Post::comments.selectin()))
            .all(&self.0)
            .await?;
        let posts = users.iter().flat_map(|user| user.posts());
        Ok(users.len() + posts.map(|post| 1 + post.comments().len()).sum::<usize>())
    }

    async fn count(&self, age: i32) -> Result<usize> {
        let count = User::select().filter(User::age.eq(age)).count(&self.0).await?;
        usize::try_from(count).map_err(Error::from)
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        Ok(User::select().filter(User::age.eq(age)).exists(&self.0).await?.into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let query = User::select()
            .columns((User::id, User::name))
            .filter(User::id.le(n as i64))
            .order_by(User::id.asc());
        let rows: Vec<(i64, String)> = query.all(&self.0).await?;
        Ok(rows.len())
    }
}
