//! The types of MariaDB and MySQL, read as every Rust type by us and by sqlx.

use std::cell::RefCell;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sqlx::MySql;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use uuid::Uuid;

use super::connect;
use crate::backend::Row;
use crate::backend::testing::block_on;
use crate::backend::truth::{
    Findings, Gap, Only, Reader, Readings, come_back, random, read, readers, readings,
};

type DateTime = chrono::DateTime<Utc>;
type Json = serde_json::Value;

#[rustfmt::skip]
const READERS: &[Reader] = readers!(MySql:
    bool, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, Vec<u8>, Decimal, Uuid, Json,
    Date, Time, PrimitiveDateTime, OffsetDateTime, NaiveDate, NaiveTime, NaiveDateTime, DateTime,
);

/// Columns by type, with values as SQL writes them; NULL is tried for each.
#[rustfmt::skip]
const COLUMNS: &[(&str, &[&str])] = &[
    ("boolean", &["0", "1", "2", "-1"]),
    ("tinyint", &["0", "1", "-128", "127"]),
    ("tinyint unsigned", &["0", "1", "255"]),
    ("tinyint(1) unsigned", &["0", "1", "255"]),
    ("smallint", &["0", "1", "-32768", "32767"]),
    ("smallint unsigned", &["0", "1", "65535"]),
    ("mediumint", &["0", "1", "-8388608", "8388607"]),
    ("mediumint unsigned", &["0", "1", "16777215"]),
    ("int", &["0", "1", "-2147483648", "2147483647"]),
    ("int unsigned", &["0", "1", "4294967295"]),
    ("int zerofill", &["0", "1"]),
    ("bigint", &["0", "1", "-9223372036854775808", "9223372036854775807"]),
    ("bigint unsigned", &["0", "1", "18446744073709551615"]),
    ("year", &["2026", "0"]),
    ("bit(1)", &["b'0'", "b'1'"]),
    ("bit(8)", &["b'11111111'", "b'1'"]),
    ("bit(12)", &["b'100000000001'"]),
    ("bit(64)", &["b'1111111111111111111111111111111111111111111111111111111111111111'"]),
    ("float", &["1.5", "-0.0", "3.4028234e38", "1e-45"]),
    ("double", &["1.5", "-0.0", "1e39", "1.7976931348623157e308", "0.1"]),
    ("decimal(10,2)", &["0", "-12.30", "99999999.99"]),
    ("decimal(65,0)", &["1", "79228162514264337593543950335", "99999999999999999999999999999999999999999999999999"]),
    ("decimal(65,30)", &["1.5", "0.000000000000000000000000000001"]),
    ("char(5)", &["''", "'ab'", "'12'"]),
    ("varchar(99)", &["''", "'ä 🦀'", "'12'", "'1'", "'2026-01-31'", "'2026-01-31 12:00:00+01:00'", "'f47ac10b-58cc-4372-a567-0e02b2c3d479'"]),
    ("varchar(9) character set latin1", &["'ä'"]),
    ("varchar(9) collate utf8mb4_bin", &["'ä'"]),
    ("text", &["'ab'"]),
    ("longtext", &["'ab'"]),
    ("json", &["'null'", "'{\"a\": [1, null]}'"]),
    ("binary(3)", &["'ab'"]),
    ("binary(16)", &["x'000102030405060708090a0b0c0d0e0f'"]),
    ("varbinary(9)", &["''", "x'00ff5c'", "'ab'"]),
    ("blob", &["x'00ff5c'", "'12'"]),
    ("enum('a','b')", &["'a'"]),
    ("set('a','b')", &["'a,b'", "''"]),
    ("date", &["'2026-01-31'", "'0001-01-01'", "'9999-12-31'", "'2024-02-29'", "'0000-00-00'", "'2026-00-00'", "'2026-02-31'"]),
    ("time", &["'00:00:00'", "'23:59:59'", "'-01:00:00'", "'100:00:00'"]),
    ("time(6)", &["'23:59:59.999999'", "'-00:00:00.000001'"]),
    ("datetime", &["'2026-01-31 12:00:00'", "'2026-01-31'", "'0000-00-00'", "'2026-00-00'", "'2026-02-31 12:00:00'"]),
    ("datetime(6)", &["'2026-01-31 12:00:00.123456'", "'9999-12-31 23:59:59.999999'", "'1969-12-31 23:59:59.999999'"]),
    ("timestamp", &["'2026-01-31 12:00:00'", "'0000-00-00'"]),
    ("timestamp(6)", &["'2026-01-31 12:00:00.123456'"]),
    ("point", &["point(1, 2)"]),
];

const fn ours(columns: &'static [&'static str], types: &'static [&'static str], why: &'static str) -> Gap {
    Gap { only: Only::Ours, columns, types, why }
}

const fn theirs(columns: &'static [&'static str], types: &'static [&'static str], why: &'static str) -> Gap {
    Gap { only: Only::Theirs, columns, types, why }
}

const SIGNS: &str = "an integer of the other sign is read where it fits";
const NUMBERS: &str = "numbers are read as decimals and each other, as SQLite has them";
const TEXT: &str =
    "SQLite keeps decimals, dates, UUIDs and documents as text: text that is one is read as one";
const DECIMAL: &str = "the server sends decimals as text; sqlx does not let them be read as that";
const TRUE: &str = "2 is not true: only 0 and 1 are truth values";
const LOST: &str = "sqlx rounds, or makes it infinite, where the value does not fit";
const NOT_BYTES: &str = "text is not bytes";
const ZERO: &str = "a zero date is a value, not NULL; and NULL fits every type";

#[rustfmt::skip]
const GAPS: &[Gap] = &[
    ours(&["boolean", "tinyint", "smallint", "mediumint", "int", "bigint", "an expression"], &["u8", "u16", "u32", "u64"], SIGNS),
    ours(&["tinyint unsigned", "tinyint(1) unsigned", "smallint unsigned", "mediumint unsigned", "int unsigned", "int zerofill", "bigint unsigned", "year"], &["i16", "i32", "i64"], SIGNS),
    ours(&["bit(1)", "bit(8)", "bit(12)"], &["i16", "i32", "i64"], SIGNS),
    ours(&["boolean", "tinyint", "smallint", "mediumint", "int", "bigint", "an expression"], &["Decimal", "f32", "f64"], NUMBERS),
    ours(&["tinyint unsigned", "tinyint(1) unsigned", "smallint unsigned", "mediumint unsigned", "int unsigned", "int zerofill", "bigint unsigned", "year"], &["Decimal"], NUMBERS),
    ours(&["bit(1)", "bit(8)", "bit(12)", "bit(64)", "float", "double"], &["Decimal"], NUMBERS),
    ours(&["year"], &["bool"], "0 and 1 are truth values in every integer"),
    ours(&["decimal(10,2)", "decimal(65,0)", "decimal(65,30)"], &["String", "f64", "Json"], DECIMAL),
    ours(&["char(5)", "varchar(99)"], &["Decimal", "f64"], TEXT),
    ours(&["varchar(99)"], &["Date", "PrimitiveDateTime", "OffsetDateTime", "NaiveDate", "NaiveDateTime", "DateTime", "Uuid"], TEXT),
    theirs(&["boolean", "tinyint", "tinyint unsigned", "tinyint(1) unsigned", "smallint unsigned", "int unsigned", "bigint unsigned", "bit(8)", "bit(64)"], &["bool"], TRUE),
    theirs(&["double"], &["f32"], LOST),
    theirs(&["decimal(65,30)"], &["Decimal"], LOST),
    theirs(&["char(5)", "varchar(99)", "varchar(9) character set latin1", "varchar(9) collate utf8mb4_bin", "text", "longtext", "json", "enum('a','b')", "set('a','b')"], &["Vec<u8>"], NOT_BYTES),
    theirs(&["unconverted text"], &["Vec<u8>"], NOT_BYTES),
    theirs(&["json"], &["Uuid"], NOT_BYTES),
    theirs(&["blob"], &["Json"], "bytes are not text"),
    theirs(&["time", "time(6)"], &["NaiveTime"], "a negative span is no time of day; sqlx drops its sign"),
    theirs(&["date", "datetime", "timestamp"], &["bool", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "String", "Vec<u8>", "Decimal", "Uuid", "Json"], ZERO),
    theirs(&["date", "datetime", "timestamp"], &["Date", "Time", "PrimitiveDateTime", "OffsetDateTime", "NaiveDate", "NaiveTime", "NaiveDateTime", "DateTime"], ZERO),
];

#[test]
fn what_sqlx_reads_we_read_alike() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("SET sql_mode = 'ALLOW_INVALID_DATES'").await.unwrap();
        let mut findings = Findings::default();
        for (column, values) in COLUMNS {
            driver.run(&format!("CREATE TEMPORARY TABLE t (a {column} NULL)")).await.unwrap();
            for value in values.iter().chain(&["NULL"]) {
                driver.run(&format!("INSERT INTO t VALUES ({value})")).await.unwrap();
                let statement = format!("SELECT a FROM t -- {column} {value}");
                findings.add(column, value, readings(&mut driver, READERS, &statement).await);
                driver.run("DELETE FROM t").await.unwrap();
            }
            driver.run("DROP TEMPORARY TABLE t").await.unwrap();
        }
        for (label, expression) in
            [("an expression", "1 = 1"), ("an expression", "COUNT(*)"), ("nothing", "NULL")]
        {
            findings.add(
                label,
                expression,
                readings(&mut driver, READERS, &format!("SELECT {expression}")).await,
            );
        }
        // The server converts no text, and so sends what is not UTF-8.
        driver.run("SET character_set_results = NULL").await.unwrap();
        let raw = readings(&mut driver, READERS, "SELECT CONVERT('ä' USING latin1)").await;
        findings.add("unconverted text", "'ä'", raw);
        findings.check(GAPS);
    });
}

/// A server's answer for random values of each type, by both decoders.
#[test]
fn random_values_come_back_from_both() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(driver) = runtime.block_on(connect()) else { return };
    let driver = RefCell::new(driver);
    macro_rules! come_back {
        ($($table:ident: $type:ty, $column:literal, $values:expr;)+) => {$(
            let table = concat!("CREATE TEMPORARY TABLE ", stringify!($table), " (a ", $column, " NULL)");
            runtime.block_on(driver.borrow_mut().run(table)).unwrap();
            let row = concat!("INSERT INTO ", stringify!($table), " (a) VALUES (NULL)");
            runtime.block_on(driver.borrow_mut().run(row)).unwrap();
            let store = concat!("UPDATE ", stringify!($table), " SET a = ?");
            let load = concat!("SELECT a FROM ", stringify!($table));
            come_back::<MySql, $type>(&runtime, &driver, Some(store), load, $values);
        )+};
    }
    let finite = proptest::num::f64::NORMAL | proptest::num::f64::NEGATIVE | proptest::num::f64::ZERO;
    let short = proptest::num::f32::NORMAL | proptest::num::f32::NEGATIVE | proptest::num::f32::ZERO;
    come_back! {
        bools: bool, "BOOLEAN", any::<bool>();
        smalls: i16, "SMALLINT", any::<i16>();
        integers: i32, "INTEGER", any::<i32>();
        bigs: i64, "BIGINT", any::<i64>();
        optional_bigs: Option<i64>, "BIGINT", any::<Option<i64>>();
        tiny_unsigned: u8, "TINYINT UNSIGNED", any::<u8>();
        small_unsigned: u16, "SMALLINT UNSIGNED", any::<u16>();
        medium_unsigned: u32, "INTEGER UNSIGNED", any::<u32>();
        big_unsigned: u64, "BIGINT UNSIGNED", any::<u64>();
        floats: f32, "FLOAT", short;
        doubles: f64, "DOUBLE", finite;
        texts: String, "VARCHAR(99)", random::text();
        optional_texts: Option<String>, "LONGTEXT", proptest::option::of(random::text());
        binaries: Vec<u8>, "VARBINARY(99)", random::bytes();
        decimals: Decimal, "DECIMAL(65,15)", random::decimal().prop_map(|mut value| { value.rescale(15); value });
        uuids: Uuid, "BINARY(16)", random::uuid();
        some_dates: Date, "DATE", random::date();
        times: Time, "TIME(6)", random::clock();
        date_times: PrimitiveDateTime, "DATETIME(6)", random::date_time();
        timestamps: OffsetDateTime, "TIMESTAMP(6)", random::timestamp();
        chrono_dates: NaiveDate, "DATE", random::chrono_date_time().prop_map(|value| value.date());
        chrono_times: NaiveTime, "TIME(6)", random::chrono_date_time().prop_map(|value| value.time());
        chrono_date_times: NaiveDateTime, "DATETIME(6)", random::chrono_date_time();
        documents: Json, "JSON", random::json();
    }
}
