//! The room on SQLite, in memory and in a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cancellation;
mod hooks;
mod pool;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod transactions;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use super::{Db, DbBuilder, Executor, Transaction};
use crate::ast::Bind;
use crate::backend::{Outcome, Row, Sink};
use crate::error::{Error, Result};
use crate::sql::Sql;
use crate::value::{Cell, SqlType, Value};

/// Gathers the integers in the first column.
#[derive(Default)]
struct Ids(Vec<i64>);

impl Sink for Ids {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        if let Ok(Cell::Int(id)) = row.cell(0) {
            self.0.push(id);
        }
        Ok(())
    }
}

fn sql(text: &str) -> Sql {
    Sql { text: text.into(), binds: Vec::new() }
}

async fn exec<'c>(on: impl Executor<'c>, text: &str) -> Result<Outcome> {
    on.lease().await?.execute(&sql(text)).await
}

async fn ids<'c>(on: impl Executor<'c>) -> Result<Vec<i64>> {
    let mut ids = Ids::default();
    on.lease().await?.fetch(&sql("SELECT id FROM entries ORDER BY id"), &mut ids).await?;
    Ok(ids.0)
}

async fn insert<'c>(on: impl Executor<'c>, id: i64) -> Result<()> {
    let bind = Bind { value: Value::Int(id), sql_type: SqlType::BigInt, column: None };
    let sql = Sql { text: "INSERT INTO entries (id) VALUES (?)".into(), binds: vec![bind] };
    on.lease().await?.execute(&sql).await.map(drop)
}

async fn with_table(db: Db) -> Db {
    (&db).lease().await.unwrap().run("CREATE TABLE entries (id INTEGER PRIMARY KEY)").await.unwrap();
    db
}

impl Db {
    /// As if one of the open connections had found out that the server is gone.
    fn break_generation(&self) {
        let context = self.context();
        context.invalidate(context.generation());
    }
}

async fn memory() -> Db {
    with_table(Db::connect("sqlite::memory:").await.unwrap()).await
}

/// A database in a file that is removed at the end of the test.
struct File {
    db: Db,
    path: std::path::PathBuf,
}

impl File {
    fn url() -> (String, std::path::PathBuf) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("orm-db-{}-{}.sqlite", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        (format!("sqlite://{}?mode=rwc", path.display()), path)
    }

    async fn open(connections: usize) -> File {
        let (url, path) = Self::url();
        let builder =
            Db::builder(&url).pool_size(connections).max_overflow(0).pool_timeout(Duration::from_secs(5));
        File { db: with_table(builder.connect().await.unwrap()).await, path }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.path.display()));
        }
    }
}

/// Waits until it holds; the pool closes some connections in tasks of their own.
async fn until(holds: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "not within 20 s");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn open(with: impl FnOnce(DbBuilder) -> DbBuilder) -> File {
    let (url, path) = File::url();
    File { db: with_table(with(Db::builder(&url)).connect().await.unwrap()).await, path }
}

/// Polls `future` up to `polls` times, then drops it: at once, or when it would have been polled again (`late`).
async fn poll_and_drop<F: Future>(future: F, polls: usize, late: bool) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut done = 0;
    poll_fn(|context| {
        if done >= polls {
            return Poll::Ready(None);
        }
        done += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if done == polls && !late => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn within_a_second<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(1), future).await.expect("took longer than a second")
}

const DUPLICATE: &str = "INSERT INTO entries (id) VALUES (1)";

/// Has a unique constraint refuse a statement.
async fn fail(tx: &mut Transaction) {
    let error = exec(&mut *tx, DUPLICATE).await.unwrap_err();
    assert!(matches!(error, Error::UniqueViolation(_)), "{error:?}");
}
