//! What a value of each storage class gives as each Rust type, beside what sqlx makes of it on the same connection.

use std::fmt::Debug;

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::{memory, sqlite};
use crate::backend::testing::{Take, block_on, firsts};
use crate::value::{Cell, ColumnType, Mismatch};

/// The value in words, or `refused`.
fn words<T: Debug, E>(value: Result<T, E>) -> String {
    value.map_or_else(|_| "refused".to_owned(), |value| format!("{value:?}"))
}

fn ours<T: ColumnType + Debug>(cell: Result<Cell<'_>, Mismatch>) -> String {
    words(cell.and_then(T::decode))
}

fn theirs<T>(row: &SqliteRow) -> String
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Debug,
{
    words(row.try_get::<T, _>(0))
}

/// A Rust type, and how both read it.
type Reader = (&'static str, Take<String>, fn(&SqliteRow) -> String);

macro_rules! readers {
    ($($of:ty),+) => {
        [$((stringify!($of), ours::<$of> as Take<String>, theirs::<$of> as fn(&SqliteRow) -> String)),+]
    };
}

const READERS: [Reader; 22] = readers!(
    bool,
    i16,
    i32,
    i64,
    u8,
    u16,
    u32,
    u64,
    f32,
    f64,
    String,
    Vec<u8>,
    Option<bool>,
    Option<i16>,
    Option<i64>,
    Option<u8>,
    Option<u32>,
    Option<u64>,
    Option<f32>,
    Option<f64>,
    Option<String>,
    Option<Vec<u8>>
);

const EXPRESSIONS: [&str; 39] = [
    "NULL",
    "0",
    "1",
    "2",
    "-1",
    "255",
    "256",
    "32767",
    "32768",
    "-32768",
    "-32769",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "-0.0",
    "0.5",
    "1e300",
    "9e999",
    "-9e999",
    "''",
    "'12'",
    "'0012.50'",
    "'x'",
    "'ä🦀' || char(0) || 'x'",
    "CAST(x'ff61' AS TEXT)",
    "CAST(x'c3' AS TEXT)",
    "CAST(x'eda080' AS TEXT)",
    "x''",
    "x'00'",
    "x'ff61'",
    "zeroblob(40)",
];

/// Where both differ on purpose: what sqlx gives, and why that is not the value.
fn differs_on_purpose(expression: &str, class: &str, of: &str, ours: &str, theirs: &str) -> bool {
    match (class, of) {
        // sqlx reads NULL as zero, or as nothing, where no Option is asked for.
        ("null", _) if !of.starts_with("Option") => ours == "refused",
        // A number that is no truth value.
        ("integer", "bool" | "Option<bool>") if !matches!(expression, "0" | "1") => ours == "refused",
        // SQLite keeps whole numbers of a REAL expression as integers in places; both are exact.
        ("integer", "f32" | "f64" | "Option<f32>" | "Option<f64>") => theirs == "refused",
        // A number that is out of range is not infinite.
        ("real", "f32" | "Option<f32>") if expression == "1e300" => ours == "refused",
        // Decimals are kept as text.
        ("text", "f64" | "Option<f64>") => theirs == "refused",
        // Text is not bytes.
        ("text", "Vec<u8>" | "Option<Vec<u8>>") => ours == "refused",
        _ => false,
    }
}

#[test]
fn every_storage_class_as_every_type_is_what_sqlx_makes_of_it() {
    block_on(async {
        let mut driver = memory().await;
        let mut complaints = Vec::new();
        for expression in EXPRESSIONS {
            let text = format!("SELECT {expression}, typeof({expression})");
            let query = sqlx::query(AssertSqlSafe(text.clone()));
            let row = query.fetch_one(driver.sqlite().unwrap()).await.unwrap();
            let class: String = row.get(1);
            for (of, ours, theirs) in READERS {
                // Once on another thread, then in place.
                let mut read = Vec::new();
                for _ in 0..2 {
                    read.extend(firsts(&mut driver, &text, &[], ours).await.unwrap());
                    sqlite(&mut driver).forget_times();
                }
                let (ours, theirs) = (read[0].clone(), theirs(&row));
                assert_eq!(read, [ours.clone(), ours.clone()], "{expression} as {of}");
                if ours != theirs && !differs_on_purpose(expression, &class, of, &ours, &theirs) {
                    complaints
                        .push(format!("{expression} ({class}) as {of}: {ours}, and sqlx says {theirs}"));
                }
            }
        }
        assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    });
}

#[test]
fn a_columns_declared_type_changes_nothing() {
    block_on(async {
        let mut driver = memory().await;
        driver
            .run("CREATE TABLE t (b BOOLEAN, i INTEGER, r REAL, s TEXT, x BLOB, d DATETIME)")
            .await
            .unwrap();
        driver.run("INSERT INTO t VALUES ('yes', 'ten', 'pi', 1, 'bytes', 7)").await.unwrap();
        let table: [(&str, Take<String>, &str); 8] = [
            ("b", ours::<bool>, "refused"),
            ("b", ours::<String>, "\"yes\""),
            ("i", ours::<i64>, "refused"),
            ("r", ours::<f32>, "refused"),
            ("s", ours::<String>, "\"1\""),
            ("x", ours::<Vec<u8>>, "refused"),
            ("d", ours::<i64>, "7"),
            ("d", ours::<String>, "refused"),
        ];
        for (column, take, expected) in table {
            let text = format!("SELECT {column} FROM t");
            for _ in 0..2 {
                assert_eq!(firsts(&mut driver, &text, &[], take).await.unwrap(), [expected], "{column}");
                sqlite(&mut driver).forget_times();
            }
        }
    });
}
