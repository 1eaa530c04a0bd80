//! Statements that take long: they keep nobody from work, and stop where nobody waits for them.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::ConnectOptions;

use super::super::raw::{Field, Row};
use super::super::session::{End, Run, Session};
use super::{File, memory, sqlite};
use crate::backend::testing::{Refusing, bind, block_on, execute, firsts, owned};
use crate::backend::{Driver, Target};
use crate::error::Error;
use crate::value::{SqlType, Value};

/// Rows without end, and a row that never comes.
const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
const NEVER: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

/// The rows of `t` with `work = 1`. Where `work` is more, finding that out takes long.
const EASY: &str = "SELECT a FROM t WHERE (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < t.work) \
                    SELECT count(*) FROM n) = 1";
const HARD: &str = "INSERT INTO t VALUES (3, 1000000), (4, 1)";

/// How often another task of this runtime gets its turn, until this is dropped.
struct Ticks(Arc<AtomicUsize>, tokio::task::JoinHandle<()>);

impl Ticks {
    fn start() -> Self {
        let ticks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ticks);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ticks(ticks, task)
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        self.1.abort();
    }
}

/// A table with two easy rows, and the statement known to be short.
async fn easy(driver: &mut Driver) {
    driver
        .run("CREATE TABLE t (a INTEGER, work INTEGER); INSERT INTO t VALUES (1, 1), (2, 1)")
        .await
        .unwrap();
    for _ in 0..2 {
        assert_eq!(ints(driver, EASY).await, [1, 2]);
    }
}

async fn ints(driver: &mut Driver, text: &str) -> Vec<i64> {
    let found = firsts(driver, text, &[], owned).await.unwrap();
    let int = |value| if let Value::Int(value) = value { value } else { panic!("{value:?}") };
    found.into_iter().map(int).collect()
}

#[test]
fn a_read_that_turns_long_goes_on_elsewhere_without_a_row_lost_or_doubled() {
    block_on(async {
        let file = File::new();
        for mut driver in [memory().await, file.connect().await] {
            easy(&mut driver).await;
            execute(&mut driver, HARD, &[]).await.unwrap();
            for begin in ["", "BEGIN", "BEGIN IMMEDIATE"] {
                driver.run(begin).await.unwrap();
                sqlite(&mut driver).forget_times();
                let ticks = Ticks::start();
                assert_eq!(ints(&mut driver, EASY).await, [1, 2, 4], "{begin}");
                assert!(ticks.count() >= 5, "{begin}: other tasks had {} turns", ticks.count());
                if !begin.is_empty() {
                    driver.run("COMMIT").await.unwrap();
                }
            }
        }
    });
}

#[test]
fn a_read_of_a_table_that_grew_from_nothing_goes_on_elsewhere() {
    block_on(async {
        let mut driver = memory().await;
        driver.run("CREATE TABLE t (a INTEGER, b INTEGER)").await.unwrap();
        let none = "SELECT a FROM t WHERE b = 1";
        for _ in 0..2 {
            assert_eq!(ints(&mut driver, none).await, [0; 0]);
        }
        driver
            .run(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) \
                 INSERT INTO t SELECT i, 0 FROM n",
            )
            .await
            .unwrap();
        sqlite(&mut driver).forget_times();
        let ticks = Ticks::start();
        assert_eq!(ints(&mut driver, none).await, [0; 0]);
        assert!(ticks.count() >= 5, "other tasks had {} turns", ticks.count());
    });
}

#[test]
fn a_write_that_turns_long_is_done_once() {
    for inside in [false, true] {
        block_on(async {
            let mut driver = memory().await;
            driver.run("CREATE TABLE t (a INTEGER, work INTEGER); CREATE TABLE u (a INTEGER)").await.unwrap();
            let copy = format!("INSERT INTO u {EASY} RETURNING a");
            if inside {
                driver.run("BEGIN IMMEDIATE").await.unwrap();
            }
            for _ in 0..2 {
                assert_eq!(ints(&mut driver, &copy).await, [0; 0]);
            }
            driver.run("INSERT INTO t VALUES (1, 1), (2, 1)").await.unwrap();
            driver.run(HARD).await.unwrap();
            sqlite(&mut driver).forget_times();
            let ticks = Ticks::start();
            assert_eq!(ints(&mut driver, &copy).await, [1, 2, 4]);
            assert!(ticks.count() >= 5, "inside {inside}: other tasks had {} turns", ticks.count());
            if inside {
                driver.run("COMMIT").await.unwrap();
            }
            assert_eq!(ints(&mut driver, "SELECT a FROM u ORDER BY a").await, [1, 2, 4]);
        });
    }
}

#[test]
fn a_write_inside_a_transaction_is_not_stopped_where_the_runtime_has_other_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut driver = memory().await;
        easy(&mut driver).await;
        driver.run("BEGIN IMMEDIATE").await.unwrap();
        let copy = format!("INSERT INTO t SELECT a, 0 FROM ({EASY})");
        for _ in 0..2 {
            execute(&mut driver, &copy, &[]).await.unwrap();
        }
        execute(&mut driver, HARD, &[]).await.unwrap();
        sqlite(&mut driver).forget_times();
        execute(&mut driver, &copy, &[]).await.unwrap();
        driver.run("COMMIT").await.unwrap();
        assert_eq!(ints(&mut driver, "SELECT count(*) FROM t WHERE a = 4").await, [2]);
    });
}

/// What [`a_read_that_turns_long_goes_on_elsewhere_without_a_row_lost_or_doubled`] does, with another connection's commit in
/// the moment between.
#[test]
fn the_second_run_sees_what_the_first_one_saw() {
    block_on(async {
        let file = File::new();
        let mut writer = file.connect().await;
        writer
            .run("CREATE TABLE t (a INTEGER, work INTEGER); INSERT INTO t VALUES (1, 1), (2, 1)")
            .await
            .unwrap();
        writer.run(HARD).await.unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file.0);
        let mut session = Session::hold(options.connect().await.unwrap(), 10, Duration::ZERO).await.unwrap();

        let mut found = Vec::new();
        let mut go = |session: &mut Session, pass, limit| {
            let statement = session.statement(EASY).unwrap();
            let run = Run { values: &[], started: Instant::now(), pass, limit };
            let take = &mut |row: Row<'_>| {
                found.push(format!("{:?}", row.field(0).unwrap()));
                ControlFlow::Continue(())
            };
            session.run(statement, &run, take)
        };
        let limit = Some(Duration::from_millis(1));
        let End::Failed(failure, given) = go(&mut session, 0, limit) else { panic!("it was not stopped") };
        session.watch().lift();
        assert_eq!((failure.code, given), (9, 2));
        writer.run("DELETE FROM t; INSERT INTO t VALUES (7, 1), (8, 1), (9, 1)").await.unwrap();
        assert!(matches!(go(&mut session, given, None), End::Done(_)));
        session.handle().drop_snapshot();
        assert!(matches!(go(&mut session, 0, None), End::Done(_)));
        assert_eq!(found, [1, 2, 4, 7, 8, 9].map(|int| format!("{:?}", Field::Int(int))));
    });
}

#[test]
fn a_clock_or_a_die_never_runs_in_place() {
    block_on(async {
        let mut driver = memory().await;
        easy(&mut driver).await;
        execute(&mut driver, HARD, &[]).await.unwrap();
        for changing in
            ["random() IS NOT NULL", "current_timestamp > ''", "datetime('now') > ''", "DATE() > ''"]
        {
            let text = format!("{EASY} AND {changing}");
            sqlite(&mut driver).forget_times();
            assert_eq!(ints(&mut driver, &text).await, [1, 2, 4]);
            sqlite(&mut driver).forget_times();
            let ticks = Ticks::start();
            assert_eq!(ints(&mut driver, &text).await, [1, 2, 4]);
            assert!(ticks.count() >= 5, "{changing}");
        }
    });
}

#[test]
fn a_dropped_future_stops_its_statement() {
    block_on(async {
        let target = Target::parse("sqlite::memory:").unwrap();
        let mut first = target.connect().await.unwrap();
        first.run("CREATE TABLE t (a)").await.unwrap();
        for text in [NEVER, ENDLESS, &format!("INSERT INTO t {ENDLESS}")] {
            let mut driver = target.connect().await.unwrap();
            let started = Instant::now();
            driver.run("BEGIN IMMEDIATE").await.unwrap();
            let run = execute(&mut driver, text, &[]);
            tokio::time::timeout(Duration::from_millis(20), run).await.expect_err("it ended");
            let error = execute(&mut driver, "SELECT 1", &[]).await.unwrap_err();
            assert!(crate::backend::is_disconnect(&error), "{error}");
            // The lock goes with the connection, which the thread closes.
            first.run("BEGIN IMMEDIATE").await.unwrap();
            first.run("COMMIT").await.unwrap();
            assert!(started.elapsed() < Duration::from_secs(4), "{text}: {:?}", started.elapsed());
            assert_eq!(ints(&mut first, "SELECT a FROM t").await, [0; 0]);
        }
    });
}

#[test]
fn a_sink_that_refuses_stops_a_read_and_keeps_the_connection() {
    block_on(async {
        let mut driver = memory().await;
        for _ in 0..3 {
            let mut sink = Refusing(0);
            let error = driver.fetch(&ENDLESS.into(), &[], &mut sink).await.unwrap_err();
            assert!(matches!(error, Error::InvalidQuery(_)), "{error}");
            assert_eq!(sink.0, 1);
            sqlite(&mut driver).forget_times();
        }
        driver.run("CREATE TABLE t (a)").await.unwrap();
        let insert = "INSERT INTO t VALUES (1), (2), (3) RETURNING a";
        for _ in 0..3 {
            driver.fetch(&insert.into(), &[], &mut Refusing(0)).await.unwrap_err();
            sqlite(&mut driver).forget_times();
        }
        assert_eq!(ints(&mut driver, "SELECT count(*) FROM t").await, [9]);
    });
}

#[test]
fn rows_of_any_size_come_from_another_thread() {
    block_on(async {
        let mut driver = memory().await;
        let lengths = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i * 3 FROM n WHERE i < 3000000) \
                       SELECT zeroblob(i) FROM n";
        let blobs = firsts(&mut driver, lengths, &[], owned).await.unwrap();
        let blobs: Vec<usize> = blobs
            .into_iter()
            .map(|blob| if let Value::Bytes(bytes) = blob { bytes.len() } else { 0 })
            .collect();
        let expected: Vec<usize> = (0..15).map(|power| 3_usize.pow(power)).collect();
        assert_eq!(blobs, expected);
        let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000) SELECT i FROM n";
        assert_eq!(ints(&mut driver, many).await, (1..=50_000).collect::<Vec<_>>());
        assert_eq!(ints(&mut driver, "SELECT 1 WHERE false").await, [0; 0]);
    });
}

/// The rows of a long result that follow one another quickly are read where the caller is, in turns with others.
#[test]
fn many_quick_rows_are_read_in_turns() {
    block_on(async {
        let file = File::new();
        for mut driver in [memory().await, file.connect().await] {
            driver.run("CREATE TABLE t (a INTEGER PRIMARY KEY)").await.unwrap();
            let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO t SELECT i FROM n";
            driver.run(fill).await.unwrap();
            let all = "SELECT a FROM t ORDER BY a";
            for begin in ["", "BEGIN"] {
                driver.run(begin).await.unwrap();
                for _ in 0..3 {
                    let before = ints(&mut driver, all).await;
                    assert_eq!(before, (1..=20_000).collect::<Vec<_>>());
                    sqlite(&mut driver).forget_times();
                    let turns = Arc::new(AtomicUsize::new(0));
                    let counted = Arc::clone(&turns);
                    let others = tokio::spawn(async move {
                        loop {
                            counted.fetch_add(1, Ordering::Relaxed);
                            tokio::task::yield_now().await;
                        }
                    });
                    assert_eq!(ints(&mut driver, all).await, before);
                    others.abort();
                    let turns = turns.load(Ordering::Relaxed);
                    assert!(turns >= 3, "{begin}: others had {turns} turns");
                }
                if !begin.is_empty() {
                    driver.run("COMMIT").await.unwrap();
                }
            }
            // Nothing of the snapshot is left that would keep others from writing.
            driver.run("DELETE FROM t; VACUUM").await.unwrap();
        }
    });
}

/// In the pause between two turns a future may be dropped: its session goes with it, and its lock and snapshot.
#[test]
fn a_future_dropped_between_two_turns_takes_its_session_with_it() {
    block_on(async {
        let file = File::new();
        let mut other = file.connect().await;
        other.run("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)").await.unwrap();
        for begin in ["", "BEGIN IMMEDIATE"] {
            let mut driver = file.connect().await;
            let text = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT i FROM n, t";
            let few = "SELECT a FROM t";
            for _ in 0..2 {
                ints(&mut driver, few).await;
            }
            driver.run(begin).await.unwrap();
            tokio::time::timeout(Duration::from_millis(5), ints(&mut driver, text))
                .await
                .expect_err("it ended");
            let mut driver = file.connect().await;
            driver.run(begin).await.unwrap();
            assert_eq!(ints(&mut driver, "SELECT a FROM t").await, [1]);
        }
    });
}

#[test]
fn short_statements_in_a_loop_leave_others_their_turn() {
    block_on(async {
        let mut driver = memory().await;
        let ticks = Ticks::start();
        let until = Instant::now() + Duration::from_millis(300);
        let key = [bind(SqlType::BigInt, Value::Int(1))];
        while Instant::now() < until {
            execute(&mut driver, "SELECT ?1", &key).await.unwrap();
        }
        assert!(ticks.count() >= 5, "other tasks had {} turns", ticks.count());
    });
}

#[test]
fn the_oldest_statement_makes_place_for_a_new_one() {
    block_on(async {
        let target = Target::parse("sqlite::memory:").unwrap();
        for capacity in [0, 1, 3] {
            let mut driver = target.clone().statement_cache(capacity).connect().await.unwrap();
            for round in 0..3 {
                for number in 0..10 {
                    let text = format!("SELECT {number}");
                    assert_eq!(ints(&mut driver, &text).await, [number], "{capacity} {round}");
                    assert_eq!(ints(&mut driver, &text).await, [number], "{capacity} {round}");
                }
            }
            driver.close().await;
        }
    });
}
