#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod long;
mod truth;
mod waits;

use crate::backend::testing::{Refusing, Take, bind, block_on, execute, firsts, owned, refused, unreadable};
use crate::backend::{Driver, Row, Sink, Target};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::value::{SqlType, Value};

async fn memory() -> Driver {
    Target::parse("sqlite::memory:").unwrap().connect().await.unwrap()
}

/// What comes back for a value that is bound and selected.
fn echo(sql: SqlType, value: Value) -> Value {
    block_on(async {
        let mut driver = memory().await;
        firsts(&mut driver, "SELECT ?1", &[bind(sql, value)], owned).await.unwrap().remove(0)
    })
}

/// All rows, with all of their columns.
async fn columns(driver: &mut Driver, text: &str) -> Vec<Vec<Value>> {
    struct All(Vec<Vec<Value>>);
    impl Sink for All {
        fn row(&mut self, row: Row<'_>) -> crate::error::Result<()> {
            let cells = (0..).map(|index| row.cell(index)).take_while(Result::is_ok);
            self.0.push(cells.map(owned).collect());
            Ok(())
        }
    }
    let mut all = All(Vec::new());
    driver.fetch(&text.into(), &[], &mut all).await.unwrap();
    all.0
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn every_type_comes_back_in_its_storage_class() {
    let table = [
        (SqlType::Bool, Value::Bool(true), Value::Int(1)),
        (SqlType::Bool, Value::Bool(false), Value::Int(0)),
        (SqlType::SmallInt, Value::Int(i16::MIN.into()), Value::Int(i16::MIN.into())),
        (SqlType::Integer, Value::Int(i32::MAX.into()), Value::Int(i32::MAX.into())),
        (SqlType::BigInt, Value::Int(i64::MIN), Value::Int(i64::MIN)),
        (SqlType::BigInt, Value::Int(i64::MAX), Value::Int(i64::MAX)),
        (SqlType::TinyUnsigned, Value::Unsigned(255), Value::Int(255)),
        (SqlType::SmallUnsigned, Value::Unsigned(65_535), Value::Int(65_535)),
        (SqlType::Unsigned, Value::Unsigned(u32::MAX.into()), Value::Int(u32::MAX.into())),
        (SqlType::BigUnsigned, Value::Unsigned(i64::MAX as u64), Value::Int(i64::MAX)),
        (SqlType::Real, Value::Float(1.5), Value::Float(1.5)),
        (SqlType::Double, Value::Float(f64::MIN), Value::Float(f64::MIN)),
        (SqlType::Double, Value::Float(f64::INFINITY), Value::Float(f64::INFINITY)),
        (SqlType::Double, Value::Int(3), Value::Float(3.0)),
        (SqlType::Text, text(""), text("")),
        (SqlType::Text, text("ä 🦀 ' \" \\ \0 x"), text("ä 🦀 ' \" \\ \0 x")),
        (SqlType::Bytes, Value::Bytes(vec![]), Value::Bytes(vec![])),
        (SqlType::Bytes, Value::Bytes(vec![0, 255]), Value::Bytes(vec![0, 255])),
        (SqlType::Date, Value::Date(0), text("1970-01-01")),
        (SqlType::Time, Value::Time(1_500_000), text("00:00:01.500000")),
        (SqlType::DateTime, Value::DateTime(-1_000_000), text("1969-12-31 23:59:59")),
        (SqlType::Timestamp, Value::Timestamp(0), text("1970-01-01 00:00:00")),
        (SqlType::Uuid, Value::Uuid([7; 16]), Value::Bytes(vec![7; 16])),
        (SqlType::Decimal, Value::Decimal("-12.30".into()), text("-12.30")),
        (SqlType::Json, Value::Json("{\"a\":1}".into()), text("{\"a\":1}")),
    ];
    for (sql, sent, stored) in table {
        assert_eq!(echo(sql, sent.clone()), stored, "{sql:?} {sent:?}");
        assert_eq!(echo(sql, Value::Null), Value::Null, "{sql:?}");
    }
}

#[test]
fn what_sqlite_cannot_hold_is_refused_before_it_is_sent() {
    block_on(async {
        let mut driver = memory().await;
        for (sql, value) in [
            (SqlType::BigUnsigned, Value::Unsigned(1 << 63)),
            (SqlType::SmallInt, Value::Int(40_000)),
            (SqlType::Double, Value::Float(f64::NAN)),
            (SqlType::Integer, text("1")),
        ] {
            let error = execute(&mut driver, "SELECT ?1", &[bind(sql, value)]).await.unwrap_err();
            assert!(matches!(error, Error::InvalidValue { .. }), "{error}");
        }
        const ELEMENT: SqlType = SqlType::Integer;
        let array = bind(SqlType::Array(&ELEMENT), Value::Array(vec![]));
        let error = execute(&mut driver, "SELECT ?1", &[array]).await.unwrap_err();
        assert!(
            matches!(error, Error::Unsupported { feature: "array columns", backend: "SQLite" }),
            "{error}"
        );
        let many = vec![bind(SqlType::Integer, Value::Int(1)); 32_767];
        let error = execute(&mut driver, "SELECT 1", &many).await.unwrap_err();
        assert!(matches!(error, Error::QueryTooComplex { limit: 32_766, .. }), "{error}");
    });
}

#[test]
fn text_that_is_not_utf8_and_columns_that_are_not_there_are_a_mismatch() {
    block_on(async {
        let mut driver = memory().await;
        let found = firsts(&mut driver, "SELECT CAST(x'ff61' AS TEXT)", &[], unreadable).await.unwrap();
        assert_eq!(found, ["text that is not UTF-8"]);
        // The value's own class counts, and not the column's type.
        driver.run("CREATE TABLE t (a INTEGER)").await.unwrap();
        driver.run("INSERT INTO t VALUES ('x'), (1.5), (9223372036854775807)").await.unwrap();
        let found = firsts(&mut driver, "SELECT a FROM t", &[], owned).await.unwrap();
        assert_eq!(found, [text("x"), Value::Float(1.5), Value::Int(i64::MAX)]);
    });
}

#[test]
fn a_value_is_never_read_as_another_type() {
    block_on(async {
        let mut driver = memory().await;
        for (expression, refused) in [
            ("NULL", refused::<i64> as Take<bool>),
            ("NULL", refused::<String>),
            ("NULL", refused::<f64>),
            ("'12'", refused::<i64>),
            ("12", refused::<String>),
            ("1.5", refused::<i64>),
            ("2", refused::<bool>),
            ("-1", refused::<u64>),
            ("40000", refused::<i16>),
            ("4294967296", refused::<u32>),
            ("9007199254740993", refused::<f64>),
            ("1e300", refused::<f32>),
            ("x'00'", refused::<String>),
            ("'x'", refused::<Vec<u8>>),
        ] {
            let found = firsts(&mut driver, &format!("SELECT {expression}"), &[], refused).await.unwrap();
            assert_eq!(found, [true], "{expression}");
        }
    });
}

#[test]
fn a_rollback_in_memory_takes_everything_back() {
    block_on(async {
        let mut driver = memory().await;
        driver.run("CREATE TABLE t (a INTEGER)").await.unwrap();
        driver.run("BEGIN IMMEDIATE").await.unwrap();
        driver.run("INSERT INTO t VALUES (1)").await.unwrap();
        driver.run("SAVEPOINT s").await.unwrap();
        driver.run("INSERT INTO t VALUES (2)").await.unwrap();
        driver.run("ROLLBACK TO s").await.unwrap();
        assert_eq!(firsts(&mut driver, "SELECT a FROM t", &[], owned).await.unwrap(), [Value::Int(1)]);
        driver.run("ROLLBACK").await.unwrap();
        assert_eq!(firsts(&mut driver, "SELECT a FROM t", &[], owned).await.unwrap(), []);
    });
}

#[test]
fn a_table_that_another_connection_changes_is_read_as_it_is() {
    block_on(async {
        let target = Target::parse("sqlite::memory:").unwrap();
        let (mut first, mut second) = (target.connect().await.unwrap(), target.connect().await.unwrap());
        first.run("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)").await.unwrap();
        let all = "SELECT * FROM t";
        for _ in 0..3 {
            assert_eq!(columns(&mut first, all).await, [vec![Value::Int(1)]]);
        }
        second.run("ALTER TABLE t ADD b INTEGER DEFAULT 2").await.unwrap();
        for _ in 0..3 {
            assert_eq!(columns(&mut first, all).await, [vec![Value::Int(1), Value::Int(2)]]);
        }
        second.run("ALTER TABLE t DROP COLUMN a").await.unwrap();
        assert_eq!(columns(&mut first, all).await, [vec![Value::Int(2)]]);
        second.run("DROP TABLE t").await.unwrap();
        let error = execute(&mut first, all, &[]).await.unwrap_err();
        assert!(matches!(error, Error::MissingTable(_)), "{error}");
        second.run("CREATE TABLE t (c TEXT); INSERT INTO t VALUES ('x')").await.unwrap();
        assert_eq!(columns(&mut first, all).await, [vec![text("x")]]);
    });
}

#[test]
fn a_sink_that_refuses_leaves_the_connection_in_step() {
    block_on(async {
        let mut driver = memory().await;
        let mut sink = Refusing(0);
        let error = driver.fetch(&"VALUES (1), (2), (3)".into(), &[], &mut sink).await.unwrap_err();
        assert!(matches!(error, Error::InvalidQuery(_)), "{error}");
        assert_eq!(sink.0, 1);
        assert_eq!(firsts(&mut driver, "VALUES (4)", &[], owned).await.unwrap(), [Value::Int(4)]);
        driver.close().await;
    });
}

#[test]
fn connections_to_one_target_share_its_memory_and_other_targets_do_not() {
    block_on(async {
        let target = Target::parse("sqlite::memory:").unwrap();
        let mut first = target.connect().await.unwrap();
        assert_eq!(first.dialect(), Dialect::Sqlite);
        first.run("CREATE TABLE t (a INTEGER)").await.unwrap();
        let made = execute(&mut first, "INSERT INTO t VALUES (1)", &[]).await.unwrap();
        assert_eq!((made.rows_affected, made.last_insert_id), (1, Some(1)));
        first.close().await;
        let mut second = target.clone().connect().await.unwrap();
        assert_eq!(firsts(&mut second, "SELECT a FROM t", &[], owned).await.unwrap(), [Value::Int(1)]);

        let mut other = Target::parse("sqlite://:memory:").unwrap().connect().await.unwrap();
        let error = execute(&mut other, "SELECT a FROM t", &[]).await.unwrap_err();
        assert!(matches!(error, Error::MissingTable(_)), "{error}");
    });
}

#[test]
fn a_file_is_created_in_wal_unless_the_url_says_otherwise() {
    block_on(async {
        let path = std::env::temp_dir().join(format!("orm-core-{}.db", std::process::id()));
        let url = format!("sqlite://{}", path.display());
        let missing = Target::parse(&format!("{url}?mode=rw")).unwrap().connect().await.err().unwrap();
        assert!(
            matches!(&missing, Error::Connection { message, .. } if message.contains("cannot be opened")),
            "{missing}"
        );

        let target = Target::parse(&url).unwrap();
        assert!(!target.is_memory());
        let side_by_side = futures_util::future::join_all((0..8).map(|_| target.connect())).await;
        for connection in side_by_side {
            let mut connection = connection.unwrap();
            let mode = firsts(&mut connection, "PRAGMA journal_mode", &[], owned).await.unwrap();
            assert_eq!(mode, [text("wal")]);
            let keys = firsts(&mut connection, "PRAGMA foreign_keys", &[], owned).await.unwrap();
            assert_eq!(keys, [Value::Int(1)]);
            let full = firsts(&mut connection, "PRAGMA synchronous", &[], owned).await.unwrap();
            assert_eq!(full, [Value::Int(2)]);
            connection.close().await;
        }
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
        }
    });
}

#[test]
fn errors_are_told_apart_and_name_what_they_are_about() {
    block_on(async {
        let mut driver = memory().await;
        driver
            .run(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER, \
                 CONSTRAINT grown CHECK (age > 17)); \
                 CREATE TABLE posts (author INTEGER REFERENCES users (id)); \
                 INSERT INTO users VALUES (1, 'ada@example.org', 20)",
            )
            .await
            .unwrap();
        for (statement, expected) in [
            (
                "INSERT INTO users VALUES (2, 'ada@example.org', 20)",
                "unique violation: on email of users in `INSERT INTO users VALUES (2, 'ada",
            ),
            ("INSERT INTO users VALUES (1, 'x', 20)", "unique violation: on id of users"),
            ("INSERT INTO users VALUES (2, NULL, 20)", "not null violation: on email of users"),
            ("INSERT INTO users VALUES (2, 'x', 1)", "check violation: constraint `grown`"),
            ("INSERT INTO posts VALUES (7)", "foreign key violation: in `INSERT INTO posts"),
            ("SELECT * FROM absent", "the table does not exist (no such table: absent [1]"),
            ("SELECT absent FROM users", "the column does not exist (no such column: absent [1]"),
            ("INSERT INTO users (absent) VALUES (1)", "the column does not exist"),
            ("SELEKT", "near \"SELEKT\": syntax error [1] in `SELEKT`"),
        ] {
            let error = execute(&mut driver, statement, &[]).await.unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    });
}

/// The driver's connection.
fn sqlite(driver: &mut Driver) -> &mut super::Connection {
    match driver {
        Driver::Sqlite(connection) => connection,
        #[allow(unreachable_patterns)]
        _ => panic!("not SQLite"),
    }
}

/// A database file of its own, gone when this is dropped.
struct File(std::path::PathBuf);

impl File {
    fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        File(std::env::temp_dir().join(format!("orm-core-sqlite-{}-{number}.db", std::process::id())))
    }

    async fn connect(&self) -> Driver {
        Target::parse(&format!("sqlite://{}", self.0.display())).unwrap().connect().await.unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", self.0.display()));
        }
    }
}
