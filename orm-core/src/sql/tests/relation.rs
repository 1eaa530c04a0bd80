//! Conditions on and aggregates over related rows.

use super::schema::*;
use super::{condition, eq, rows, texts};
use crate::ast::{Alias, Binary, Function, Node, Quantifier};
use crate::value::SqlType;

fn related(link: &'static crate::meta::Link, quantifier: Quantifier, filter: Option<Node>) -> Node {
    Node::Related { link, quantifier, filter: filter.map(Into::into) }
}

fn good() -> Node {
    Node::binary(Binary::Gt, col(&POST, "score"), int(3))
}

#[test]
fn any_none_and_every() {
    condition(
        &USER,
        related(&USER_POSTS, Quantifier::Any, None),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id")"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id")"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE EXISTS (SELECT 1 FROM `posts` AS t1 WHERE t1.`author_id` = t0.`id`)",
        ],
    );
    condition(
        &USER,
        related(&USER_POSTS, Quantifier::None, Some(good())),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND t1."score" > ?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND t1."score" > $1::int8)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `posts` AS t1 WHERE t1.`author_id` = t0.`id` AND t1.`score` > ?)",
        ],
    );
    condition(
        &USER,
        related(&USER_POSTS, Quantifier::Every, Some(good())),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND (t1."score" > ?) IS NOT TRUE)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND (t1."score" > $1::int8) IS NOT TRUE)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `posts` AS t1 WHERE t1.`author_id` = t0.`id` AND (t1.`score` > ?) IS NOT TRUE)",
        ],
    );
    condition(
        &USER,
        related(&USER_POSTS, Quantifier::Every, None),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE TRUE"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE TRUE"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE TRUE",
        ],
    );
}

#[test]
fn over_the_table_between() {
    let rust = eq(col(&TAG, "code"), text("rust"));
    condition(
        &POST,
        related(&POST_TAGGED, Quantifier::Any, Some(rust)),
        [
            r#"SELECT t0."id" FROM "posts" AS t0 WHERE EXISTS (SELECT 1 FROM "post_tags" AS j1 INNER JOIN "tags" AS t1 ON t1."code" = j1."tag_code" WHERE j1."post_id" = t0."id" AND t1."code" = ?)"#,
            r#"SELECT t0."id" FROM "posts" AS t0 WHERE EXISTS (SELECT 1 FROM "post_tags" AS j1 INNER JOIN "tags" AS t1 ON t1."code" = j1."tag_code" WHERE j1."post_id" = t0."id" AND t1."code" = $1)"#,
            "SELECT t0.`id` FROM `posts` AS t0 WHERE EXISTS (SELECT 1 FROM `post_tags` AS j1 INNER JOIN `tags` AS t1 ON t1.`code` = j1.`tag_code` WHERE j1.`post_id` = t0.`id` AND t1.`code` = ?)",
        ],
    );
}

#[test]
fn by_a_composite_key() {
    condition(
        &LINE,
        related(&LINE_NOTES, Quantifier::Any, None),
        [
            r#"SELECT t0."tenant_id", t0."number" FROM "shop"."lines" AS t0 WHERE EXISTS (SELECT 1 FROM "shop"."notes" AS t1 WHERE t1."tenant_id" = t0."tenant_id" AND t1."line_number" = t0."number")"#,
            r#"SELECT t0."tenant_id", t0."number" FROM "shop"."lines" AS t0 WHERE EXISTS (SELECT 1 FROM "shop"."notes" AS t1 WHERE t1."tenant_id" = t0."tenant_id" AND t1."line_number" = t0."number")"#,
            "SELECT t0.`tenant_id`, t0.`number` FROM `shop`.`lines` AS t0 WHERE EXISTS (SELECT 1 FROM `shop`.`notes` AS t1 WHERE t1.`tenant_id` = t0.`tenant_id` AND t1.`line_number` = t0.`number`)",
        ],
    );
}

#[test]
fn of_the_same_table() {
    let named = eq(col(&CATEGORY, "name"), text("x"));
    condition(
        &CATEGORY,
        related(&CATEGORY_CHILDREN, Quantifier::Any, Some(named)),
        [
            r#"SELECT t0."id" FROM "categories" AS t0 WHERE EXISTS (SELECT 1 FROM "categories" AS t1 WHERE t1."parent_id" = t0."id" AND t1."name" = ?)"#,
            r#"SELECT t0."id" FROM "categories" AS t0 WHERE EXISTS (SELECT 1 FROM "categories" AS t1 WHERE t1."parent_id" = t0."id" AND t1."name" = $1)"#,
            "SELECT t0.`id` FROM `categories` AS t0 WHERE EXISTS (SELECT 1 FROM `categories` AS t1 WHERE t1.`parent_id` = t0.`id` AND t1.`name` = ?)",
        ],
    );
}

#[test]
fn a_path_inside_is_joined_inside() {
    let by_ada = eq(
        Node::Path { links: vec![&POST_EDITOR], operand: Node::Column(meta(&USER, "username")).into() },
        text("ada"),
    );
    condition(
        &USER,
        related(&USER_POSTS, Quantifier::Any, Some(by_ada)),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE EXISTS (SELECT 1 FROM "posts" AS t1 LEFT JOIN "users" AS t2 ON t2."id" = t1."editor_id" WHERE t1."author_id" = t0."id" AND t2."username" = ?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE EXISTS (SELECT 1 FROM "posts" AS t1 LEFT JOIN "users" AS t2 ON t2."id" = t1."editor_id" WHERE t1."author_id" = t0."id" AND t2."username" = $1)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE EXISTS (SELECT 1 FROM `posts` AS t1 LEFT JOIN `users` AS t2 ON t2.`id` = t1.`editor_id` WHERE t1.`author_id` = t0.`id` AND t2.`username` = ?)",
        ],
    );
}

#[test]
fn relations_of_related_rows() {
    let tagged = related(&POST_TAGGED, Quantifier::Any, None);
    condition(
        &USER,
        related(&USER_POSTS, Quantifier::Every, Some(tagged.and(good()))),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND (EXISTS (SELECT 1 FROM "post_tags" AS j2 INNER JOIN "tags" AS t2 ON t2."code" = j2."tag_code" WHERE j2."post_id" = t1."id") AND t1."score" > ?) IS NOT TRUE)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE NOT EXISTS (SELECT 1 FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND (EXISTS (SELECT 1 FROM "post_tags" AS j2 INNER JOIN "tags" AS t2 ON t2."code" = j2."tag_code" WHERE j2."post_id" = t1."id") AND t1."score" > $1::int8) IS NOT TRUE)"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE NOT EXISTS (SELECT 1 FROM `posts` AS t1 WHERE t1.`author_id` = t0.`id` AND (EXISTS (SELECT 1 FROM `post_tags` AS j2 INNER JOIN `tags` AS t2 ON t2.`code` = j2.`tag_code` WHERE j2.`post_id` = t1.`id`) AND t1.`score` > ?) IS NOT TRUE)",
        ],
    );
}

#[test]
fn a_path_over_two_relations() {
    let grandparent = Node::Path {
        links: vec![&CATEGORY_PARENT, &CATEGORY_PARENT],
        operand: Node::Column(meta(&CATEGORY, "name")).into(),
    };
    condition(
        &CATEGORY,
        eq(grandparent, text("root")),
        [
            r#"SELECT t0."id" FROM "categories" AS t0 LEFT JOIN "categories" AS t1 ON t1."id" = t0."parent_id" LEFT JOIN "categories" AS t2 ON t2."id" = t1."parent_id" WHERE t2."name" = ?"#,
            r#"SELECT t0."id" FROM "categories" AS t0 LEFT JOIN "categories" AS t1 ON t1."id" = t0."parent_id" LEFT JOIN "categories" AS t2 ON t2."id" = t1."parent_id" WHERE t2."name" = $1"#,
            "SELECT t0.`id` FROM `categories` AS t0 LEFT JOIN `categories` AS t1 ON t1.`id` = t0.`parent_id` LEFT JOIN `categories` AS t2 ON t2.`id` = t1.`parent_id` WHERE t2.`name` = ?",
        ],
    );
}

#[test]
fn aggregates() {
    let aggregate =
        |function, argument: Option<Node>, filter: Option<Node>, sql_type| Node::RelatedAggregate {
            link: &USER_POSTS,
            function,
            argument: argument.map(Into::into),
            filter: filter.map(Into::into),
            sql_type,
        };
    texts(
        rows(&USER, |select| {
            select.push(Alias(0), aggregate(Function::Count, None, Some(good()), SqlType::BigInt));
            let sum = aggregate(Function::Sum, Some(col(&POST, "score")), None, SqlType::BigInt);
            select.push(Alias(0), sum.clone());
            select.filter = Some(Node::binary(Binary::Gt, sum, int(10)));
        }),
        [
            r#"SELECT t0."id", (SELECT COUNT(*) FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND t1."score" > ?), (SELECT SUM(t2."score") FROM "posts" AS t2 WHERE t2."author_id" = t0."id") FROM "users" AS t0 WHERE (SELECT SUM(t3."score") FROM "posts" AS t3 WHERE t3."author_id" = t0."id") > ?"#,
            r#"SELECT t0."id", (SELECT COUNT(*) FROM "posts" AS t1 WHERE t1."author_id" = t0."id" AND t1."score" > $1::int8), (SELECT SUM(t2."score")::int8 FROM "posts" AS t2 WHERE t2."author_id" = t0."id") FROM "users" AS t0 WHERE (SELECT SUM(t3."score")::int8 FROM "posts" AS t3 WHERE t3."author_id" = t0."id") > $2::int8"#,
            "SELECT t0.`id`, (SELECT COUNT(*) FROM `posts` AS t1 WHERE t1.`author_id` = t0.`id` AND t1.`score` > ?), (SELECT (SUM(t2.`score`) DIV 1) FROM `posts` AS t2 WHERE t2.`author_id` = t0.`id`) FROM `users` AS t0 WHERE (SELECT (SUM(t3.`score`) DIV 1) FROM `posts` AS t3 WHERE t3.`author_id` = t0.`id`) > ?",
        ],
    );
}
