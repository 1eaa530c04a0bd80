//! Lists of values: how their text stays the same, and what is one bind.

use super::schema::*;
use super::{DIALECTS, condition, rows};
use crate::ast::{Bind, Node};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::sql::Sql;
use crate::value::{SqlType, Value};

/// `column [NOT] IN (values)`.
fn in_list(column: &str, values: Vec<Bind>, negated: bool) -> Node {
    Node::InList { operand: col(&USER, column).into(), values, negated }
}

/// The users of whom it is true.
fn listed(list: Node, dialect: Dialect) -> Result<Sql> {
    rows(&USER, |select| select.filter = Some(list.clone()))(dialect)
}

#[test]
fn lists_keep_their_text() {
    let list = |count: i64, negated| in_list("id", (0..count).map(big).collect(), negated);
    condition(
        &USER,
        list(1, false),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" IN (?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" = ANY($1::int8[])"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`id` IN (?)",
        ],
    );
    condition(
        &USER,
        list(3, true),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" NOT IN (?, ?, ?, ?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" <> ALL($1::int8[])"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`id` NOT IN (?, ?, ?, ?)",
        ],
    );
    let written = |count, dialect| listed(list(count, false), dialect).unwrap();
    for dialect in DIALECTS {
        assert_eq!(written(600, dialect).text, written(1_000, dialect).text, "{dialect:?}");
    }
    assert_eq!(written(1_025, Dialect::MariaDb).binds.len(), 2_048);
    assert_eq!(written(600, Dialect::MySql).binds.len(), 1_024);
    assert_eq!(written(1_025, Dialect::MySql).binds.len(), 2_048);
    assert_eq!(written(65_535, Dialect::MySql).binds.len(), 65_535);
    for dialect in [Dialect::Postgres, Dialect::Sqlite, Dialect::MariaDb] {
        assert_eq!(written(100_000, dialect).binds.len(), 1);
    }
}

#[test]
fn long_lists_of_integers_are_one_json_array_on_mariadb() {
    let list = |value: Value, sql_type, count| {
        listed(in_list("age", vec![bind(value, sql_type); count], true), Dialect::MariaDb)
    };
    assert_eq!(list(Value::Int(-7), SqlType::Integer, 32).unwrap().binds.len(), 32);
    let sql = list(Value::Int(-7), SqlType::Integer, 33).unwrap();
    let end = "t0.`age` NOT IN (SELECT k.k0 FROM JSON_TABLE(?, '$[*]' COLUMNS (k0 BIGINT PATH '$')) AS k)";
    assert!(sql.text.ends_with(end), "{}", sql.text);
    let [Bind { value: Value::Text(json), sql_type: SqlType::Text, .. }] = &*sql.binds else { panic!() };
    assert!(json.starts_with("[-7,-7,") && json.ends_with(",-7]"), "{json}");
    let sql = list(Value::Unsigned(u64::MAX), SqlType::BigUnsigned, 33).unwrap();
    assert!(sql.text.contains("k0 BIGINT UNSIGNED PATH"), "{}", sql.text);
    // One that would fill a packet stays a list, whose length is limited.
    assert!(list(Value::Int(i64::MIN), SqlType::BigInt, 250_000).is_err());
}

#[test]
fn long_lists_are_one_json_array_on_sqlite() {
    let list = |values| listed(in_list("username", values, false), Dialect::Sqlite).unwrap();
    let name = |text: &str| bind(Value::Text(text.into()), SqlType::Text);
    let mut values = vec![name("\"\\\u{1}\n é"); 257];
    let sql = list(values.clone());
    assert_eq!(sql.binds.len(), 1);
    assert!(sql.text.ends_with(r#"IN (SELECT json_each.value FROM json_each(?))"#), "{}", sql.text);
    let Value::Text(json) = &sql.binds[0].value else { panic!() };
    assert!(json.starts_with(r#"["\"\\\u0001\u000a é","#), "{json}");
    // What has no form in JSON is left to whoever binds it to refuse.
    values.push(name("a\0b"));
    assert_eq!(list(values).binds.len(), 512);
}

#[test]
fn lists_of_text_are_compared_by_the_columns_rules() {
    let values = ["a", "b", "c"].map(|name| bind(Value::Text(name.into()), SqlType::Text)).to_vec();
    condition(
        &USER,
        in_list("username", values, false),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" IN (?, ?, ?, ?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" IN ($1, $2, $3, $4)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`username` IN (?, ?, ?, ?)",
        ],
    );
    let values = ["1", "2.5"].map(|value| bind(Value::Decimal(value.into()), SqlType::Decimal)).to_vec();
    condition(
        &USER,
        in_list("balance", values, true),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE CAST(t0."balance" AS NUMERIC) NOT IN (CAST(? AS NUMERIC), CAST(? AS NUMERIC))"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."balance" NOT IN ($1::numeric, $2::numeric)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`balance` NOT IN (?, ?)",
        ],
    );
}
