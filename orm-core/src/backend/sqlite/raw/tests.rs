//! Also run under valgrind: `scripts/valgrind`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Instant;

use sqlx::{ConnectOptions, Connection, Row as _};

use super::*;
use crate::backend::testing::block_on;

const BUSY_TIMEOUT: Duration = Duration::from_millis(1_234);

async fn open(url: &str) -> SqliteConnection {
    let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
    options.busy_timeout(BUSY_TIMEOUT).connect().await.unwrap()
}

async fn memory() -> (Handle, Arc<Watch>) {
    let watch = Arc::<Watch>::default();
    let handle = Handle::hold(open("sqlite::memory:").await, Arc::clone(&watch), BUSY_TIMEOUT).await.unwrap();
    (handle, watch)
}

fn prepare(handle: &mut Handle, text: &str) -> StatementId {
    handle.prepare(text).unwrap().0.unwrap()
}

/// The first field of each row, in words.
fn firsts(handle: &mut Handle, id: StatementId, values: &[Value<'_>]) -> Vec<String> {
    let mut running = handle.start(id).unwrap();
    for (index, value) in values.iter().enumerate() {
        running.bind(index + 1, *value).unwrap();
    }
    let mut found = Vec::new();
    while let Some(row) = running.step().unwrap() {
        found.push(format!("{:?}", row.field(0).unwrap()));
    }
    assert!(running.step().unwrap().is_none(), "a run that has ended does not begin again");
    found
}

fn run(handle: &mut Handle, text: &str) {
    let id = prepare(handle, text);
    firsts(handle, id, &[]);
    handle.finalize(id);
}

#[test]
fn values_go_in_and_come_out() {
    block_on(async {
        let (mut handle, _) = memory().await;
        let id = prepare(&mut handle, "SELECT ?1");
        let long = "ä".repeat(100_000);
        for value in [
            Value::Null,
            Value::Int(i64::MIN),
            Value::Float(-0.5),
            Value::Text(""),
            Value::Text("a\0b"),
            Value::Text(&long),
            Value::Bytes(&[]),
            Value::Bytes(&[0, 255]),
            Value::Bytes(long.as_bytes()),
        ] {
            let field = match value {
                Value::Null => Field::Null,
                Value::Int(value) => Field::Int(value),
                Value::Float(value) => Field::Float(value),
                Value::Text(text) => Field::Text(text.as_bytes()),
                Value::Bytes(bytes) => Field::Bytes(bytes),
            };
            assert_eq!(firsts(&mut handle, id, &[value]), [format!("{field:?}")]);
        }
        assert_eq!(firsts(&mut handle, id, &[]), ["Null"], "what was bound is forgotten");
    });
}

#[test]
fn a_value_that_is_freed_after_its_run_is_not_read_again() {
    block_on(async {
        let (mut handle, _) = memory().await;
        let id = prepare(&mut handle, "SELECT ?1, ?2");
        for length in [1, 100, 10_000] {
            let (text, bytes) = ("x".repeat(length), vec![7_u8; length]);
            let mut running = handle.start(id).unwrap();
            running.bind(1, Value::Text(&text)).unwrap();
            running.bind(2, Value::Bytes(&bytes)).unwrap();
            let row = running.step().unwrap().unwrap();
            assert_eq!(row.field(0), Some(Field::Text(text.as_bytes())));
            assert_eq!(row.field(1), Some(Field::Bytes(&bytes)));
            assert_eq!((row.columns(), row.field(2)), (2, None));
            drop(running);
            drop((text, bytes));
            assert_eq!(firsts(&mut handle, id, &[]), ["Null"]);
        }
        // Whose end nobody sees.
        let text = "y".repeat(50_000);
        let mut running = handle.start(id).unwrap();
        running.bind(1, Value::Text(&text)).unwrap();
        running.step().unwrap();
        std::mem::forget(running);
        drop(text);
        assert_eq!(firsts(&mut handle, id, &[]), ["Null"]);
    });
}

#[test]
fn fields_stay_where_they_are_while_the_row_is_read() {
    block_on(async {
        let (mut handle, _) = memory().await;
        run(&mut handle, "PRAGMA encoding = 'UTF-16'");
        run(&mut handle, "CREATE TABLE t (a TEXT, b BLOB)");
        let insert = prepare(&mut handle, "INSERT INTO t VALUES (?1, ?2)");
        let long = "ö".repeat(5_000);
        firsts(&mut handle, insert, &[Value::Text(&long), Value::Bytes(long.as_bytes())]);
        let all = prepare(&mut handle, "SELECT a, b FROM t");
        let mut running = handle.start(all).unwrap();
        let row = running.step().unwrap().unwrap();
        let first = row.field(0).unwrap();
        let (second, again) = (row.field(1).unwrap(), row.field(0).unwrap());
        assert_eq!(first, Field::Text(long.as_bytes()));
        assert_eq!(second, Field::Bytes(long.as_bytes()));
        assert_eq!(first, again);
    });
}

#[test]
fn statements_are_known_by_number_until_they_are_finalised() {
    block_on(async {
        let (mut handle, _) = memory().await;
        assert_eq!(handle.prepare(" -- nothing\n ;").unwrap().0, None);
        let two = "SELECT 1; SELECT 2";
        let (first, used) = handle.prepare(two).unwrap();
        assert_eq!(&two[used..], " SELECT 2");
        let second = prepare(&mut handle, &two[used..]);
        assert_eq!(firsts(&mut handle, first.unwrap(), &[]), ["Int(1)"]);
        handle.finalize(first.unwrap());
        handle.finalize(first.unwrap());
        assert!(handle.start(first.unwrap()).is_none());
        assert!(!handle.is_read_only(first.unwrap()));
        assert!(handle.is_read_only(second));
        assert_eq!(prepare(&mut handle, "SELECT 3"), first.unwrap());
        let failure = handle.prepare("SELEKT").unwrap_err();
        assert_eq!((failure.code, failure.message.as_str()), (1, "near \"SELEKT\": syntax error"));
        assert!(handle.prepare("SELECT 1\0; SELECT 2").is_err());
        let mut running = handle.start(second).unwrap();
        assert_eq!(running.bind(1, Value::Int(1)).unwrap_err().code, ffi::SQLITE_RANGE);
    });
}

#[test]
fn failures_end_a_run_and_say_why() {
    block_on(async {
        let (mut handle, _) = memory().await;
        run(&mut handle, "CREATE TABLE t (a INTEGER PRIMARY KEY)");
        let insert = prepare(&mut handle, "INSERT INTO t VALUES (?1)");
        assert!(!handle.is_read_only(insert));
        let mut running = handle.start(insert).unwrap();
        running.bind(1, Value::Int(7)).unwrap();
        assert!(running.step().unwrap().is_none());
        assert_eq!((running.changes(), running.last_insert_rowid()), (1, 7));
        drop(running);
        let mut running = handle.start(insert).unwrap();
        running.bind(1, Value::Int(7)).unwrap();
        let failure = running.step().map(|_| ()).unwrap_err();
        assert_eq!(failure.code, ffi::SQLITE_CONSTRAINT_PRIMARYKEY);
        assert_eq!(failure.message, "UNIQUE constraint failed: t.a");
        assert!(running.step().unwrap().is_none());
    });
}

#[test]
fn the_watch_stops_what_runs() {
    block_on(async {
        let (mut handle, watch) = memory().await;
        let endless =
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        let id = prepare(&mut handle, endless);
        watch.limit(Instant::now() + Duration::from_millis(5));
        let mut running = handle.start(id).unwrap();
        assert_eq!(running.step().map(|_| ()).unwrap_err().code, ffi::SQLITE_INTERRUPT);
        drop(running);
        watch.lift();
        run(&mut handle, "SELECT 1");
        // From another thread.
        let stopped = std::thread::scope(|scope| {
            scope.spawn(|| watch.cancel());
            handle.start(id).unwrap().step().map(|_| ()).unwrap_err()
        });
        assert_eq!(stopped.code, ffi::SQLITE_INTERRUPT);
    });
}

#[test]
fn a_handle_works_on_any_thread_and_goes_on_any() {
    block_on(async {
        let (mut handle, _) = memory().await;
        let id = prepare(&mut handle, "SELECT 'x'");
        let mut running = handle.start(id).unwrap();
        running.step().unwrap();
        drop(running);
        std::thread::spawn(move || assert_eq!(firsts(&mut handle, id, &[]), ["Text([120])"])).join().unwrap();
    });
}

#[test]
fn sqlx_gets_its_connection_back_as_it_was() {
    block_on(async {
        let (mut handle, watch) = memory().await;
        run(&mut handle, "CREATE TABLE t (a)");
        {
            let left = prepare(&mut handle, "SELECT a FROM t");
            let mut running = handle.start(left).unwrap();
            running.step().unwrap();
            std::mem::forget(running);
        }
        watch.cancel();
        let mut connection = handle.release();
        let timeout = sqlx::query("PRAGMA busy_timeout").fetch_one(&mut connection).await.unwrap();
        assert_eq!(timeout.get::<i64, _>(0), i64::try_from(BUSY_TIMEOUT.as_millis()).unwrap());
        // Longer than the watch that has stopped would let it.
        let sum = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT sum(i) FROM n";
        let sum = sqlx::query(sum).fetch_one(&mut connection).await.unwrap();
        assert_eq!(sum.get::<i64, _>(0), 200_010_000);
        // And again, as often as one likes: sqlx answers in between.
        for _ in 0..100 {
            connection.ping().await.unwrap();
            connection = Handle::hold(connection, Arc::default(), BUSY_TIMEOUT).await.unwrap().release();
        }
        connection.close().await.unwrap();
    });
}

#[test]
fn a_snapshot_outlives_the_run_that_asked_for_it() {
    block_on(async {
        let file = std::env::temp_dir().join(format!("orm-core-raw-{}.db", std::process::id()));
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let hold = async |watch| Handle::hold(open(&url).await, watch, BUSY_TIMEOUT).await.unwrap();
        let (mut reader, mut writer) = (hold(Arc::default()).await, hold(Arc::default()).await);
        run(&mut writer, "PRAGMA journal_mode = WAL");
        run(&mut writer, "CREATE TABLE t (a)");
        run(&mut writer, "INSERT INTO t VALUES (1), (2)");
        let all = prepare(&mut reader, "SELECT a FROM t");
        for _ in 0..2 {
            let mut running = reader.start(all).unwrap();
            running.step().unwrap();
            running.keep_snapshot().unwrap();
            drop(running);
            assert!(!reader.is_idle());
            run(&mut writer, "DELETE FROM t WHERE a = 1");
            run(&mut writer, "INSERT INTO t VALUES (3)");
            assert_eq!(firsts(&mut reader, all, &[]), ["Int(1)", "Int(2)"]);
            reader.drop_snapshot();
            assert!(reader.is_idle());
            assert_eq!(firsts(&mut reader, all, &[]), ["Int(2)", "Int(3)"]);
            run(&mut writer, "DELETE FROM t WHERE a = 3");
            run(&mut writer, "INSERT INTO t (rowid, a) VALUES (0, 1)");
        }
        drop((reader, writer));
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
    });
}
