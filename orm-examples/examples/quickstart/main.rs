//! The tour: a blog in an embedded SQLite database, from the models to the errors.
//!
//! `cargo run -p orm-examples --example quickstart`

mod fill;
mod loaders;
mod models;

use models::*;
use orm_core::prelude::*;
use orm_core::{Error, Result};
use orm_examples::{Column, Measured, Table, Watch};

/// How wide the output is.
pub(crate) const WIDTH: usize = 110;

/// Begins a part of the tour.
pub(crate) fn section(title: &str, explanation: &str) {
    println!("── {title} {}\n{explanation}\n", "─".repeat(WIDTH.saturating_sub(title.chars().count() + 4)));
}

fn sent<T>(measured: &Measured<T>) {
    measured.lines(WIDTH - 2).iter().for_each(|line| println!("  {line}"));
    println!();
}

#[tokio::main]
async fn main() -> Result<()> {
    let db = Db::connect("sqlite::memory:").await?;
    db.create_tables::<(User, Post, Comment, Profile, Group, Membership)>().await?;
    let watch = Watch::over(&db);

    section(
        "Filling the database",
        "`insert_many` takes any number of rows; `.all(&db)` gives them back with their keys.",
    );
    let filled = watch.measure(async || fill::fill(&db).await).await?;
    println!("  {} rows in {} ms:\n", filled.value, filled.milliseconds());
    sent(&filled);

    a_query(&db, &watch).await?;
    loaders::show(&db, &watch).await?;
    decided_at_run_time(&db).await?;
    figures(&db, &watch).await?;
    a_transaction(&db).await?;
    an_error(&db).await
}

/// One exact shape, by name.
type Author = loaded!(User { posts { comments }, profile });

/// What a function that needs this shape asks for.
fn page(users: &[Author]) {
    for user in users {
        let bio = user.profile().as_ref().map_or("–", |profile| profile.bio.as_str());
        let comments: usize = user.posts().iter().map(|post| post.comments().len()).sum();
        println!("  {}  {bio:<16}  {} posts with {comments} comments", user.username, user.posts().len());
    }
}

/// What a function asks for that needs posts, whatever else was loaded: by which strategy, and with what in them.
fn titles(user: &UserWith<impl Has<user::posts>>) -> Vec<&str> {
    user.posts().models().map(|post| post.title.as_str()).collect()
}

async fn a_query(db: &Db, watch: &Watch) -> Result<()> {
    section(
        "A query, and what it loads with its rows",
        "What is loaded is in the type: `user.groups()` does not compile here, since the query does not load groups.",
    );
    let read = watch
        .measure(async || {
            User::select()
                .filter(User::status.eq(Status::Active).and(User::posts.any(Post::title.contains("rust"))))
                .order_by(User::username.asc())
                .limit(4)
                .with(User::posts.selectin().with(Post::comments.selectin()))
                .with(User::profile.joined())
                .all(db)
                .await
        })
        .await?;
    sent(&read);
    page(&read.value);
    if let Some(user) = read.value.first() {
        println!(
            "  {} wrote {}",
            user.username,
            titles(user).into_iter().take(3).collect::<Vec<_>>().join("; ")
        );
    }
    println!();
    Ok(())
}

async fn decided_at_run_time(db: &Db) -> Result<()> {
    section(
        "Loads that are decided at run time",
        "After `.with_if(…)` or `.raise()`, reading a relation gives a Result: the error says what is missing.",
    );
    for wanted in [true, false] {
        let user = User::find(1).with_if(wanted, User::posts.selectin()).one(db).await?;
        match user.posts() {
            Ok(posts) => println!("  with_if({wanted}, …): {} posts", posts.len()),
            Err(error) => println!("  with_if({wanted}, …): {error}"),
        }
    }
    let user = User::find(1).with(User::groups.raise()).one(db).await?;
    match user.groups() {
        Ok(groups) => println!("  raise(): {} groups", groups.len()),
        Err(error) => println!("  raise(): {error}\n"),
    }
    Ok(())
}

async fn figures(db: &Db, watch: &Watch) -> Result<()> {
    section(
        "Columns and sums",
        "`.columns(…)` gives tuples and fetches nothing else; the database counts and adds up.",
    );
    let best = watch
        .measure(async || {
            User::select()
                .columns((User::username, User::posts.count(), User::profile.get(Profile::bio)))
                .order_by((User::posts.count().desc(), User::id.asc()))
                .limit(3)
                .all(db)
                .await
        })
        .await?;
    sent(&best);
    let mut table = Table::new("", [Column::Text("user"), Column::Number("posts"), Column::Text("bio")]);
    for (username, posts, bio) in best.value {
        table.row([username, posts.to_string(), bio.unwrap_or_else(|| "–".to_owned())]);
    }
    println!("{table}");
    let groups = watch
        .measure(async || {
            User::select()
                .columns((User::status, User::id.count(), User::email.count()))
                .group_by(User::status)
                .order_by(User::id.count().desc())
                .all(db)
                .await
        })
        .await?;
    sent(&groups);
    let mut table =
        Table::new("", [Column::Text("status"), Column::Number("users"), Column::Number("with an address")]);
    for (status, users, addresses) in groups.value {
        table.row([format!("{status:?}"), users.to_string(), addresses.to_string()]);
    }
    println!("{table}");
    Ok(())
}

async fn a_transaction(db: &Db) -> Result<()> {
    section(
        "A transaction",
        "It commits when the closure gives Ok, and rolls back when it gives Err, panics or is dropped.",
    );
    let comments = Comment::select();
    println!("  before: {} comments", comments.clone().count(db).await?);
    let outcome: Result<()> = db
        .transaction(async |tx| {
            let gone = Comment::delete().filter(Comment::id.le(100)).exec(&mut *tx).await?;
            println!("  inside: {gone} deleted, {} left", comments.clone().count(&mut *tx).await?);
            Post::find(-1).one(&mut *tx).await?; // there is no such post
            Ok(())
        })
        .await;
    println!("  it gave: {}", outcome.err().map_or_else(|| "Ok".to_owned(), |error| error.to_string()));
    println!("  after: {} comments\n", comments.count(db).await?);
    Ok(())
}

async fn an_error(db: &Db) -> Result<()> {
    section(
        "A violation",
        "Errors are told apart by kind, and name the constraint; what was in the row is never in them.",
    );
    let taken =
        NewUser { username: "user00".to_owned(), email: None, status: Status::Active, created_at: None };
    match User::insert(taken).exec(db).await {
        Err(Error::UniqueViolation(violation)) => {
            println!(
                "  taken: {} of {}",
                violation.columns.join(", "),
                violation.table.as_deref().unwrap_or("?")
            );
            println!("  {}", Error::UniqueViolation(violation));
        }
        other => println!("  {other:?}"),
    }
    Ok(())
}
