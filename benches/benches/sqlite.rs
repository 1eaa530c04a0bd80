//! Embedded SQLite, each workload beside the same statements written by hand with sqlx on one connection.

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use orm_core::prelude::*;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
#[has_many(posts: Post, key = author_id)]
struct User {
    #[model(primary_key)]
    id: i64,
    name: String,
    email: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id)]
#[has_many(comments: Comment, key = post_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    author_id: i64,
    title: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments")]
#[belongs_to(post: Post, key = post_id)]
struct Comment {
    #[model(primary_key)]
    id: i64,
    #[model(index)]
    post_id: i64,
    text: String,
}

const USERS: i64 = 100;
const POSTS_EACH: i64 = 10;
const COMMENTS_EACH: i64 = 10;

/// A database file with the tree 100 × 10 × 10, for us and for the control alike.
async fn fill(url: &str) -> orm_core::Result<Db> {
    let db = Db::connect(url).await?;
    db.drop_tables::<(User, Post, Comment)>().await?;
    db.create_tables::<(User, Post, Comment)>().await?;
    let email = |id: i64| (id % 3 > 0).then(|| format!("user{id}@example.org"));
    User::insert_many((0..USERS).map(|id| User { id, name: format!("user {id}"), email: email(id) }))
        .exec(&db)
        .await?;
    let posts = USERS * POSTS_EACH;
    Post::insert_many((0..posts).map(|id| Post {
        id,
        author_id: id / POSTS_EACH,
        title: format!("post {id}"),
    }))
    .exec(&db)
    .await?;
    let comments = (0..posts * COMMENTS_EACH).map(|id| Comment {
        id,
        post_id: id / COMMENTS_EACH,
        text: format!("comment {id}"),
    });
    Comment::insert_many(comments).exec(&db).await?;
    Ok(db)
}

/// A post with its comments: id, title, and each comment's id and text.
type PostRow = (i64, String, Vec<(i64, String)>);

async fn tree_by_hand(connection: &mut SqliteConnection) -> sqlx::Result<usize> {
    let users: Vec<(i64, String, Option<String>)> =
        sqlx::query_as("SELECT id, name, email FROM users").fetch_all(&mut *connection).await?;
    let posts: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT id, author_id, title FROM posts ORDER BY author_id, id")
            .fetch_all(&mut *connection)
            .await?;
    let comments: Vec<(i64, i64, String)> =
        sqlx::query_as("SELECT id, post_id, text FROM comments ORDER BY post_id, id")
            .fetch_all(&mut *connection)
            .await?;
    let mut by_post: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
    for (id, post, text) in comments {
        by_post.entry(post).or_default().push((id, text));
    }
    let mut by_user: HashMap<i64, Vec<PostRow>> = HashMap::new();
    for (id, author, title) in posts {
        by_user.entry(author).or_default().push((id, title, by_post.remove(&id).unwrap_or_default()));
    }
    let tree: Vec<_> =
        users.into_iter().map(|user| (by_user.remove(&user.0).unwrap_or_default(), user)).collect();
    Ok(black_box(tree).len())
}

fn sqlite(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let file = std::env::temp_dir().join(format!("orm-bench-{}.db", std::process::id()));
    let url = format!("sqlite:{}", file.display());
    let db = runtime.block_on(fill(&url)).unwrap();
    let mut connection = runtime.block_on(SqliteConnection::connect(&url)).unwrap();

    c.bench_function("one row by key/ours", |b| {
        b.iter(|| runtime.block_on(async { User::find(7).one(&db).await.unwrap() }))
    });
    c.bench_function("one row by key/sqlx by hand", |b| {
        b.iter(|| {
            let query = sqlx::query_as::<_, (i64, String, Option<String>)>(
                "SELECT id, name, email FROM users WHERE id = ?",
            );
            runtime.block_on(query.bind(7_i64).fetch_one(&mut connection)).unwrap()
        })
    });
    c.bench_function("10,000 rows/ours", |b| {
        b.iter(|| runtime.block_on(async { Comment::select().all(&db).await.unwrap() }))
    });
    c.bench_function("10,000 rows/sqlx by hand", |b| {
        b.iter(|| {
            let query = sqlx::query_as::<_, (i64, i64, String)>("SELECT id, post_id, text FROM comments");
            runtime.block_on(query.fetch_all(&mut connection)).unwrap()
        })
    });
    c.bench_function("tree 100x10x10/ours, selectin", |b| {
        b.iter(|| {
            let query = User::select().with(User::posts.selectin().with(Post::comments.selectin()));
            runtime.block_on(query.all(&db)).unwrap()
        })
    });
    c.bench_function("tree 100x10x10/ours, joined", |b| {
        b.iter(|| {
            let query = User::select().with(User::posts.joined().with(Post::comments.joined()));
            runtime.block_on(query.all(&db)).unwrap()
        })
    });
    c.bench_function("tree 100x10x10/sqlx by hand", |b| {
        b.iter(|| runtime.block_on(tree_by_hand(&mut connection)).unwrap())
    });
    drop(connection);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", file.display()));
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).without_plots();
    targets = sqlite
}
criterion_main!(benches);
