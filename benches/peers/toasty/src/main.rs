//! Serves blocks of workloads with toasty.

use harness::args::Args;
use harness::client::Client;
use harness::data::{Backend, Entry as Plain};
use harness::serve::{Task, runtime, serve};
use harness::{Error, Result};
use jiff::civil::DateTime;
use toasty::{Db, Deferred, Model};

#[derive(Debug, Model)]
#[table = "users"]
struct User {
    #[key]
    id: i64,
    name: String,
    email: Option<String>,
    city: String,
    bio: Option<String>,
    #[index]
    age: i32,
    visits: i64,
    score: f64,
    active: bool,
    created_at: DateTime,
    #[has_many(pair = author)]
    posts: Deferred<Vec<Post>>,
}

#[derive(Debug, Model)]
#[table = "posts"]
struct Post {
    #[key]
    id: i64,
    #[index]
    author_id: i64,
    #[belongs_to(key = author_id, references = id)]
    author: Deferred<User>,
    title: String,
    body: Option<String>,
    score: i32,
    #[has_many]
    comments: Deferred<Vec<Comment>>,
}

#[derive(Debug, Model)]
#[table = "comments"]
struct Comment {
    #[key]
    id: i64,
    #[index]
    post_id: i64,
    #[belongs_to(key = post_id, references = id)]
    post: Deferred<Post>,
    text: String,
    likes: i32,
}

#[derive(Debug, Model)]
#[table = "entries"]
struct Entry {
    #[key]
    #[auto]
    id: i64,
    name: String,
    email: Option<String>,
    city: String,
    bio: Option<String>,
    age: i32,
    visits: i64,
    score: f64,
    active: bool,
    created_at: DateTime,
}

/// Each iteration works on a clone, as the handler of a request does.
struct Toasty {
    db: Db,
    /// Rows of nine binds in a statement.
    portion: usize,
}

impl Toasty {
    async fn connect(backend: Backend, url: &str) -> Result<Self> {
        let (url, portion) = match backend {
            Backend::Sqlite => (format!("sqlite:{url}"), 32_766 / 9),
            Backend::Postgres => (url.to_owned(), 65_535 / 9),
            Backend::Mariadb => (url.replacen("mysql://", "mariadb://", 1), 65_535 / 9),
        };
        let db = Db::builder().models(toasty::models!(User, Post, Comment, Entry)).connect(&url).await?;
        Ok(Self { db, portion })
    }
}

fn date_time(of: time::PrimitiveDateTime) -> DateTime {
    let (date, time) = (of.date(), of.time());
    let part = |number: u8| i8::try_from(number).unwrap_or(0);
    let year = i16::try_from(date.year()).unwrap_or(0);
    let (month, day) = (part(date.month() as u8), part(date.day()));
    jiff::civil::date(year, month, day).at(part(time.hour()), part(time.minute()), part(time.second()), 0)
}

impl Client for Toasty {
    type New = Vec<Plain>;

    async fn execute(&self, sql: &str) -> Result<()> {
        toasty::sql::statement(sql).exec(&mut self.db.clone()).await?;
        Ok(())
    }

    async fn one(&self, id: i64) -> Result<usize> {
        User::get_by_id(&mut self.db.clone(), &id).await?;
        Ok(1)
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        let query = User::filter(User::fields().id().le(n as i64)).order_by(User::fields().id().asc());
        Ok(query.exec(&mut self.db.clone()).await?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        let query = Post::filter(Post::fields().author().age().eq(age))
            .filter(Post::fields().score().ge(score))
            .order_by(Post::fields().id().asc());
        Ok(query.exec(&mut self.db.clone()).await?.len())
    }

    fn prepare(&self, rows: Vec<Plain>) -> Self::New {
        rows
    }

    async fn insert(&self, rows: Self::New) -> Result<usize> {
        let mut db = self.db.clone();
        let create = |row: Plain| {
            let Plain { name, email, city, bio, age, visits, score, active, created_at } = row;
            Entry::create()
                .name(name)
                .email(email)
                .city(city)
                .bio(bio)
                .age(age)
                .visits(visits)
                .score(score)
                .active(active)
                .created_at(date_time(created_at))
        };
        let mut creates: Vec<_> = rows.into_iter().map(create).collect();
        if creates.len() <= self.portion {
            return Ok(toasty::batch(creates).exec(&mut db).await?.len());
        }
        let mut transaction = db.transaction().await?;
        let mut inserted = 0;
        while !creates.is_empty() {
            let rest = creates.split_off(creates.len().min(self.portion));
            inserted += toasty::batch(creates).exec(&mut transaction).await?.len();
            creates = rest;
        }
        transaction.commit().await?;
        Ok(inserted)
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let users = User::filter(User::fields().id().le(users))
            .order_by(User::fields().id().asc())
            .include(User::fields().posts().comments())
            .exec(&mut self.db.clone())
            .await?;
        let posts = users.iter().flat_map(|user| user.posts.get());
        Ok(users.len() + posts.map(|post| 1 + post.comments.get().len()).sum::<usize>())
    }

    async fn count(&self, age: i32) -> Result<usize> {
        let count: u64 = User::filter_by_age(age).count().exec(&mut self.db.clone()).await?;
        usize::try_from(count).map_err(Error::from)
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        let first = User::filter_by_age(age).select(User::fields().id()).first();
        Ok(first.exec(&mut self.db.clone()).await?.is_some().into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let query = User::filter(User::fields().id().le(n as i64)).order_by(User::fields().id().asc());
        let query = query.select((User::fields().id(), User::fields().name()));
        let rows: Vec<(i64, String)> = query.exec(&mut self.db.clone()).await?;
        Ok(rows.len())
    }
}

fn main() -> Result<()> {
    let mut args = Args::of_process();
    if args.flag("--systems") {
        println!("sqlite toasty\npostgres toasty\nmariadb toasty");
        return Ok(());
    }
    let task = Task {
        system: args.required("--serve")?,
        backend: args.required("--backend")?.parse()?,
        url: args.required("--url")?,
        users: args.required("--users")?.parse()?,
        fill: args.flag("--fill"),
    };
    runtime()?.block_on(async {
        let client = Toasty::connect(task.backend, &task.url).await?;
        serve(client, &task).await
    })
}
