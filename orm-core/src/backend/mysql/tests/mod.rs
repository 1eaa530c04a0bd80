#![allow(clippy::unwrap_used)]

#[cfg(all(
    feature = "time",
    feature = "chrono",
    feature = "uuid",
    feature = "rust_decimal",
    feature = "json"
))]
mod truth;

use crate::backend::testing::{
    Refusing, Take, bind, block_on, execute, firsts, owned, refused, server, unreadable,
};
use crate::backend::{Driver, Target, is_disconnect, loses_transaction};
use crate::error::Error;
use crate::value::{SqlType, Value};

const URL: &str = "mysql://root@127.0.0.1:3306/test";

async fn connect() -> Option<Driver> {
    server("ORM_TEST_MYSQL", URL).await
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Each type as a column, with values that must come back as they are.
fn table() -> Vec<(SqlType, &'static str, Vec<Value>)> {
    const MICROS: i64 = 1_769_860_800_123_456;
    vec![
        (SqlType::SmallInt, "SMALLINT", [i16::MIN, 0, i16::MAX].map(|v| Value::Int(v.into())).to_vec()),
        (SqlType::Integer, "INT", [i32::MIN, 0, i32::MAX].map(|v| Value::Int(v.into())).to_vec()),
        (SqlType::Integer, "MEDIUMINT", [-8_388_608, 8_388_607].map(Value::Int).to_vec()),
        (SqlType::Integer, "TINYINT", [-128, 127].map(Value::Int).to_vec()),
        (SqlType::BigInt, "BIGINT", [i64::MIN, 0, i64::MAX].map(Value::Int).to_vec()),
        (SqlType::TinyUnsigned, "TINYINT UNSIGNED", [0, 255].map(Value::Unsigned).to_vec()),
        (SqlType::TinyUnsigned, "TINYINT(1) UNSIGNED", [0, 255].map(Value::Unsigned).to_vec()),
        (SqlType::SmallUnsigned, "SMALLINT UNSIGNED", [0, 65_535].map(Value::Unsigned).to_vec()),
        (SqlType::SmallUnsigned, "YEAR", [1901, 2155].map(Value::Unsigned).to_vec()),
        (SqlType::Unsigned, "INT UNSIGNED", [0, u32::MAX.into()].map(Value::Unsigned).to_vec()),
        (SqlType::BigUnsigned, "BIGINT UNSIGNED", [0, u64::MAX].map(Value::Unsigned).to_vec()),
        (SqlType::BigUnsigned, "BIT(64)", [0, 1 << 63].map(Value::Unsigned).to_vec()),
        (SqlType::Double, "DOUBLE", [f64::MIN, -0.5, 0.1, f64::MAX].map(Value::Float).to_vec()),
        (SqlType::Real, "FLOAT", [-0.5, 0.1_f32].map(|v| Value::Float(v.into())).to_vec()),
        (SqlType::Text, "TEXT", vec![text(""), text("ä 🦀 ' \" \\ \0 % _")]),
        (SqlType::Text, "VARCHAR(9)", vec![text(""), text("äbc")]),
        (SqlType::Text, "VARCHAR(9) COLLATE utf8mb4_bin", vec![text(""), text("äbc")]),
        (SqlType::Text, "CHAR(5)", vec![text("ab")]),
        (SqlType::Text, "ENUM('happy','sad')", vec![text("happy")]),
        (SqlType::Bytes, "BLOB", vec![Value::Bytes(vec![]), Value::Bytes(vec![0, 255, 92])]),
        (SqlType::Bytes, "VARBINARY(3)", vec![Value::Bytes(vec![0, 255, 92])]),
        (SqlType::Uuid, "BINARY(16)", vec![Value::Uuid([0; 16]), Value::Uuid([255; 16])]),
        (SqlType::Date, "DATE", [-300_000, 0, 2_932_896].map(Value::Date).to_vec()),
        (SqlType::Time, "TIME(6)", [0, 1_500_000, 86_399_999_999].map(Value::Time).to_vec()),
        (SqlType::DateTime, "DATETIME(6)", [-1, 0, MICROS].map(Value::DateTime).to_vec()),
        (SqlType::Timestamp, "TIMESTAMP(6)", [1_000_000, MICROS].map(Value::Timestamp).to_vec()),
        (SqlType::Decimal, "DECIMAL(30,2)", ["0.00", "-12.30"].map(|v| Value::Decimal(v.into())).to_vec()),
        (SqlType::Json, "JSON", vec![Value::Json("{\"a\": [1, null]}".into())]),
    ]
}

/// How a value is sent back where that is another kind than it was sent as.
fn as_read(value: Value) -> Value {
    match value {
        Value::Uuid(bytes) => Value::Bytes(bytes.to_vec()),
        Value::Decimal(decimal) => Value::Text(decimal),
        Value::Json(json) => Value::Text(json),
        other => other,
    }
}

#[test]
fn every_type_comes_back_as_it_was_sent() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (number, (sql, column, values)) in table().into_iter().enumerate() {
            driver
                .run(&format!(
                    "CREATE TEMPORARY TABLE t{number} (n INT PRIMARY KEY AUTO_INCREMENT, a {column} NULL)"
                ))
                .await
                .unwrap();
            let insert = format!("INSERT INTO t{number} (a) VALUES (?)");
            let last = format!("SELECT a FROM t{number} ORDER BY n DESC LIMIT 1");
            let equal = format!("SELECT a FROM t{number} WHERE a = ?");
            for value in values {
                execute(&mut driver, &insert, &[bind(sql, value.clone())]).await.unwrap();
                let mut found = firsts(&mut driver, &last, &[], owned).await.unwrap();
                // MySQL has JSON of its own; MariaDB's is text.
                if let Some(Value::Json(json)) = found.first().cloned() {
                    found = vec![Value::Text(json)];
                }
                assert_eq!(found, [as_read(value.clone())], "{column}");
                if !matches!(sql, SqlType::Json | SqlType::Real) {
                    let found =
                        firsts(&mut driver, &equal, &[bind(sql, value.clone())], owned).await.unwrap();
                    assert_eq!(found, [as_read(value)], "{column} compared");
                }
            }
            execute(&mut driver, &insert, &[bind(sql, Value::Null)]).await.unwrap();
            assert_eq!(firsts(&mut driver, &last, &[], owned).await.unwrap(), [Value::Null], "{column}");
        }
    });
}

#[test]
fn booleans_come_as_integers_and_expressions_as_what_they_are() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("CREATE TEMPORARY TABLE t (a BOOLEAN)").await.unwrap();
        execute(&mut driver, "INSERT INTO t VALUES (?)", &[bind(SqlType::Bool, Value::Bool(true))])
            .await
            .unwrap();
        for (expression, value) in [
            ("a FROM t", Value::Int(1)),
            ("EXISTS (SELECT 1)", Value::Int(1)),
            ("COUNT(*) FROM t", Value::Int(1)),
            ("SUM(a) FROM t", text("1")),
            ("'literal'", text("literal")),
            ("x'ff'", Value::Bytes(vec![255])),
            ("CAST('-100:00:00.5' AS TIME(1))", Value::Time(-360_000_500_000)),
            ("NULL", Value::Null),
        ] {
            let found = firsts(&mut driver, &format!("SELECT {expression}"), &[], owned).await.unwrap();
            assert_eq!(found, [value], "{expression}");
        }
    });
}

#[test]
fn a_value_is_never_read_as_another_type() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (expression, refused) in [
            ("CAST(NULL AS SIGNED)", refused::<i32> as Take<bool>),
            ("CAST(NULL AS CHAR)", refused::<String>),
            ("'12'", refused::<i32>),
            ("12", refused::<String>),
            ("2", refused::<bool>),
            ("4294967296", refused::<i32>),
            ("CAST(-1 AS UNSIGNED)", refused::<i64>),
            ("-1", refused::<u32>),
            ("1.5e0", refused::<i64>),
            ("x'00'", refused::<String>),
            ("current_date", refused::<String>),
            ("'x'", refused::<Vec<u8>>),
        ] {
            let found = firsts(&mut driver, &format!("SELECT {expression}"), &[], refused).await.unwrap();
            assert_eq!(found, [true], "{expression}");
        }
    });
}

#[test]
fn each_result_of_a_procedure_is_read_by_its_own_columns() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for statement in [
            "DROP PROCEDURE IF EXISTS backend_results",
            "CREATE PROCEDURE backend_results() BEGIN SELECT 1; SELECT 'a', 2; END",
        ] {
            driver.run(statement).await.unwrap();
        }
        let found = firsts(&mut driver, "CALL backend_results()", &[], owned).await.unwrap();
        assert_eq!(found, [Value::Int(1), text("a")]);
        driver.run("DROP PROCEDURE backend_results").await.unwrap();
    });
}

#[test]
fn a_deadlock_takes_the_transaction_with_it() {
    block_on(async {
        let (Some(mut first), Some(mut second)) = (connect().await, connect().await) else { return };
        first.run("DROP TABLE IF EXISTS backend_rows").await.unwrap();
        first.run("CREATE TABLE backend_rows (id INT PRIMARY KEY, n INT)").await.unwrap();
        first.run("INSERT INTO backend_rows VALUES (1, 0), (2, 0)").await.unwrap();
        first.run("BEGIN; UPDATE backend_rows SET n = 1 WHERE id = 1").await.unwrap();
        second.run("BEGIN; UPDATE backend_rows SET n = 1 WHERE id = 2").await.unwrap();
        let (one, other) = futures_util::future::join(
            first.run("UPDATE backend_rows SET n = 1 WHERE id = 2"),
            second.run("UPDATE backend_rows SET n = 1 WHERE id = 1"),
        )
        .await;
        let victim = one.and(other).unwrap_err();
        assert!(
            matches!(victim, Error::Deadlock(_)) && loses_transaction(&victim, first.dialect()),
            "{victim}"
        );
        first.run("ROLLBACK").await.unwrap();
        second.run("ROLLBACK").await.unwrap();
        first.run("DROP TABLE backend_rows").await.unwrap();
    });
}

#[test]
fn large_decimals_compare_exactly() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("CREATE TEMPORARY TABLE t (a DECIMAL(30,2))").await.unwrap();
        driver
            .run("INSERT INTO t VALUES (12345678901234567890.01), (12345678901234567890.02)")
            .await
            .unwrap();
        let one = [bind(SqlType::Decimal, Value::Decimal("12345678901234567890.02".into()))];
        let found = firsts(&mut driver, "SELECT a FROM t WHERE a = ?", &one, owned).await.unwrap();
        assert_eq!(found, [text("12345678901234567890.02")]);
    });
}

#[test]
fn a_zero_date_is_not_null() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        driver.run("CREATE TEMPORARY TABLE t (a DATE, b DATETIME(6))").await.unwrap();
        let error = driver.run("INSERT INTO t VALUES ('0000-00-00', NULL)").await.unwrap_err();
        assert!(matches!(error, Error::Database(_)), "{error}");
        driver.run("SET sql_mode = ''").await.unwrap();
        driver.run("INSERT INTO t VALUES ('0000-00-00', '2026-00-00')").await.unwrap();
        for column in ["a", "b"] {
            let found =
                firsts(&mut driver, &format!("SELECT {column} FROM t"), &[], unreadable).await.unwrap();
            assert!(found.iter().all(|found| found.starts_with("a zero date")), "{found:?}");
        }
    });
}

#[test]
fn what_the_server_cannot_hold_is_refused_before_it_is_sent_or_by_the_server() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        for (sql, value) in [
            (SqlType::SmallInt, Value::Int(40_000)),
            (SqlType::BigInt, Value::Unsigned(1 << 63)),
            (SqlType::BigUnsigned, Value::Int(-1)),
            (SqlType::Double, Value::Float(f64::NAN)),
            (SqlType::Date, Value::Date(3_000_000)),
        ] {
            let error = execute(&mut driver, "SELECT ?", &[bind(sql, value)]).await.unwrap_err();
            assert!(matches!(error, Error::InvalidValue { .. }), "{error}");
        }
        const ELEMENT: SqlType = SqlType::Integer;
        let array = bind(SqlType::Array(&ELEMENT), Value::Null);
        let error = execute(&mut driver, "SELECT ?", &[array]).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        driver.run("CREATE TEMPORARY TABLE t (a VARCHAR(5))").await.unwrap();
        let error =
            execute(&mut driver, "INSERT INTO t VALUES (?)", &[bind(SqlType::Text, text("toolong"))]).await;
        assert!(matches!(error, Err(Error::Database(_))), "{error:?}");
        let mut sink = Refusing(0);
        let error = driver.fetch(&"SELECT 1 UNION SELECT 2".into(), &[], &mut sink).await.unwrap_err();
        assert!(matches!(error, Error::InvalidQuery(_)) && sink.0 == 1, "{error}");
        assert_eq!(firsts(&mut driver, "SELECT 4", &[], owned).await.unwrap(), [Value::Int(4)]);
    });
}

#[test]
fn errors_are_told_apart_and_name_what_they_are_about() {
    block_on(async {
        let Some(mut driver) = connect().await else { return };
        assert!(driver.dialect().is_mysql_like());
        for statement in [
            "DROP TABLE IF EXISTS backend_posts, backend_users",
            "CREATE TABLE backend_users (id INT PRIMARY KEY, email VARCHAR(99) NOT NULL, age INT, \
             UNIQUE KEY by_email (email), CONSTRAINT grown CHECK (age > 17))",
            "CREATE TABLE backend_posts (author INT, \
             CONSTRAINT of_author FOREIGN KEY (author) REFERENCES backend_users (id))",
            "INSERT INTO backend_users VALUES (1, 'secret', 20)",
        ] {
            driver.run(statement).await.unwrap();
        }
        for (statement, bound, expected) in [
            (
                "INSERT INTO backend_users VALUES (2, ?, 20)",
                "secret",
                "unique violation: constraint `by_email`",
            ),
            ("INSERT INTO backend_users VALUES (2, nullif(?, 'x'), 20)", "x", "not null violation: on email"),
            ("INSERT INTO backend_users VALUES (2, ?, 1)", "x", "check violation: constraint `grown`"),
            (
                "INSERT INTO backend_posts VALUES (?)",
                "7",
                "foreign key violation: constraint `of_author` on author of backend_posts",
            ),
            ("SELECT * FROM absent WHERE x = ?", "x", "the table does not exist (Table 'test.absent'"),
            ("SELECT absent FROM backend_users WHERE email = ?", "x", "the column does not exist"),
            ("INSERT INTO backend_users VALUES (?, 'x', 20)", "secret", "Incorrect integer value: '…'"),
        ] {
            let error =
                execute(&mut driver, statement, &[bind(SqlType::Text, text(bound))]).await.unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
            assert!(!is_disconnect(&error) && !loses_transaction(&error, driver.dialect()));
        }
        let mut other = connect().await.unwrap();
        other.run("SET innodb_lock_wait_timeout = 1").await.unwrap();
        for driver in [&mut driver, &mut other] {
            driver.run("BEGIN").await.unwrap();
        }
        driver.run("UPDATE backend_users SET age = 30").await.unwrap();
        let error = other.run("UPDATE backend_users SET age = 30").await.unwrap_err();
        assert!(matches!(error, Error::Busy(_)) && loses_transaction(&error, other.dialect()), "{error}");
        driver.run("ROLLBACK").await.unwrap();
        other.close().await;
        driver.run("DROP TABLE backend_posts, backend_users").await.unwrap();
        let error = driver.run("KILL CONNECTION_ID()").await.unwrap_err();
        let gone = driver.run("SELECT 1").await.unwrap_err();
        assert!(is_disconnect(&gone) || is_disconnect(&error), "{error} {gone}");
    });
}

#[test]
fn a_connection_that_cannot_be_made_says_why() {
    block_on(async {
        if connect().await.is_none() || std::env::var_os("ORM_TEST_MYSQL").is_some() {
            return;
        }
        for (url, words) in [
            ("mysql://root@127.0.0.1:3306/absent", "no such database"),
            ("mariadb://root:secret@127.0.0.1:3306/test", "refused the login"),
            ("mysql://root:secret@127.0.0.1:1/test", "refused"),
        ] {
            let error = Target::parse(url).unwrap().connect().await.err().unwrap();
            assert!(is_disconnect(&error), "{error}");
            let error = error.to_string();
            assert!(error.contains(words) && !error.contains("secret"), "{error}");
        }
    });
}
