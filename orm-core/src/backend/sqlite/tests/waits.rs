//! Waiting for other connections.

use std::time::{Duration, Instant};

use super::{File, sqlite};
use crate::backend::testing::{block_on, execute, firsts, owned};
use crate::backend::{Driver, Target};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::value::Value;

async fn two_in_memory() -> (Driver, Driver) {
    let target = Target::parse("sqlite::memory:").unwrap();
    (target.connect().await.unwrap(), target.connect().await.unwrap())
}

fn assert_busy(error: &Error, code: &str) {
    assert!(matches!(error, Error::Busy(failure) if failure.code.as_deref() == Some(code)), "{error}");
}

#[test]
fn a_lock_that_is_not_granted_in_time_is_busy() {
    block_on(async {
        let (mut first, mut second) = two_in_memory().await;
        first.run("BEGIN IMMEDIATE").await.unwrap();
        sqlite(&mut second).set_busy_timeout(Duration::from_millis(30));
        let started = Instant::now();
        let error = second.run("BEGIN IMMEDIATE").await.unwrap_err();
        assert_busy(&error, "5");
        assert!(started.elapsed() >= Duration::from_millis(30));
        assert!(!crate::backend::loses_transaction(&error, Dialect::Sqlite));
    });
}

#[test]
fn waiting_for_a_lock_leaves_others_their_turn() {
    block_on(async {
        let (mut first, mut second) = two_in_memory().await;
        first.run("CREATE TABLE t (a)").await.unwrap();
        for statement in ["BEGIN IMMEDIATE", "INSERT INTO t VALUES (2)"] {
            first.run("BEGIN IMMEDIATE").await.unwrap();
            first.run("INSERT INTO t VALUES (1)").await.unwrap();
            // On one thread: whoever waited for the lock on it would never see it given back.
            let wait = async {
                match statement {
                    "BEGIN IMMEDIATE" => second.run(statement).await,
                    _ => execute(&mut second, statement, &[]).await.map(drop),
                }
            };
            let release = async {
                tokio::time::sleep(Duration::from_millis(30)).await;
                first.run("COMMIT").await
            };
            let (waited, released) = futures_util::future::join(wait, release).await;
            waited.unwrap();
            released.unwrap();
            if statement == "BEGIN IMMEDIATE" {
                second.run("ROLLBACK").await.unwrap();
            }
        }
        let count = firsts(&mut first, "SELECT count(*) FROM t", &[], owned).await.unwrap();
        assert_eq!(count, [Value::Int(3)]);
    });
}

#[test]
fn a_snapshot_that_is_out_of_date_is_busy_at_once() {
    block_on(async {
        let file = File::new();
        let (mut first, mut second) = (file.connect().await, file.connect().await);
        first.run("CREATE TABLE t (a)").await.unwrap();
        second.run("BEGIN").await.unwrap();
        firsts(&mut second, "SELECT a FROM t", &[], owned).await.unwrap();
        let insert = "INSERT INTO t VALUES (1)";
        // While the other one writes, waiting cannot help either: its commit would make the snapshot old.
        first.run("BEGIN IMMEDIATE").await.unwrap();
        let started = Instant::now();
        assert_busy(&execute(&mut second, insert, &[]).await.unwrap_err(), "5");
        execute(&mut first, insert, &[]).await.unwrap();
        first.run("COMMIT").await.unwrap();
        assert_busy(&execute(&mut second, insert, &[]).await.unwrap_err(), "517");
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
        second.run("ROLLBACK").await.unwrap();
        execute(&mut second, insert, &[]).await.unwrap();
    });
}

#[test]
fn a_transaction_without_a_snapshot_waits_for_the_lock() {
    block_on(async {
        let file = File::new();
        let (mut first, mut second) = (file.connect().await, file.connect().await);
        first.run("CREATE TABLE t (a)").await.unwrap();
        first.run("BEGIN IMMEDIATE").await.unwrap();
        second.run("BEGIN").await.unwrap();
        let release = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            first.run("COMMIT").await.unwrap();
        };
        let insert = execute(&mut second, "INSERT INTO t VALUES (1)", &[]);
        futures_util::future::join(insert, release).await.0.unwrap();
        second.run("COMMIT").await.unwrap();
    });
}

#[test]
fn a_commit_waits_for_readers() {
    block_on(async {
        let file = File::new();
        let (mut reader, mut writer) = (file.connect().await, file.connect().await);
        // Without the write-ahead log, a commit needs the file for itself.
        writer.run("PRAGMA journal_mode = DELETE").await.unwrap();
        writer.run("CREATE TABLE t (a)").await.unwrap();
        reader.run("BEGIN").await.unwrap();
        firsts(&mut reader, "SELECT a FROM t", &[], owned).await.unwrap();
        writer.run("BEGIN IMMEDIATE").await.unwrap();
        execute(&mut writer, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        let release = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            reader.run("COMMIT").await.unwrap();
        };
        futures_util::future::join(writer.run("COMMIT"), release).await.0.unwrap();
        let count = firsts(&mut reader, "SELECT count(*) FROM t", &[], owned).await.unwrap();
        assert_eq!(count, [Value::Int(1)]);
    });
}

#[test]
fn sqlx_has_the_connection_while_it_is_lent() {
    block_on(async {
        let (mut driver, mut other) = two_in_memory().await;
        driver.run("CREATE TABLE t (a)").await.unwrap();
        for round in 1..=60_i64 {
            let insert = sqlx::query("INSERT INTO t VALUES (1)");
            insert.execute(driver.sqlite().unwrap()).await.unwrap();
            // A statement of sqlx's that nobody waits for.
            let dropped = sqlx::query("SELECT a FROM t").fetch_all(driver.sqlite().unwrap());
            let _ = tokio::time::timeout(Duration::ZERO, dropped).await;
            let count = firsts(&mut driver, "SELECT count(*) FROM t", &[], owned).await.unwrap();
            assert_eq!(count, [Value::Int(round)]);
        }
        driver.run("BEGIN IMMEDIATE").await.unwrap();
        let timeout: i64 =
            sqlx::query_scalar("PRAGMA busy_timeout").fetch_one(driver.sqlite().unwrap()).await.unwrap();
        assert_eq!(timeout, 5_000);
        sqlx::query("DELETE FROM t").execute(driver.sqlite().unwrap()).await.unwrap();
        driver.run("ROLLBACK").await.unwrap();
        let count = firsts(&mut other, "SELECT count(*) FROM t", &[], owned).await.unwrap();
        assert_eq!(count, [Value::Int(60)]);
        driver.sqlite().unwrap();
        driver.close().await;
    });
}
