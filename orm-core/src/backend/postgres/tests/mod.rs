#![allow(clippy::unwrap_used)]

#[cfg(all(
    feature = "time",
    feature = "chrono",
    feature = "uuid",
    feature = "rust_decimal",
    feature = "json"
))]
mod truth;

use sqlx::Executor;

use super::READER;
use crate::backend::testing::{
    Firsts, Refusing, Take, bind, block_on, execute, firsts, owned, refused, server, unreadable,
};
use crate::backend::{Driver, Target, drain, is_disconnect};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::value::{SqlType, Value};

const URL: &str = "postgres://postgres@127.0.0.1:5432/test";

async fn connect() -> Option<Driver> {
    server("ORM_TEST_POSTGRES", URL).await
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Each type as a column, with values that must come back as they are.
fn table() -> Vec<(SqlType, &'static str, Vec<Value>)> {
    const MICROS: i64 = 1_769_860_800_123_456;
    let decimals =
        ["0", "-12.30", "0.0001", "99999999999999999999.5"].map(|text| Value::Decimal(text.to_owned()));
    vec![
        (SqlType::Bool, "boolean", vec![Value::Bool(true), Value::Bool(false)]),
        (SqlType::SmallInt, "smallint", [i16::MIN, 0, i16::MAX].map(|v| Value::Int(v.into())).to_vec()),
        (SqlType::Integer, "integer", [i32::MIN, 0, i32::MAX].map(|v| Value::Int(v.into())).to_vec()),
        (SqlType::BigInt, "bigint", [i64::MIN, 0, i64::MAX].map(Value::Int).to_vec()),
        (SqlType::Real, "real", [f32::MIN, -0.5, f32::MAX].map(|v| Value::Float(v.into())).to_vec()),
        (SqlType::Double, "float8", [f64::MIN, 0.1, f64::MAX, f64::INFINITY].map(Value::Float).to_vec()),
        (SqlType::Text, "text", vec![text(""), text("ä 🦀 ' \" \\ % _")]),
        (SqlType::Text, "varchar(5)", vec![text(""), text("äbc")]),
        (SqlType::Text, "mood", vec![text("happy")]),
        (SqlType::Bytes, "bytea", vec![Value::Bytes(vec![]), Value::Bytes(vec![0, 255, 92])]),
        (
            SqlType::Date,
            "date",
            [-1_000_000, 0, 10_957, 2_000_000].map(|v| Value::Date(v - 200_000)).to_vec(),
        ),
        (SqlType::Time, "time", [0, 1_500_000, 86_399_999_999].map(Value::Time).to_vec()),
        (SqlType::DateTime, "timestamp", [-1, 0, MICROS].map(Value::DateTime).to_vec()),
        (SqlType::Timestamp, "timestamptz", [-1, 0, MICROS].map(Value::Timestamp).to_vec()),
        (SqlType::Uuid, "uuid", vec![Value::Uuid([0; 16]), Value::Uuid([255; 16])]),
        (SqlType::Decimal, "numeric", decimals.to_vec()),
        (SqlType::Json, "jsonb", vec![Value::Json("{\"a\": [1, null]}".into())]),
    ]
}

#[test]
fn every_type_comes_back_as_it_was_sent() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("CREATE TYPE pg_temp.mood AS ENUM ('happy', 'sad')").await.unwrap();
        for (number, (sql, column, values)) in table().into_iter().enumerate() {
            let column = if column == "mood" { "pg_temp.mood" } else { column };
            driver.run(&format!("CREATE TEMP TABLE t{number} (a {column})")).await.unwrap();
            let insert = format!("INSERT INTO t{number} VALUES ($1) RETURNING a");
            let equal = format!("SELECT a FROM t{number} WHERE a = $1");
            for value in values {
                let found = firsts(&mut driver, &insert, &[bind(sql, value.clone())], owned).await.unwrap();
                assert_eq!(found, std::slice::from_ref(&value), "{column}");
                let found = firsts(&mut driver, &equal, &[bind(sql, value.clone())], owned).await.unwrap();
                assert_eq!(found, [value], "{column} compared");
            }
            let found = firsts(&mut driver, &insert, &[bind(sql, Value::Null)], owned).await.unwrap();
            assert_eq!(found, [Value::Null], "{column}");
        }
    });
}

#[test]
fn unsigned_integers_use_the_next_wider_type() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (sql, value) in [
            (SqlType::TinyUnsigned, u8::MAX.into()),
            (SqlType::SmallUnsigned, u16::MAX.into()),
            (SqlType::Unsigned, u32::MAX.into()),
            (SqlType::BigUnsigned, i64::MAX as u64),
        ] {
            let binds = [bind(sql, Value::Unsigned(value))];
            let found = firsts(&mut driver, &format!("SELECT $1 -- {sql:?}"), &binds, owned).await.unwrap();
            assert_eq!(found, [Value::Int(value.try_into().unwrap())], "{sql:?}");
        }
    });
}

#[test]
fn arrays_come_back_with_their_nulls() {
    const TEXT: SqlType = SqlType::Text;
    const BIG: SqlType = SqlType::BigInt;
    const DECIMAL: SqlType = SqlType::Decimal;
    const TIMESTAMP: SqlType = SqlType::Timestamp;
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (element, values) in [
            (&TEXT, vec![text("a"), Value::Null, text(""), text("{,}")]),
            (&BIG, vec![Value::Int(i64::MIN), Value::Null]),
            (&BIG, vec![]),
            (&DECIMAL, vec![Value::Decimal("1.50".into())]),
            (&TIMESTAMP, vec![Value::Timestamp(-1), Value::Null, Value::Timestamp(1)]),
        ] {
            let statement = format!("SELECT $1 -- {element:?}");
            let array = bind(SqlType::Array(element), Value::Array(values.clone()));
            let found = firsts(&mut driver, &statement, &[array], owned).await.unwrap();
            assert_eq!(found, [Value::Array(values)]);
        }
        let keys = [bind(SqlType::Array(&BIG), Value::Array(vec![Value::Int(2), Value::Int(3)]))];
        let any = "SELECT n FROM generate_series(1, 5) n WHERE n = ANY($1)";
        let found = firsts(&mut driver, any, &keys, owned).await.unwrap();
        assert_eq!(found, [Value::Int(2), Value::Int(3)]);
        let found = firsts(&mut driver, "SELECT ARRAY[[1, 2], [3, 4]]", &[], unreadable).await.unwrap();
        assert_eq!(found, ["an array of more than one dimension"]);
    });
}

#[test]
fn other_types_are_read_or_named() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("CREATE DOMAIN pg_temp.age AS integer CHECK (VALUE > 0)").await.unwrap();
        driver.run("CREATE TYPE pg_temp.tone AS ENUM ('low')").await.unwrap();
        for (expression, value) in [
            ("5::pg_temp.age", Value::Int(5)),
            ("ARRAY['low'::pg_temp.tone, NULL]", Value::Array(vec![text("low"), Value::Null])),
            ("'ab'::char(5)", text("ab   ")),
            ("'x'::\"char\"", text("x")),
            ("'pg_class'::name", text("pg_class")),
            ("'literal'", text("literal")),
            ("'{\"a\":1}'::json", Value::Json("{\"a\":1}".into())),
            ("4000000000::oid", Value::Int(4_000_000_000)),
            ("sum(x) FROM (VALUES (1::bigint), (2)) t(x)", Value::Decimal("3".into())),
        ] {
            let found = firsts(&mut driver, &format!("SELECT {expression}"), &[], owned).await.unwrap();
            assert_eq!(found, [value], "{expression}");
        }
        for (expression, found) in [
            ("'infinity'::timestamptz", "the timestamp `infinity`"),
            ("'-infinity'::timestamp", "the timestamp `-infinity`"),
            ("'infinity'::date", "the date `infinity`"),
            ("interval '1 day'", "a value of type interval"),
            ("'1.5'::money", "a value of type money; cast it to numeric"),
            ("'127.0.0.1'::inet", "a value of type inet; cast it to text"),
            ("int4range(1, 2)", "a range"),
            ("'(1,2)'::point", "a value of type point"),
            ("pg_sleep(0)", "a value of type void"),
        ] {
            let named = firsts(&mut driver, &format!("SELECT {expression}"), &[], unreadable).await.unwrap();
            assert_eq!(named, [found], "{expression}");
        }
    });
}

#[test]
fn a_value_is_never_read_as_another_type() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (expression, refused) in [
            ("NULL::int", refused::<i32> as Take<bool>),
            ("NULL::text", refused::<String>),
            ("'12'::text", refused::<i32>),
            ("12", refused::<String>),
            ("true", refused::<i32>),
            ("2", refused::<bool>),
            ("4294967296", refused::<i32>),
            ("-1", refused::<u32>),
            ("1.5::float8", refused::<i64>),
            ("'NaN'::numeric", refused::<f64>),
            ("'a'::bytea", refused::<String>),
            ("current_date", refused::<String>),
            ("ARRAY[1, NULL]", refused::<Vec<i32>>),
            ("ARRAY['a']", refused::<Vec<i32>>),
        ] {
            let found = firsts(&mut driver, &format!("SELECT {expression}"), &[], refused).await.unwrap();
            assert_eq!(found, [true], "{expression}");
        }
    });
}

#[test]
fn a_value_in_text_form_is_refused() {
    block_on(async {
        let Some(Driver::Postgres(mut connection, _)) = connect().await else { return };
        let answer = connection.fetch_many(sqlx::raw_sql("SELECT 12345678, 'a'"));
        let mut sink = Firsts { take: unreadable, found: Vec::new() };
        drain(answer, READER, &mut sink).await.unwrap();
        assert_eq!(sink.found, ["a value in text form"]);
    });
}

#[test]
fn conflicts_between_transactions_are_told_apart() {
    block_on(async {
        let (Some(mut first), Some(mut second)) = (connect().await, connect().await) else { return };
        first.run("DROP TABLE IF EXISTS backend_rows").await.unwrap();
        first.run("CREATE TABLE backend_rows AS SELECT 1 AS id, 0 AS n UNION SELECT 2, 0").await.unwrap();
        for driver in [&mut first, &mut second] {
            driver.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM backend_rows").await.unwrap();
        }
        first.run("UPDATE backend_rows SET n = 1; COMMIT").await.unwrap();
        let error = second.run("UPDATE backend_rows SET n = 2").await.unwrap_err();
        assert!(matches!(error, Error::Serialization(_)), "{error}");
        second.run("ROLLBACK").await.unwrap();

        first.run("BEGIN; UPDATE backend_rows SET n = 1 WHERE id = 1").await.unwrap();
        second.run("BEGIN; UPDATE backend_rows SET n = 1 WHERE id = 2").await.unwrap();
        let (one, other) = futures_util::future::join(
            first.run("UPDATE backend_rows SET n = 1 WHERE id = 2; COMMIT"),
            second.run("UPDATE backend_rows SET n = 1 WHERE id = 1; COMMIT"),
        )
        .await;
        let victim = one.and(other).unwrap_err();
        assert!(matches!(victim, Error::Deadlock(_)), "{victim}");
        let _ = futures_util::future::join(first.run("ROLLBACK"), second.run("ROLLBACK")).await;

        first.run("BEGIN; LOCK TABLE backend_rows").await.unwrap();
        let error = second.run("BEGIN; LOCK TABLE backend_rows NOWAIT").await.unwrap_err();
        assert!(matches!(error, Error::Busy(_)), "{error}");
        first.run("ROLLBACK; DROP TABLE backend_rows").await.unwrap();
    });
}

#[test]
fn what_postgres_cannot_hold_is_refused_before_it_is_sent() {
    const SMALL: SqlType = SqlType::SmallInt;
    const TEXT: SqlType = SqlType::Text;
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (sql, value) in [
            (SqlType::BigUnsigned, Value::Unsigned(1 << 63)),
            (SqlType::SmallInt, Value::Int(40_000)),
            (SqlType::Text, text("a\0b")),
            (SqlType::Date, Value::Date(i32::MIN)),
            (SqlType::Timestamp, Value::Timestamp(i64::MIN)),
            (SqlType::Decimal, Value::Decimal("NaN".into())),
            (SqlType::Array(&SMALL), Value::Array(vec![Value::Int(1), Value::Int(40_000)])),
            (SqlType::Array(&SMALL), Value::Array(vec![text("1")])),
            (SqlType::Array(&TEXT), Value::Array(vec![text(&"x".repeat(1 << 20)); 64])),
        ] {
            let error = execute(&mut driver, "SELECT $1", &[bind(sql, value)]).await.unwrap_err();
            assert!(matches!(error, Error::InvalidValue { .. }), "{error}");
        }
        let mut sink = Refusing(0);
        let error = driver.fetch(&"SELECT generate_series(1, 3)".into(), &[], &mut sink).await.unwrap_err();
        assert!(matches!(error, Error::InvalidQuery(_)) && sink.0 == 1, "{error}");
        assert_eq!(firsts(&mut driver, "SELECT 4", &[], owned).await.unwrap(), [Value::Int(4)]);
    });
}

#[test]
fn errors_are_told_apart_and_name_what_they_are_about() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        assert_eq!(driver.dialect(), Dialect::Postgres);
        driver
            .run(
                "CREATE TEMP TABLE users (id int PRIMARY KEY, email text NOT NULL UNIQUE, age int, \
                 CONSTRAINT grown CHECK (age > 17)); \
                 CREATE TEMP TABLE posts (author int REFERENCES users (id)); \
                 INSERT INTO users VALUES (1, 'secret', 20)",
            )
            .await
            .unwrap();
        for (statement, bound, expected) in [
            (
                "INSERT INTO users VALUES (2, $1, 20)",
                "secret",
                "unique violation: constraint `users_email_key` on email of users \
                 in `INSERT INTO users VALUES (2, $1, 20)`",
            ),
            (
                "INSERT INTO users VALUES (2, nullif($1, 'x'), 20)",
                "x",
                "not null violation: on email of users",
            ),
            ("INSERT INTO users VALUES (2, $1, 1)", "x", "check violation: constraint `grown` of users"),
            (
                "INSERT INTO posts VALUES ($1::text::int)",
                "7",
                "foreign key violation: constraint `posts_author_fkey` on author of posts",
            ),
            (
                "SELECT * FROM absent WHERE x = $1",
                "x",
                "the table does not exist (relation \"absent\" does not exist [42P01]",
            ),
            ("SELECT absent FROM users WHERE email = $1", "x", "the column does not exist"),
            ("SELECT $1::text::int", "secret", "invalid input syntax for type integer [22P02]"),
        ] {
            let error =
                execute(&mut driver, statement, &[bind(SqlType::Text, text(bound))]).await.unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
            assert!(!is_disconnect(&error));
        }
        driver.run("SET statement_timeout = 20").await.unwrap();
        let error = execute(&mut driver, "SELECT pg_sleep(5)", &[]).await.unwrap_err();
        assert!(matches!(error, Error::Timeout(_)), "{error}");
        let error =
            execute(&mut driver, "SELECT pg_terminate_backend(pg_backend_pid())", &[]).await.unwrap_err();
        assert!(is_disconnect(&error), "{error}");
    });
}

#[test]
fn a_table_that_changed_is_read_again_and_in_a_transaction_is_a_reason_to_run_again() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("CREATE TEMP TABLE t (a int)").await.unwrap();
        driver.run("INSERT INTO t VALUES (1)").await.unwrap();
        let read = "SELECT a FROM t";
        assert_eq!(firsts(&mut driver, read, &[], owned).await.unwrap(), [Value::Int(1)]);
        driver.run("ALTER TABLE t ALTER a TYPE text").await.unwrap();
        assert_eq!(firsts(&mut driver, read, &[], owned).await.unwrap(), [text("1")]);
        driver.run("ALTER TABLE t ALTER a TYPE varchar").await.unwrap();
        driver.run("BEGIN").await.unwrap();
        let error = firsts(&mut driver, read, &[], owned).await.unwrap_err();
        assert!(matches!(error, Error::Serialization(_)), "{error}");
        driver.run("ROLLBACK").await.unwrap();
        assert_eq!(firsts(&mut driver, read, &[], owned).await.unwrap(), [text("1")]);
    });
}

#[test]
fn a_connection_that_cannot_be_made_says_why() {
    block_on(async {
        if connect().await.is_none() || std::env::var_os("ORM_TEST_POSTGRES").is_some() {
            return;
        }
        for (url, words) in [
            ("postgres://postgres:secret@127.0.0.1:5432/absent", "no such database"),
            ("postgres://absent:secret@127.0.0.1:5432/test", "refused the login"),
            ("postgres://postgres:secret@127.0.0.1:1/test", "refused"),
        ] {
            let error = Target::parse(url).unwrap().connect().await.err().unwrap();
            assert!(is_disconnect(&error), "{error}");
            let error = error.to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{error}");
        }
    });
}
