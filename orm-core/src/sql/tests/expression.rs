//! Expressions, as conditions and as columns.

use super::schema::*;
use super::{DIALECTS, condition, eq, nodes, rows, texts};
use crate::ast::{Binary, Function, Node, TextMatch};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::value::{SqlType, Value};

fn call(function: Function, argument: Node, sql_type: SqlType) -> Node {
    Node::Call { function, arguments: vec![argument], sql_type }
}

fn like(pattern: Node, matching: TextMatch) -> Node {
    Node::Like { operand: col(&USER, "username").into(), pattern: pattern.into(), matching, negated: false }
}

#[track_caller]
fn column(node: Node, expected: [&str; 3]) {
    texts(rows(&USER, |select| select.columns = nodes([node.clone()])), expected);
}

#[test]
fn comparisons() {
    for operator in [Binary::Eq, Binary::Ne, Binary::Lt, Binary::Le, Binary::Gt, Binary::Ge] {
        for dialect in DIALECTS {
            let node = Node::binary(operator, col(&USER, "age"), int(1));
            rows(&USER, |select| select.filter = Some(node.clone()))(dialect).unwrap();
        }
    }
    condition(
        &USER,
        Node::binary(Binary::Ge, col(&USER, "age"), int(18)),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."age" >= ?"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."age" >= $1::int8"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`age` >= ?",
        ],
    );
    condition(
        &USER,
        Node::Between { operand: col(&USER, "age").into(), low: int(1).into(), high: int(9).into() },
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."age" BETWEEN ? AND ?"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."age" BETWEEN $1::int8 AND $2::int8"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`age` BETWEEN ? AND ?",
        ],
    );
}

#[test]
fn equal_to_null_is_a_test_for_null() {
    let null = || Node::Bind(bind(Value::Null, SqlType::Text));
    condition(
        &USER,
        eq(col(&USER, "email"), null()),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."email" IS NULL"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."email" IS NULL"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`email` IS NULL",
        ],
    );
    condition(
        &USER,
        Node::binary(Binary::Ne, null(), col(&USER, "email")),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."email" IS NOT NULL"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."email" IS NOT NULL"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`email` IS NOT NULL",
        ],
    );
    condition(
        &USER,
        eq(null(), null()),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE ? IS NULL"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE $1::text IS NULL"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE ? IS NULL",
        ],
    );
}

#[test]
fn connectives_nest_by_parentheses() {
    let a = || eq(col(&USER, "id"), int(1));
    let b = || eq(col(&USER, "username"), text("b"));
    condition(
        &USER,
        a().or(b()).and(col(&USER, "active")).and(b().negate()),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."id" = ? OR t0."username" = ?) AND t0."active" AND NOT (t0."username" = ?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."id" = $1::int8 OR t0."username" = $2) AND t0."active" AND NOT (t0."username" = $3)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE (t0.`id` = ? OR t0.`username` = ?) AND t0.`active` AND NOT (t0.`username` = ?)",
        ],
    );
    condition(
        &USER,
        Node::And(vec![]),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE TRUE"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE TRUE"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE TRUE",
        ],
    );
    condition(
        &USER,
        Node::Or(vec![]),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE FALSE"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE FALSE"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE FALSE",
        ],
    );
    condition(
        &USER,
        eq(a(), b()),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."id" = ?) = (t0."username" = ?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."id" = $1::int8) = (t0."username" = $2)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE (t0.`id` = ?) = (t0.`username` = ?)",
        ],
    );
}

#[test]
fn every_type_has_a_cast_but_text() {
    let types = [
        (SqlType::Bool, "::bool"),
        (SqlType::SmallInt, "::int2"),
        (SqlType::Integer, "::int4"),
        (SqlType::BigInt, "::int8"),
        (SqlType::TinyUnsigned, "::int2"),
        (SqlType::SmallUnsigned, "::int4"),
        (SqlType::Unsigned, "::int8"),
        (SqlType::BigUnsigned, "::int8"),
        (SqlType::Real, "::float4"),
        (SqlType::Double, "::float8"),
        (SqlType::Text, ""),
        (SqlType::Bytes, "::bytea"),
        (SqlType::Date, "::date"),
        (SqlType::Time, "::time"),
        (SqlType::DateTime, "::timestamp"),
        (SqlType::Timestamp, "::timestamptz"),
        (SqlType::Uuid, "::uuid"),
        (SqlType::Decimal, "::numeric"),
        (SqlType::Json, "::jsonb"),
        (SqlType::Array(&SqlType::BigInt), "::int8[]"),
        (SqlType::Array(&SqlType::Text), "::text[]"),
    ];
    for (sql_type, cast) in types {
        let value = Node::Bind(bind(Value::Bool(true), sql_type)); // the cast follows from the type, not the value
        let node = Node::binary(Binary::Lt, col(&USER, "id"), value);
        let sql = rows(&USER, |select| select.filter = Some(node.clone()))(Dialect::Postgres).unwrap();
        assert_eq!(*sql.text, format!(r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" < $1{cast}"#));
    }
}

#[test]
fn arithmetic() {
    let sum = Node::binary(Binary::Add, col(&USER, "age"), int(1));
    condition(
        &USER,
        eq(Node::binary(Binary::Mul, sum, int(2)), int(8)),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE ((t0."age" + ?) * ?) = ?"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE ((t0."age" + $1::int8) * $2::int8) = $3::int8"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE ((t0.`age` + ?) * ?) = ?",
        ],
    );
    condition(
        &USER,
        eq(Node::binary(Binary::Div, col(&USER, "age"), int(2)), int(8)),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."age" / ?) = ?"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."age" / $1::int8) = $2::int8"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE (t0.`age` DIV ?) = ?",
        ],
    );
    condition(
        &USER,
        eq(Node::binary(Binary::Div, col(&USER, "balance"), int(2)), decimal("3.5")),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE CAST(CAST(t0."balance" AS REAL) / ? AS NUMERIC) = CAST(? AS NUMERIC)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (t0."balance" / $1::int8) = $2::numeric"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE (t0.`balance` / ?) = ?",
        ],
    );
}

#[test]
fn decimals_compare_as_numbers() {
    condition(
        &USER,
        Node::binary(Binary::Lt, col(&USER, "balance"), decimal("10.00")),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE CAST(t0."balance" AS NUMERIC) < CAST(? AS NUMERIC)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."balance" < $1::numeric"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`balance` < ?",
        ],
    );
    column(
        col(&USER, "balance"),
        [
            r#"SELECT t0."balance" FROM "users" AS t0"#,
            r#"SELECT t0."balance" FROM "users" AS t0"#,
            "SELECT t0.`balance` FROM `users` AS t0",
        ],
    );
    column(
        call(Function::Max, col(&USER, "balance"), SqlType::Decimal),
        [
            r#"SELECT MAX(CAST(t0."balance" AS NUMERIC)) FROM "users" AS t0"#,
            r#"SELECT MAX(t0."balance") FROM "users" AS t0"#,
            "SELECT MAX(t0.`balance`) FROM `users` AS t0",
        ],
    );
}

#[test]
fn texts_are_joined() {
    let greeting = Node::binary(Binary::Concat, text("hello "), col(&USER, "username"));
    column(
        greeting.clone(),
        [
            r#"SELECT ? || t0."username" FROM "users" AS t0"#,
            r#"SELECT $1::text || t0."username" FROM "users" AS t0"#,
            "SELECT CONCAT(?, t0.`username`) FROM `users` AS t0",
        ],
    );
    column(
        Node::binary(Binary::Concat, greeting, text("!")),
        [
            r#"SELECT (? || t0."username") || ? FROM "users" AS t0"#,
            r#"SELECT ($1::text || t0."username") || $2::text FROM "users" AS t0"#,
            "SELECT CONCAT(CONCAT(?, t0.`username`), ?) FROM `users` AS t0",
        ],
    );
}

#[test]
fn patterns() {
    condition(
        &USER,
        like(text("a%"), TextMatch::Pattern),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" LIKE ? ESCAPE '!'"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" LIKE $1::text ESCAPE '!'"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`username` LIKE ? ESCAPE '!'",
        ],
    );
    condition(
        &USER,
        like(col(&USER, "email"), TextMatch::Contains),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" LIKE ('%' || REPLACE(REPLACE(REPLACE(t0."email", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" LIKE ('%' || REPLACE(REPLACE(REPLACE(t0."email", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`username` LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(t0.`email`, '!', '!!'), '%', '!%'), '_', '!_'), '%') ESCAPE '!'",
        ],
    );
    condition(
        &USER,
        like(col(&USER, "email"), TextMatch::StartsWith),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" LIKE (REPLACE(REPLACE(REPLACE(t0."email", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" LIKE (REPLACE(REPLACE(REPLACE(t0."email", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`username` LIKE CONCAT(REPLACE(REPLACE(REPLACE(t0.`email`, '!', '!!'), '%', '!%'), '_', '!_'), '%') ESCAPE '!'",
        ],
    );
}

#[test]
fn a_text_is_found_literally() {
    let pattern = |text: &str, matching| {
        let node = like(Node::Bind(bind(Value::Text(text.into()), SqlType::Text)), matching);
        let sql = rows(&USER, |select| select.filter = Some(node.clone()))(Dialect::Sqlite).unwrap();
        match sql.binds.into_iter().next().unwrap().value {
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pattern("100%_!\\", TextMatch::Contains), "%100!%!_!!\\%");
    assert_eq!(pattern("100%", TextMatch::StartsWith), "100!%%");
    assert_eq!(pattern("100%", TextMatch::EndsWith), "%100!%");
    assert_eq!(pattern("100%", TextMatch::Pattern), "100%");
}

#[test]
fn aggregates_give_one_type_everywhere() {
    column(
        call(Function::Sum, col(&USER, "age"), SqlType::BigInt),
        [
            r#"SELECT SUM(t0."age") FROM "users" AS t0"#,
            r#"SELECT SUM(t0."age")::int8 FROM "users" AS t0"#,
            "SELECT (SUM(t0.`age`) DIV 1) FROM `users` AS t0",
        ],
    );
    column(
        call(Function::Sum, col(&USER, "balance"), SqlType::Decimal),
        [
            r#"SELECT SUM(CAST(t0."balance" AS NUMERIC)) FROM "users" AS t0"#,
            r#"SELECT SUM(t0."balance") FROM "users" AS t0"#,
            "SELECT SUM(t0.`balance`) FROM `users` AS t0",
        ],
    );
    column(
        call(Function::Avg, col(&USER, "age"), SqlType::Double),
        [
            r#"SELECT AVG(t0."age") FROM "users" AS t0"#,
            r#"SELECT AVG(t0."age")::float8 FROM "users" AS t0"#,
            "SELECT AVG(CAST(t0.`age` AS DOUBLE)) FROM `users` AS t0",
        ],
    );
    column(
        call(Function::Avg, col(&USER, "balance"), SqlType::Decimal),
        [
            r#"SELECT AVG(CAST(t0."balance" AS NUMERIC)) FROM "users" AS t0"#,
            r#"SELECT AVG(t0."balance")::numeric FROM "users" AS t0"#,
            "SELECT AVG(t0.`balance`) FROM `users` AS t0",
        ],
    );
    column(
        call(Function::CountDistinct, col(&USER, "age"), SqlType::BigInt),
        [
            r#"SELECT COUNT(DISTINCT t0."age") FROM "users" AS t0"#,
            r#"SELECT COUNT(DISTINCT t0."age") FROM "users" AS t0"#,
            "SELECT COUNT(DISTINCT t0.`age`) FROM `users` AS t0",
        ],
    );
    column(
        call(Function::Min, col(&USER, "active"), SqlType::Bool),
        [
            r#"SELECT MIN(t0."active") FROM "users" AS t0"#,
            r#"SELECT BOOL_AND(t0."active") FROM "users" AS t0"#,
            "SELECT MIN(t0.`active`) FROM `users` AS t0",
        ],
    );
}

#[test]
fn functions() {
    column(
        call(Function::Lower, col(&USER, "username"), SqlType::Text),
        [
            r#"SELECT LOWER(t0."username") FROM "users" AS t0"#,
            r#"SELECT LOWER(t0."username") FROM "users" AS t0"#,
            "SELECT LOWER(t0.`username`) FROM `users` AS t0",
        ],
    );
    column(
        call(Function::Length, text("ada"), SqlType::BigInt),
        [
            r#"SELECT LENGTH(?) FROM "users" AS t0"#,
            r#"SELECT LENGTH($1::text) FROM "users" AS t0"#,
            "SELECT CHAR_LENGTH(?) FROM `users` AS t0",
        ],
    );
    let arguments = vec![col(&USER, "email"), text("none")];
    column(
        Node::Call { function: Function::Coalesce, arguments, sql_type: SqlType::Text },
        [
            r#"SELECT COALESCE(t0."email", ?) FROM "users" AS t0"#,
            r#"SELECT COALESCE(t0."email", $1) FROM "users" AS t0"#,
            "SELECT COALESCE(t0.`email`, ?) FROM `users` AS t0",
        ],
    );
}

#[test]
fn raw_sql_takes_arguments() {
    let raw = Node::Raw {
        sql: "lower({}) = {} OR {} = '{}'",
        arguments: vec![col(&USER, "email"), text("x"), text("y")],
    };
    condition(
        &USER,
        raw.and(col(&USER, "active")),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (lower(t0."email") = ? OR ? = '{}') AND t0."active""#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE (lower(t0."email") = $1::text OR $2::text = '{}') AND t0."active""#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE (lower(t0.`email`) = ? OR ? = '{}') AND t0.`active`",
        ],
    );
}

#[test]
fn raw_sql_stays_inside_its_expression() {
    let refused = [
        "1; DROP TABLE users",
        "1 -- rest",
        "1 /* rest",
        "1) OR (1 = 1",
        "(1",
        "'open",
        "\"open",
        "nul \0",
        "{} = 1",
        "$1",
        "?",
    ];
    for sql in refused {
        for dialect in DIALECTS {
            let node = Node::Raw { sql, arguments: vec![] };
            let result = rows(&USER, |select| select.filter = Some(node.clone()))(dialect);
            let foreign = matches!(
                (sql, dialect),
                ("$1", Dialect::MariaDb | Dialect::MySql) | ("?", Dialect::Postgres)
            );
            assert!(foreign || matches!(result, Err(Error::InvalidQuery(_))), "{sql} on {dialect:?}");
        }
    }
}
