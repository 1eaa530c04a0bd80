//! INSERT, UPDATE and DELETE.

use super::schema::*;
use super::{eq, texts};
use crate::ast::{Binary, Bind, Delete, Function, Insert, Node, Quantifier, RowsForm, Update, UpdateRows};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::ModelMeta;
use crate::sql::{self, Sql};
use crate::value::{SqlType, Value};

fn insert(columns: &[&str], rows: Vec<Vec<Bind>>, returning: &[&str]) -> impl Fn(Dialect) -> Result<Sql> {
    let named = |names: &[&str]| names.iter().map(|name| meta(&USER, name)).collect();
    let insert = Insert {
        model: &USER,
        columns: named(columns),
        rows: rows.len(),
        form: RowsForm::Values,
        values: rows.into_iter().flatten().map(|bind| bind.value).collect(),
        returning: named(returning),
    };
    move |dialect| sql::insert(insert.clone(), dialect)
}

fn update(
    model: &'static ModelMeta,
    assignments: Vec<(&str, Node)>,
    filter: Option<Node>,
) -> impl Fn(Dialect) -> Result<Sql> {
    let assignments = assignments.into_iter().map(|(name, node)| (meta(model, name), node)).collect();
    let update = Update { model, assignments, filter };
    move |dialect| sql::update(&update, dialect)
}

fn delete(model: &'static ModelMeta, filter: Option<Node>) -> impl Fn(Dialect) -> Result<Sql> {
    let delete = Delete { model, filter };
    move |dialect| sql::delete(&delete, dialect)
}

fn row(name: &str, age: i64) -> Vec<Bind> {
    vec![bind(Value::Text(name.into()), SqlType::Text), bind(Value::Int(age), SqlType::Integer)]
}

#[test]
fn inserts() {
    texts(
        insert(&["username", "age"], vec![row("ada", 36)], &[]),
        [
            r#"INSERT INTO "users" ("username", "age") VALUES (?, ?)"#,
            r#"INSERT INTO "users" ("username", "age") VALUES ($1, $2::int4)"#,
            "INSERT INTO `users` (`username`, `age`) VALUES (?, ?)",
        ],
    );
    texts(
        insert(&["username", "age"], vec![row("ada", 36), row("bob", 1)], &["id", "email"]),
        [
            r#"INSERT INTO "users" ("username", "age") VALUES (?, ?), (?, ?) RETURNING "id", "email""#,
            r#"INSERT INTO "users" ("username", "age") VALUES ($1, $2::int4), ($3, $4::int4) RETURNING "id", "email""#,
            "INSERT INTO `users` (`username`, `age`) VALUES (?, ?), (?, ?) RETURNING `id`, `email`",
        ],
    );
}

#[test]
fn inserts_of_arrays() {
    let insert = |rows: usize| Insert {
        model: &USER,
        columns: vec![meta(&USER, "username"), meta(&USER, "age")],
        values: [Value::Text("ada".into()), Value::Int(36)].into_iter().cycle().take(2 * rows).collect(),
        rows,
        form: RowsForm::Arrays,
        returning: vec![meta(&USER, "id")],
    };
    for rows in [1, 2, 5_000] {
        let sql = sql::insert(insert(rows), Dialect::Postgres).unwrap();
        assert_eq!(
            &*sql.text,
            r#"INSERT INTO "users" ("username", "age") SELECT unnest($1::text[]), unnest($2::int4[]) RETURNING "id""#
        );
        let array = |value: Value| Value::Array(vec![value; rows]);
        let binds: Vec<Value> = sql.binds.into_iter().map(|bind| bind.value).collect();
        assert_eq!(binds, [array(Value::Text("ada".into())), array(Value::Int(36))]);
    }
}

#[test]
fn rows_that_are_copied_are_no_part_of_the_text() {
    let insert = Insert {
        model: &USER,
        columns: vec![meta(&USER, "username"), meta(&USER, "age")],
        values: vec![Value::Text("ada".into()), Value::Int(36), Value::Text("bob".into()), Value::Null],
        rows: 2,
        form: RowsForm::Copy,
        returning: vec![],
    };
    let sql = sql::insert(insert, Dialect::Postgres).unwrap();
    assert_eq!(&*sql.text, r#"COPY "users" ("username", "age") FROM STDIN (FORMAT binary)"#);
    let binds: Vec<Value> = sql.binds.into_iter().map(|bind| bind.value).collect();
    let names = vec![Value::Text("ada".into()), Value::Text("bob".into())];
    assert_eq!(binds, [Value::Array(names), Value::Array(vec![Value::Int(36), Value::Null])]);
}

#[test]
fn inserts_of_defaults() {
    texts(
        insert(&[], vec![vec![]], &["id"]),
        [
            r#"INSERT INTO "users" DEFAULT VALUES RETURNING "id""#,
            r#"INSERT INTO "users" DEFAULT VALUES RETURNING "id""#,
            "INSERT INTO `users` () VALUES () RETURNING `id`",
        ],
    );
    texts(
        insert(&[], vec![vec![], vec![]], &[]),
        [
            r#"INSERT INTO "users" ("id") VALUES (NULL), (NULL)"#,
            r#"INSERT INTO "users" ("id") VALUES (DEFAULT), (DEFAULT)"#,
            "INSERT INTO `users` () VALUES (), ()",
        ],
    );
}

#[test]
fn mysql_returns_no_rows() {
    let result = insert(&["username", "age"], vec![row("ada", 36)], &["id"])(Dialect::MySql);
    assert!(
        matches!(result, Err(Error::Unsupported { feature: "RETURNING", backend: "MySQL" })),
        "{result:?}"
    );
}

#[test]
fn mysql_compares_documents_as_such() {
    let json = Node::Bind(bind(Value::Json("{}".into()), SqlType::Json));
    let update = update(&USER, vec![("email", json)], None);
    assert_eq!(
        *update(Dialect::MySql).unwrap().text,
        *"UPDATE `users` AS t0 SET t0.`email` = CAST(? AS JSON)"
    );
}

#[test]
fn updates() {
    let older = Node::binary(Binary::Add, col(&USER, "age"), int(1));
    texts(
        update(&USER, vec![("email", text("x")), ("age", older)], Some(eq(col(&USER, "id"), int(7)))),
        [
            r#"UPDATE "users" AS t0 SET "email" = ?, "age" = t0."age" + ? WHERE t0."id" = ?"#,
            r#"UPDATE "users" AS t0 SET "email" = $1, "age" = t0."age" + $2::int8 WHERE t0."id" = $3::int8"#,
            "UPDATE `users` AS t0 SET t0.`email` = ?, t0.`age` = t0.`age` + ? WHERE t0.`id` = ?",
        ],
    );
    texts(
        update(&USER, vec![("email", Node::Bind(bind(Value::Null, SqlType::Text)))], None),
        [
            r#"UPDATE "users" AS t0 SET "email" = ?"#,
            r#"UPDATE "users" AS t0 SET "email" = $1"#,
            "UPDATE `users` AS t0 SET t0.`email` = ?",
        ],
    );
}

#[test]
fn updates_reach_related_rows_by_subqueries() {
    let name =
        || Node::Path { links: vec![&POST_AUTHOR], operand: Node::Column(meta(&USER, "username")).into() };
    texts(
        update(&POST, vec![("title", name())], Some(eq(name(), text("ada")))),
        [
            r#"UPDATE "posts" AS t0 SET "title" = (SELECT t1."username" FROM "users" AS t1 WHERE t1."id" = t0."author_id") WHERE (SELECT t2."username" FROM "users" AS t2 WHERE t2."id" = t0."author_id") = ?"#,
            r#"UPDATE "posts" AS t0 SET "title" = (SELECT t1."username" FROM "users" AS t1 WHERE t1."id" = t0."author_id") WHERE (SELECT t2."username" FROM "users" AS t2 WHERE t2."id" = t0."author_id") = $1"#,
            "UPDATE `posts` AS t0 SET t0.`title` = (SELECT t1.`username` FROM `users` AS t1 WHERE t1.`id` = t0.`author_id`) WHERE (SELECT t2.`username` FROM `users` AS t2 WHERE t2.`id` = t0.`author_id`) = ?",
        ],
    );
}

#[test]
fn updates_read_the_rows_as_they_were() {
    let swap = vec![("username", col(&USER, "email")), ("email", col(&USER, "username"))];
    texts(
        update(&USER, swap, None),
        [
            r#"UPDATE "users" AS t0 SET "username" = t0."email", "email" = t0."username""#,
            r#"UPDATE "users" AS t0 SET "username" = t0."email", "email" = t0."username""#,
            "UPDATE `users` AS t0 INNER JOIN (SELECT DISTINCT t0.`id` AS k0, t0.`email` AS c0, t0.`username` AS c1 FROM `users` AS t0) AS v ON t0.`id` = v.k0 SET t0.`username` = v.c0, t0.`email` = v.c1",
        ],
    );
    let parent =
        Node::Path { links: vec![&CATEGORY_PARENT], operand: Node::Column(meta(&CATEGORY, "name")).into() };
    let children = Node::Related { link: &CATEGORY_CHILDREN, quantifier: Quantifier::None, filter: None };
    texts(
        update(&CATEGORY, vec![("name", parent)], Some(children)),
        [
            r#"UPDATE "categories" AS t0 SET "name" = (SELECT t1."name" FROM "categories" AS t1 WHERE t1."id" = t0."parent_id") WHERE NOT EXISTS (SELECT 1 FROM "categories" AS t2 WHERE t2."parent_id" = t0."id")"#,
            r#"UPDATE "categories" AS t0 SET "name" = (SELECT t1."name" FROM "categories" AS t1 WHERE t1."id" = t0."parent_id") WHERE NOT EXISTS (SELECT 1 FROM "categories" AS t2 WHERE t2."parent_id" = t0."id")"#,
            "UPDATE `categories` AS t0 INNER JOIN (SELECT DISTINCT t0.`id` AS k0, (SELECT t1.`name` FROM `categories` AS t1 WHERE t1.`id` = t0.`parent_id`) AS c0 FROM `categories` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `categories` AS t2 WHERE t2.`parent_id` = t0.`id`)) AS v ON t0.`id` = v.k0 SET t0.`name` = v.c0",
        ],
    );
}

#[test]
fn deletes() {
    texts(
        delete(&POST, Some(eq(col(&POST, "id"), int(7)))),
        [
            r#"DELETE FROM "posts" AS t0 WHERE t0."id" = ?"#,
            r#"DELETE FROM "posts" AS t0 WHERE t0."id" = $1::int8"#,
            "DELETE t0 FROM `posts` AS t0 WHERE t0.`id` = ?",
        ],
    );
    texts(
        delete(&POST, None),
        [r#"DELETE FROM "posts" AS t0"#, r#"DELETE FROM "posts" AS t0"#, "DELETE t0 FROM `posts` AS t0"],
    );
    let count = Node::RelatedAggregate {
        link: &USER_POSTS,
        function: Function::Count,
        argument: None,
        filter: None,
        sql_type: SqlType::BigInt,
    };
    texts(
        delete(&USER, Some(eq(count, int(0)))),
        [
            r#"DELETE FROM "users" AS t0 WHERE (SELECT COUNT(*) FROM "posts" AS t1 WHERE t1."author_id" = t0."id") = ?"#,
            r#"DELETE FROM "users" AS t0 WHERE (SELECT COUNT(*) FROM "posts" AS t1 WHERE t1."author_id" = t0."id") = $1::int8"#,
            "DELETE t0 FROM `users` AS t0 WHERE (SELECT COUNT(*) FROM `posts` AS t1 WHERE t1.`author_id` = t0.`id`) = ?",
        ],
    );
    let children = Node::Related { link: &CATEGORY_CHILDREN, quantifier: Quantifier::None, filter: None };
    texts(
        delete(&CATEGORY, Some(children)),
        [
            r#"DELETE FROM "categories" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "categories" AS t1 WHERE t1."parent_id" = t0."id")"#,
            r#"DELETE FROM "categories" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "categories" AS t1 WHERE t1."parent_id" = t0."id")"#,
            "DELETE t0 FROM `categories` AS t0 INNER JOIN (SELECT DISTINCT t0.`id` AS k0 FROM `categories` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `categories` AS t1 WHERE t1.`parent_id` = t0.`id`)) AS v ON t0.`id` = v.k0",
        ],
    );
}

#[test]
fn updates_of_many_rows() {
    let values = [vec![big(1)], row("ada", 36), vec![big(2)], row("bob", 1)].concat();
    let users = UpdateRows {
        model: &USER,
        columns: vec![meta(&USER, "username"), meta(&USER, "age")],
        values: values.into_iter().map(|bind| bind.value).collect(),
        rows: 2,
    };
    texts(
        |dialect| sql::update_rows(users.clone(), dialect),
        [
            r#"WITH v (k0, c0, c1) AS (VALUES (?, ?, ?), (?, ?, ?)) UPDATE "users" AS t0 SET "username" = v.c0, "age" = v.c1 FROM v WHERE t0."id" = v.k0"#,
            r#"UPDATE "users" AS t0 SET "username" = v.c0, "age" = v.c1 FROM (VALUES ($1::int8, $2::text, $3::int4), ($4::int8, $5::text, $6::int4)) AS v (k0, c0, c1) WHERE t0."id" = v.k0"#,
            "UPDATE `users` AS t0 INNER JOIN (SELECT t1.`id` AS k0, t1.`username` AS c0, t1.`age` AS c1 FROM `users` AS t1 WHERE FALSE UNION ALL SELECT ?, ?, ? UNION ALL SELECT ?, ?, ?) AS v ON t0.`id` = v.k0 SET t0.`username` = v.c0, t0.`age` = v.c1",
        ],
    );
    let text = |value: &str| Value::Text(value.into());
    let tags = UpdateRows {
        model: &TAG,
        columns: vec![meta(&TAG, "label")],
        values: vec![text("rust"), text("Rust")],
        rows: 1,
    };
    texts(
        |dialect| sql::update_rows(tags.clone(), dialect),
        [
            r#"WITH v (k0, c0) AS (VALUES (?, ?)) UPDATE "tags" AS t0 SET "label" = v.c0 FROM v WHERE t0."code" = v.k0"#,
            r#"UPDATE "tags" AS t0 SET "label" = v.c0 FROM (VALUES ($1::bpchar, $2::text)) AS v (k0, c0) WHERE t0."code" = v.k0"#,
            "UPDATE `tags` AS t0 INNER JOIN (SELECT t1.`code` AS k0, t1.`label` AS c0 FROM `tags` AS t1 WHERE FALSE UNION ALL SELECT ?, ?) AS v ON t0.`code` = v.k0 SET t0.`label` = v.c0",
        ],
    );
}
