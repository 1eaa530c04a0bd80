//! PostgreSQL's types, read as every Rust type by us and by sqlx.

use std::cell::RefCell;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Utc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sqlx::Postgres;
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
const READERS: &[Reader] = readers!(Postgres:
    bool, i16, i32, i64, f32, f64, String, Vec<u8>, Decimal, Uuid, Json,
    Date, Time, PrimitiveDateTime, OffsetDateTime, NaiveDate, NaiveTime, NaiveDateTime, DateTime,
    Vec<bool>, Vec<i16>, Vec<i32>, Vec<i64>, Vec<f32>, Vec<f64>, Vec<String>, Vec<Decimal>, Vec<Uuid>, Vec<Json>,
    Vec<Date>, Vec<Time>, Vec<PrimitiveDateTime>, Vec<OffsetDateTime>,
);

/// Columns by type, with values as SQL writes them; NULL is tried for each.
#[rustfmt::skip]
const COLUMNS: &[(&str, &[&str])] = &[
    ("boolean", &["'t'", "'f'"]),
    ("smallint", &["0", "1", "2", "-32768", "32767"]),
    ("integer", &["0", "1", "-1", "-2147483648", "2147483647"]),
    ("bigint", &["0", "1", "2147483648", "-9223372036854775808", "9223372036854775807"]),
    ("oid", &["0", "4000000000"]),
    ("real", &["1.5", "-0.0", "'NaN'", "'-Infinity'", "3.4028235e38", "1e-45"]),
    ("float8", &["1.5", "-0.0", "'NaN'", "'Infinity'", "1e39", "1.7976931348623157e308", "0.1"]),
    ("numeric", &[
        "0", "0.00", "1", "-12.30", "0.0001", "10000", "'NaN'", "1e40", "1e-28", "79228162514264337593543950335",
        "79228162514264337593543950336", "-79228162514264337593543950335", "0.1234567890123456789012345678",
        "0.12345678901234567890123456789", "123456789012345678.123456789", "1.5000000000000000000000000000000",
        "99999999999999999999999999999999999999999999999999",
    ]),
    ("numeric(20,10)", &["1.5", "-9999999999.9999999999"]),
    ("money", &["1.5"]),
    ("text", &["''", "'ä 🦀'", "'12'", "'t'", "'2026-01-31'", "'2026-01-31 12:00:00+01'"]),
    ("varchar(5)", &["''", "'ab'"]),
    ("char(5)", &["'ab'"]),
    ("name", &["'ab'"]),
    ("\"char\"", &["'x'", "(-1)::\"char\""]),
    ("bytea", &["''", "'\\x00ff5c'", "'\\x000102030405060708090a0b0c0d0e0f'"]),
    ("uuid", &["'00000000-0000-0000-0000-000000000000'", "'f47ac10b-58cc-4372-a567-0e02b2c3d479'"]),
    ("date", &["'2026-01-31'", "'0001-01-01'", "'4713-01-01 BC'", "'9999-12-31'", "'5874897-12-31'", "'infinity'", "'-infinity'"]),
    ("time", &["'00:00'", "'23:59:59.999999'", "'24:00'"]),
    ("timetz", &["'12:00+01'"]),
    ("timestamp", &["'2026-01-31 12:00:00.123456'", "'1969-12-31 23:59:59.999999'", "'294276-12-31'", "'4713-01-01 BC'", "'infinity'", "'-infinity'"]),
    ("timestamptz", &["'2026-01-31 12:00:00.123456+01'", "'294276-12-31'", "'4713-01-01 BC'", "'infinity'", "'-infinity'"]),
    ("interval", &["'1 day'"]),
    ("json", &["'null'", "'{\"a\": [1, null]}'"]),
    ("jsonb", &["'null'", "'{\"a\": [1, null]}'"]),
    ("bit(3)", &["'101'"]),
    ("varbit", &["'101'"]),
    ("inet", &["'127.0.0.1'"]),
    ("point", &["'(1,2)'"]),
    ("int4range", &["'[1,2)'"]),
    ("tsvector", &["'a b'"]),
    ("pg_temp.mood", &["'happy'"]),
    ("pg_temp.age", &["7"]),
    ("pg_temp.elder", &["70"]),
    ("pg_temp.label", &["'x'"]),
    ("pg_temp.pair", &["ROW(1, 'x')"]),
    ("boolean[]", &["'{t,f}'", "'{t,NULL}'"]),
    ("smallint[]", &["'{}'", "'{1,-32768}'"]),
    ("integer[]", &["'{}'", "'{1,2}'", "'{1,NULL}'", "'{{1,2},{3,4}}'", "'[2:3]={1,2}'"]),
    ("bigint[]", &["'{1,9223372036854775807}'"]),
    ("oid[]", &["'{1}'"]),
    ("real[]", &["'{1.5,NaN}'"]),
    ("float8[]", &["'{1.5,NaN}'"]),
    ("numeric[]", &["'{1.50,-2}'", "'{NaN}'"]),
    ("text[]", &["'{}'", "'{a,\"\",\"{,}\"}'", "'{a,NULL}'"]),
    ("varchar(5)[]", &["'{ab}'"]),
    ("char(5)[]", &["'{ab}'"]),
    ("name[]", &["'{ab}'"]),
    ("bytea[]", &["'{\"\\\\x00ff\"}'"]),
    ("uuid[]", &["'{f47ac10b-58cc-4372-a567-0e02b2c3d479}'"]),
    ("json[]", &["'{\"1\"}'"]),
    ("jsonb[]", &["'{\"1\"}'"]),
    ("date[]", &["'{2026-01-31}'", "'{infinity}'"]),
    ("time[]", &["'{12:00}'"]),
    ("timestamp[]", &["'{\"2026-01-31 12:00\"}'", "'{infinity}'"]),
    ("timestamptz[]", &["'{\"2026-01-31 12:00+01\"}'", "'{-infinity}'"]),
    ("pg_temp.mood[]", &["'{happy}'", "'{happy,NULL}'"]),
    ("pg_temp.age[]", &["'{7}'"]),
];

const fn ours(columns: &'static [&'static str], types: &'static [&'static str], why: &'static str) -> Gap {
    Gap { only: Only::Ours, columns, types, why }
}

const WIDTHS: &str = "an integer of another width is read where it fits";
const NUMBERS: &str =
    "integers and floating-point numbers are read as decimals and each other, as SQLite has them";
const ROUNDED: &str = "sums and averages are `numeric`, and a double may be asked for them";
const TRUTH: &str = "0 and 1 are truth values, for MariaDB and SQLite have no others";
const TEXT: &str = "SQLite keeps decimals, dates and documents as text: text that is one is read as one";
const EMPTY: &str = "an empty array, or one of text, has no element that would be refused";
const LISTS: &str = "elements are read as values of their type are";

#[rustfmt::skip]
const GAPS: &[Gap] = &[
    ours(&["smallint"], &["i32", "i64"], WIDTHS),
    ours(&["integer", "pg_temp.age", "pg_temp.elder"], &["i16", "i64"], WIDTHS),
    ours(&["bigint"], &["i16", "i32"], WIDTHS),
    ours(&["oid"], &["i16", "i32", "i64"], WIDTHS),
    ours(&["smallint", "integer", "bigint", "oid", "pg_temp.age", "pg_temp.elder"], &["Decimal", "f32", "f64"], NUMBERS),
    ours(&["smallint", "integer", "bigint", "oid"], &["bool"], TRUTH),
    ours(&["real"], &["f64", "Decimal"], NUMBERS),
    ours(&["float8"], &["f32", "Decimal"], NUMBERS),
    ours(&["numeric", "numeric(20,10)"], &["f64"], ROUNDED),
    ours(&["text"], &["Decimal", "f64", "Json"], TEXT),
    ours(&["text"], &["Date", "PrimitiveDateTime", "OffsetDateTime", "NaiveDate", "NaiveDateTime", "DateTime"], TEXT),
    ours(&["bytea"], &["Uuid"], "MariaDB and SQLite keep UUIDs as 16 bytes"),
    ours(&["\"char\""], &["String"], "it is text of one byte; sqlx has it as an i8 only"),
    ours(&["pg_temp.mood"], &["String"], "an enum is sent as its name; sqlx wants a type of its own for each"),
    ours(&["timestamp"], &["OffsetDateTime", "DateTime"], "a time without a zone is taken as UTC, which the session is in"),
    ours(&["smallint[]", "integer[]", "oid[]", "pg_temp.age[]"], &["Vec<i64>", "Vec<f32>", "Vec<f64>", "Vec<Decimal>"], LISTS),
    ours(&["smallint[]", "oid[]", "pg_temp.age[]"], &["Vec<i32>"], LISTS),
    ours(&["integer[]", "oid[]", "pg_temp.age[]"], &["Vec<i16>"], LISTS),
    ours(&["integer[]"], &["Vec<i32>"], "a lower bound other than 1 is read over"),
    ours(&["oid[]"], &["Vec<bool>"], LISTS),
    ours(&["bigint[]"], &["Vec<Decimal>"], LISTS),
    ours(&["real[]"], &["Vec<f64>"], LISTS),
    ours(&["float8[]"], &["Vec<f32>"], LISTS),
    ours(&["numeric[]"], &["Vec<f64>"], LISTS),
    ours(&["timestamp[]"], &["Vec<OffsetDateTime>"], LISTS),
    ours(&["pg_temp.mood[]"], &["Vec<String>"], LISTS),
    ours(&["smallint[]", "integer[]"], &["Vec<String>"], EMPTY),
    ours(&["smallint[]", "integer[]", "text[]"], &["Vec<bool>", "Vec<Uuid>", "Vec<Json>"], EMPTY),
    ours(&["smallint[]", "integer[]", "text[]"], &["Vec<Date>", "Vec<Time>", "Vec<PrimitiveDateTime>", "Vec<OffsetDateTime>"], EMPTY),
    ours(&["text[]"], &["Vec<i16>", "Vec<i32>", "Vec<i64>", "Vec<f32>", "Vec<f64>", "Vec<Decimal>"], EMPTY),
    Gap { only: Only::Theirs, columns: &["time"], types: &["Time", "NaiveTime"], why: "24:00 is no time of day; sqlx makes it midnight" },
];

#[test]
fn what_sqlx_reads_we_read_alike() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver
            .run(
                "CREATE TYPE pg_temp.mood AS ENUM ('happy', 'sad'); CREATE DOMAIN pg_temp.age AS integer; \
                 CREATE DOMAIN pg_temp.elder AS pg_temp.age CHECK (VALUE > 60); CREATE DOMAIN pg_temp.label AS text; \
                 CREATE TYPE pg_temp.pair AS (a integer, b text)",
            )
            .await
            .unwrap();
        let mut findings = Findings::default();
        for (column, values) in COLUMNS {
            for value in values.iter().chain(&["NULL"]) {
                let statement = format!("SELECT ({value})::{column}");
                findings.add(column, value, readings(&mut driver, READERS, &statement).await);
            }
        }
        for (label, expression) in [
            ("unknown", "'literal'"),
            ("unknown", "NULL"),
            ("void", "pg_sleep(0)"),
            ("record", "ROW(1, 'x')"),
        ] {
            findings.add(
                label,
                expression,
                readings(&mut driver, READERS, &format!("SELECT {expression}")).await,
            );
        }
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
        ($($type:ty, $column:literal, $values:expr;)+) => {
            $(come_back::<Postgres, $type>(&runtime, &driver, None, concat!("SELECT $1::", $column), $values);)+
        };
    }
    come_back! {
        bool, "boolean", any::<bool>();
        i16, "smallint", any::<i16>();
        i32, "integer", any::<i32>();
        i64, "bigint", any::<i64>();
        Option<i64>, "bigint", any::<Option<i64>>();
        f32, "real", any::<f32>();
        f64, "float8", any::<f64>();
        String, "text", random::text();
        String, "varchar", random::text();
        Option<String>, "text", proptest::option::of(random::text());
        Vec<u8>, "bytea", random::bytes();
        Decimal, "numeric", random::decimal();
        Uuid, "uuid", random::uuid();
        Json, "jsonb", random::json();
        Date, "date", random::date();
        Time, "time", random::clock();
        PrimitiveDateTime, "timestamp", random::date_time();
        OffsetDateTime, "timestamptz", random::timestamp();
        NaiveDate, "date", random::chrono_date_time().prop_map(|value| value.date());
        NaiveTime, "time", random::chrono_date_time().prop_map(|value| value.time());
        NaiveDateTime, "timestamp", random::chrono_date_time();
        DateTime, "timestamptz", random::chrono_date_time().prop_map(|value| value.and_utc());
        Vec<bool>, "boolean[]", any::<Vec<bool>>();
        Vec<i16>, "smallint[]", any::<Vec<i16>>();
        Vec<i64>, "bigint[]", any::<Vec<i64>>();
        Option<Vec<i32>>, "integer[]", any::<Option<Vec<i32>>>();
        Vec<f64>, "float8[]", any::<Vec<f64>>();
        Vec<String>, "text[]", proptest::collection::vec(random::text(), 0..9);
        Vec<Decimal>, "numeric[]", proptest::collection::vec(random::decimal(), 0..9);
        Vec<Uuid>, "uuid[]", proptest::collection::vec(random::uuid(), 0..9);
        Vec<Json>, "jsonb[]", proptest::collection::vec(random::json(), 0..4);
        Vec<OffsetDateTime>, "timestamptz[]", proptest::collection::vec(random::timestamp(), 0..9);
    }
}
