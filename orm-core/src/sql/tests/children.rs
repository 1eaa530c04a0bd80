//! The rows that a relation leads to from many parents.

use super::schema::*;
use super::{DIALECTS, eq, rows, texts};
use crate::ast::{Alias, Bind, ChildKeys, Join, Node, Order, Select, Source};
use crate::meta::Link;
use crate::sql::key_capacity;
use crate::value::{SqlType, Value};

fn exact(link: &'static Link, keys: Vec<Vec<Bind>>) -> Source {
    Source::Children { link, keys: ChildKeys::Exact(keys.concat()) }
}

fn by_source(link: &'static Link, keys: Vec<Vec<Bind>>) -> Source {
    Source::Children { link, keys: ChildKeys::BySource(keys.concat()) }
}

/// Children in order of their parents and keys.
fn ordered(source: Source) -> impl Fn(&mut Select) {
    move |select| {
        select.source = source.clone();
        select.ordered = true;
    }
}

fn ids(count: i64) -> Vec<Vec<Bind>> {
    (1..=count).map(|id| vec![big(id)]).collect()
}

fn pairs(count: i64) -> Vec<Vec<Bind>> {
    (1..=count).map(|id| vec![big(id), bind(Value::Int(id), SqlType::Integer)]).collect()
}

fn codes(count: i64) -> Vec<Vec<Bind>> {
    (1..=count).map(|id| vec![bind(Value::Text(id.to_string()), SqlType::Text)]).collect()
}

#[test]
fn by_one_key() {
    texts(
        rows(&POST, |select| select.source = exact(&USER_POSTS, ids(3))),
        [
            r#"SELECT t0."id" FROM "posts" AS t0 WHERE t0."author_id" IN (?, ?, ?, ?)"#,
            r#"SELECT t0."id" FROM "posts" AS t0 WHERE t0."author_id" = ANY($1::int8[])"#,
            "SELECT t0.`id` FROM `posts` AS t0 WHERE t0.`author_id` IN (?, ?, ?, ?)",
        ],
    );
}

#[test]
fn of_a_to_one_relation() {
    texts(
        rows(&USER, |select| select.source = exact(&POST_AUTHOR, ids(1))),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" IN (?)"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."id" = ANY($1::int8[])"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`id` IN (?)",
        ],
    );
}

#[test]
fn with_a_filter_and_an_order() {
    texts(
        rows(&POST, |select| {
            select.source = exact(&USER_POSTS, ids(1));
            select.filter = Some(eq(col(&POST, "title"), text("x")).or(eq(col(&POST, "score"), int(1))));
            select.order_by = vec![Order { node: col(&POST, "score"), descending: true, nulls: None }];
        }),
        [
            r#"SELECT t0."id" FROM "posts" AS t0 WHERE t0."author_id" IN (?) AND (t0."title" = ? OR t0."score" = ?) ORDER BY t0."author_id", t0."score" DESC, t0."id""#,
            r#"SELECT t0."id" FROM "posts" AS t0 WHERE t0."author_id" = ANY($1::int8[]) AND (t0."title" = $2 OR t0."score" = $3::int8) ORDER BY t0."author_id", t0."score" DESC, t0."id""#,
            "SELECT t0.`id` FROM `posts` AS t0 WHERE t0.`author_id` IN (?) AND (t0.`title` = ? OR t0.`score` = ?) ORDER BY t0.`author_id`, t0.`score` DESC, t0.`id`",
        ],
    );
}

#[test]
fn over_the_table_between() {
    texts(
        rows(&TAG, ordered(exact(&POST_TAGGED, ids(2)))),
        [
            r#"SELECT j0."post_id", t0."code" FROM "post_tags" AS j0 INNER JOIN "tags" AS t0 ON t0."code" = j0."tag_code" WHERE j0."post_id" IN (?, ?) ORDER BY j0."post_id", t0."code""#,
            r#"SELECT j0."post_id", t0."code" FROM "post_tags" AS j0 INNER JOIN "tags" AS t0 ON t0."code" = j0."tag_code" WHERE j0."post_id" = ANY($1::int8[]) ORDER BY j0."post_id", t0."code""#,
            "SELECT j0.`post_id`, t0.`code` FROM `post_tags` AS j0 INNER JOIN `tags` AS t0 ON t0.`code` = j0.`tag_code` WHERE j0.`post_id` IN (?, ?) ORDER BY j0.`post_id`, t0.`code`",
        ],
    );
}

#[test]
fn by_a_composite_key() {
    texts(
        rows(&NOTE, ordered(exact(&LINE_NOTES, pairs(3)))),
        [
            r#"SELECT t0."id" FROM "shop"."notes" AS t0 WHERE (t0."tenant_id", t0."line_number") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY t0."tenant_id", t0."line_number", t0."id""#,
            r#"SELECT t0."id" FROM "shop"."notes" AS t0 WHERE (t0."tenant_id", t0."line_number") IN (SELECT k.k0, k.k1 FROM unnest($1::int8[], $2::int4[]) AS k (k0, k1)) ORDER BY t0."tenant_id", t0."line_number", t0."id""#,
            "SELECT t0.`id` FROM `shop`.`notes` AS t0 WHERE (t0.`tenant_id`, t0.`line_number`) IN ((?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY t0.`tenant_id`, t0.`line_number`, t0.`id`",
        ],
    );
}

#[test]
fn by_the_source() {
    texts(
        rows(&POST, ordered(by_source(&TAG_POSTS, codes(3)))),
        [
            r#"SELECT s0."code", t0."id" FROM "tags" AS s0 INNER JOIN "post_tags" AS j0 ON j0."tag_code" = s0."code" INNER JOIN "posts" AS t0 ON t0."id" = j0."post_id" WHERE s0."code" IN (?, ?, ?, ?) ORDER BY s0."code", t0."id""#,
            r#"SELECT s0."code", t0."id" FROM "tags" AS s0 INNER JOIN "post_tags" AS j0 ON j0."tag_code" = s0."code" INNER JOIN "posts" AS t0 ON t0."id" = j0."post_id" WHERE s0."code" IN ($1, $2, $3, $4) ORDER BY s0."code", t0."id""#,
            "SELECT s0.`code`, t0.`id` FROM `tags` AS s0 INNER JOIN `post_tags` AS j0 ON j0.`tag_code` = s0.`code` INNER JOIN `posts` AS t0 ON t0.`id` = j0.`post_id` WHERE s0.`code` IN (?, ?, ?, ?) ORDER BY s0.`code`, t0.`id`",
        ],
    );
    texts(
        rows(&LINE, ordered(by_source(&NOTE_LINE, ids(2)))),
        [
            r#"SELECT s0."id", t0."tenant_id", t0."number" FROM "shop"."notes" AS s0 INNER JOIN "shop"."lines" AS t0 ON t0."tenant_id" = s0."tenant_id" AND t0."number" = s0."line_number" WHERE s0."id" IN (?, ?) ORDER BY s0."id", t0."tenant_id", t0."number""#,
            r#"SELECT s0."id", t0."tenant_id", t0."number" FROM "shop"."notes" AS s0 INNER JOIN "shop"."lines" AS t0 ON t0."tenant_id" = s0."tenant_id" AND t0."number" = s0."line_number" WHERE s0."id" = ANY($1::int8[]) ORDER BY s0."id", t0."tenant_id", t0."number""#,
            "SELECT s0.`id`, t0.`tenant_id`, t0.`number` FROM `shop`.`notes` AS s0 INNER JOIN `shop`.`lines` AS t0 ON t0.`tenant_id` = s0.`tenant_id` AND t0.`number` = s0.`line_number` WHERE s0.`id` IN (?, ?) ORDER BY s0.`id`, t0.`tenant_id`, t0.`number`",
        ],
    );
}

#[test]
fn by_a_composite_key_with_text() {
    let keys = vec![vec![big(1), bind(Value::Text("a".into()), SqlType::Text)]; 3];
    static LINK: Link = Link {
        name: "self",
        source: &POST_TAG,
        source_key: POST_TAG.primary,
        target: &POST_TAG,
        target_key: POST_TAG.primary,
        through: None,
        to_many: true,
    };
    texts(
        rows(&POST_TAG, ordered(by_source(&LINK, keys.clone()))),
        [
            r#"SELECT s0."post_id", s0."tag_code", t0."post_id", t0."tag_code" FROM "post_tags" AS s0 INNER JOIN "post_tags" AS t0 ON t0."post_id" = s0."post_id" AND t0."tag_code" = s0."tag_code" WHERE (s0."post_id", s0."tag_code") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY s0."post_id", s0."tag_code", t0."post_id", t0."tag_code""#,
            r#"SELECT s0."post_id", s0."tag_code", t0."post_id", t0."tag_code" FROM "post_tags" AS s0 INNER JOIN "post_tags" AS t0 ON t0."post_id" = s0."post_id" AND t0."tag_code" = s0."tag_code" WHERE (s0."post_id", s0."tag_code") IN (($1::int8, $2), ($3::int8, $4), ($5::int8, $6), ($7::int8, $8)) ORDER BY s0."post_id", s0."tag_code", t0."post_id", t0."tag_code""#,
            "SELECT s0.`post_id`, s0.`tag_code`, t0.`post_id`, t0.`tag_code` FROM `post_tags` AS s0 INNER JOIN `post_tags` AS t0 ON t0.`post_id` = s0.`post_id` AND t0.`tag_code` = s0.`tag_code` WHERE (s0.`post_id`, s0.`tag_code`) IN ((?, ?), (?, ?), (?, ?), (?, ?)) ORDER BY s0.`post_id`, s0.`tag_code`, t0.`post_id`, t0.`tag_code`",
        ],
    );
}

#[test]
fn a_limit_is_each_parents_own() {
    texts(
        rows(&POST, |select| {
            select.source = exact(&USER_POSTS, ids(2));
            select.limit = Some(3);
        }),
        [
            r#"SELECT t0.c0 FROM (SELECT t0."author_id" AS k0, t0."id" AS c0, ROW_NUMBER() OVER (PARTITION BY t0."author_id" ORDER BY t0."id") AS n FROM "posts" AS t0 WHERE t0."author_id" IN (?, ?)) AS t0 WHERE t0.n <= ? ORDER BY t0.k0, t0.c0"#,
            r#"SELECT t0.c0 FROM (SELECT t0."author_id" AS k0, t0."id" AS c0, ROW_NUMBER() OVER (PARTITION BY t0."author_id" ORDER BY t0."id") AS n FROM "posts" AS t0 WHERE t0."author_id" = ANY($1::int8[])) AS t0 WHERE t0.n <= $2::int8 ORDER BY t0.k0, t0.c0"#,
            "SELECT t0.c0 FROM (SELECT t0.`author_id` AS k0, t0.`id` AS c0, ROW_NUMBER() OVER (PARTITION BY t0.`author_id` ORDER BY t0.`id`) AS n FROM `posts` AS t0 WHERE t0.`author_id` IN (?, ?)) AS t0 WHERE t0.n <= ? ORDER BY t0.k0, t0.c0",
        ],
    );
    texts(
        rows(&TAG, |select| {
            select.source = exact(&POST_TAGGED, ids(2));
            select.push(Alias(1), col(&POST, "title"));
            select.joins = vec![Join { link: &TAG_POSTS, from: Alias(0), to: Alias(1), filter: None }];
            select.filter = Some(eq(col(&TAG, "label"), text("x")));
            select.order_by = vec![Order {
                node: Node::binary(crate::ast::Binary::Concat, col(&TAG, "label"), text("!")),
                descending: true,
                nulls: None,
            }];
            select.limit = Some(3);
            select.offset = Some(1);
            select.multiplies = true;
        }),
        [
            r#"SELECT t0.k0, t0.c0, t1."title" FROM (SELECT j0."post_id" AS k0, t0."code" AS c0, (t0."label" || ?) AS o0, ROW_NUMBER() OVER (PARTITION BY j0."post_id" ORDER BY (t0."label" || ?) DESC, t0."code") AS n FROM "post_tags" AS j0 INNER JOIN "tags" AS t0 ON t0."code" = j0."tag_code" WHERE j0."post_id" IN (?, ?) AND t0."label" = ?) AS t0 LEFT JOIN "post_tags" AS j1 ON j1."tag_code" = t0.c0 LEFT JOIN "posts" AS t1 ON t1."id" = j1."post_id" WHERE t0.n > ? AND t0.n <= ? ORDER BY t0.k0, t0.o0 DESC, t0.c0, t1."id""#,
            r#"SELECT t0.k0, t0.c0, t1."title" FROM (SELECT j0."post_id" AS k0, t0."code" AS c0, (t0."label" || $1::text) AS o0, ROW_NUMBER() OVER (PARTITION BY j0."post_id" ORDER BY (t0."label" || $2::text) DESC NULLS LAST, t0."code") AS n FROM "post_tags" AS j0 INNER JOIN "tags" AS t0 ON t0."code" = j0."tag_code" WHERE j0."post_id" = ANY($3::int8[]) AND t0."label" = $4) AS t0 LEFT JOIN ("post_tags" AS j1 INNER JOIN "posts" AS t1 ON t1."id" = j1."post_id") ON j1."tag_code" = t0.c0 WHERE t0.n > $5::int8 AND t0.n <= $6::int8 ORDER BY t0.k0, t0.o0 DESC NULLS LAST, t0.c0, t1."id""#,
            "SELECT t0.k0, t0.c0, t1.`title` FROM (SELECT j0.`post_id` AS k0, t0.`code` AS c0, (CONCAT(t0.`label`, ?)) AS o0, ROW_NUMBER() OVER (PARTITION BY j0.`post_id` ORDER BY (CONCAT(t0.`label`, ?)) DESC, t0.`code`) AS n FROM `post_tags` AS j0 INNER JOIN `tags` AS t0 ON t0.`code` = j0.`tag_code` WHERE j0.`post_id` IN (?, ?) AND t0.`label` = ?) AS t0 LEFT JOIN (`post_tags` AS j1 INNER JOIN `posts` AS t1 ON t1.`id` = j1.`post_id`) ON j1.`tag_code` = t0.c0 WHERE t0.n > ? AND t0.n <= ? ORDER BY t0.k0, t0.o0 DESC, t0.c0, t1.`id`",
        ],
    );
}

#[test]
fn a_full_statement_is_within_the_limits() {
    for dialect in DIALECTS {
        for key in [vec![SqlType::BigInt], vec![SqlType::Text], vec![SqlType::BigInt, SqlType::Text]] {
            for exact in [true, false] {
                let capacity = key_capacity(dialect, &key, exact);
                assert!(capacity >= 500, "{dialect:?} {key:?}");
                let binds = capacity * key.len();
                assert!(capacity == 32_768 || binds + 1_000 < dialect.max_binds(), "{dialect:?} {key:?}");
            }
        }
        let sql = rows(&POST, |select| {
            select.source = exact(
                &USER_POSTS,
                ids(i64::try_from(key_capacity(dialect, &[SqlType::BigInt], true)).unwrap()),
            );
        })(dialect)
        .unwrap();
        assert_eq!(sql.binds.len(), if dialect.is_mysql_like() { 16_384 } else { 1 });
    }
}
