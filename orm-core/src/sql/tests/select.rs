//! Selects over one table and its joins.

use super::schema::*;
use super::{eq, nodes, rows, shaped, texts};
use crate::ast::{Alias, Binary, Function, Join, Node, Nulls, Order, Select, Shape};
use crate::value::{SqlType, Value};

fn asc(node: Node) -> Order {
    Order { node, descending: false, nulls: None }
}

fn desc(node: Node) -> Order {
    Order { node, descending: true, nulls: None }
}

fn join(link: &'static crate::meta::Link, from: u16, to: u16) -> Join {
    Join { link, from: Alias(from), to: Alias(to), filter: None }
}

fn count() -> Node {
    Node::Call { function: Function::Count, arguments: vec![], sql_type: SqlType::BigInt }
}

fn author_name() -> Node {
    Node::Path { links: vec![&POST_AUTHOR], operand: Node::Column(meta(&USER, "username")).into() }
}

#[test]
fn every_column_is_qualified_and_quoted() {
    texts(
        rows(&USER, |select| select.push(Alias(0), col(&USER, "username"))),
        [
            r#"SELECT t0."id", t0."username" FROM "users" AS t0"#,
            r#"SELECT t0."id", t0."username" FROM "users" AS t0"#,
            "SELECT t0.`id`, t0.`username` FROM `users` AS t0",
        ],
    );
}

#[test]
fn a_schema_is_part_of_the_tables_name() {
    texts(
        rows(&LINE, |_| {}),
        [
            r#"SELECT t0."tenant_id", t0."number" FROM "shop"."lines" AS t0"#,
            r#"SELECT t0."tenant_id", t0."number" FROM "shop"."lines" AS t0"#,
            "SELECT t0.`tenant_id`, t0.`number` FROM `shop`.`lines` AS t0",
        ],
    );
}

#[test]
fn a_filter_an_order_and_a_page() {
    texts(
        rows(&USER, |select| {
            select.filter = Some(eq(col(&USER, "username"), text("ada")));
            select.order_by = vec![desc(col(&USER, "username"))];
            select.limit = Some(10);
            select.offset = Some(20);
        }),
        [
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" = ? ORDER BY t0."username" DESC, t0."id" LIMIT ? OFFSET ?"#,
            r#"SELECT t0."id" FROM "users" AS t0 WHERE t0."username" = $1 ORDER BY t0."username" DESC, t0."id" LIMIT $2::int8 OFFSET $3::int8"#,
            "SELECT t0.`id` FROM `users` AS t0 WHERE t0.`username` = ? ORDER BY t0.`username` DESC, t0.`id` LIMIT ? OFFSET ?",
        ],
    );
}

#[test]
fn an_offset_alone() {
    texts(
        rows(&USER, |select| select.offset = Some(20)),
        [
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."id" LIMIT -1 OFFSET ?"#,
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."id" OFFSET $1::int8"#,
            "SELECT t0.`id` FROM `users` AS t0 ORDER BY t0.`id` LIMIT 18446744073709551615 OFFSET ?",
        ],
    );
}

#[test]
fn null_sorts_alike_everywhere() {
    texts(
        rows(&USER, |select| select.order_by = vec![asc(col(&USER, "email")), desc(col(&USER, "age"))]),
        [
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."email", t0."age" DESC, t0."id""#,
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."email" NULLS FIRST, t0."age" DESC NULLS LAST, t0."id""#,
            "SELECT t0.`id` FROM `users` AS t0 ORDER BY t0.`email`, t0.`age` DESC, t0.`id`",
        ],
    );
    texts(
        rows(&USER, |select| {
            let last = Order { nulls: Some(Nulls::Last), ..asc(col(&USER, "email")) };
            let first = Order { nulls: Some(Nulls::First), ..desc(col(&USER, "age")) };
            select.order_by = vec![last, first];
        }),
        [
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."email" NULLS LAST, t0."age" DESC NULLS FIRST, t0."id""#,
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."email", t0."age" DESC, t0."id""#,
            "SELECT t0.`id` FROM `users` AS t0 ORDER BY t0.`email` IS NULL, t0.`email`, t0.`age` IS NULL DESC, t0.`age` DESC, t0.`id`",
        ],
    );
}

#[test]
fn the_primary_key_is_not_ordered_by_twice() {
    texts(
        rows(&USER, |select| select.order_by = vec![desc(col(&USER, "id"))]),
        [
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."id" DESC"#,
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."id" DESC"#,
            "SELECT t0.`id` FROM `users` AS t0 ORDER BY t0.`id` DESC",
        ],
    );
}

#[test]
fn decimals_are_sorted_as_numbers() {
    texts(
        rows(&USER, |select| select.order_by = vec![asc(col(&USER, "balance"))]),
        [
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY CAST(t0."balance" AS NUMERIC), t0."id""#,
            r#"SELECT t0."id" FROM "users" AS t0 ORDER BY t0."balance", t0."id""#,
            "SELECT t0.`id` FROM `users` AS t0 ORDER BY t0.`balance`, t0.`id`",
        ],
    );
}

#[test]
fn groups() {
    texts(
        rows(&USER, |select| {
            select.columns = nodes([col(&USER, "active"), count()]);
            select.group_by = vec![col(&USER, "active")];
            select.having = Some(Node::binary(Binary::Gt, count(), int(3)));
            select.order_by = vec![desc(count())];
        }),
        [
            r#"SELECT t0."active", COUNT(*) FROM "users" AS t0 GROUP BY t0."active" HAVING COUNT(*) > ? ORDER BY COUNT(*) DESC"#,
            r#"SELECT t0."active", COUNT(*) FROM "users" AS t0 GROUP BY t0."active" HAVING COUNT(*) > $1::int8 ORDER BY COUNT(*) DESC NULLS LAST"#,
            "SELECT t0.`active`, COUNT(*) FROM `users` AS t0 GROUP BY t0.`active` HAVING COUNT(*) > ? ORDER BY COUNT(*) DESC",
        ],
    );
}

#[test]
fn a_group_with_binds_is_named_by_its_rank() {
    let age = || Node::Call {
        function: Function::Coalesce,
        arguments: vec![col(&USER, "age"), int(0)],
        sql_type: SqlType::Integer,
    };
    texts(
        rows(&USER, |select| {
            select.columns = nodes([count(), age()]);
            select.group_by = vec![age()];
            select.order_by = vec![desc(age())];
        }),
        [
            r#"SELECT COUNT(*), COALESCE(t0."age", ?) FROM "users" AS t0 GROUP BY 2 ORDER BY 2 DESC"#,
            r#"SELECT COUNT(*), COALESCE(t0."age", $1::int8) FROM "users" AS t0 GROUP BY 2 ORDER BY 2 DESC NULLS LAST"#,
            "SELECT COUNT(*), COALESCE(t0.`age`, ?) FROM `users` AS t0 GROUP BY 2 ORDER BY 2 DESC",
        ],
    );
}

#[test]
fn an_aggregate_over_all_rows_has_no_order() {
    texts(
        rows(&USER, |select| {
            select.columns = nodes([count()]);
            select.limit = Some(1);
        }),
        [
            r#"SELECT COUNT(*) FROM "users" AS t0 LIMIT 1"#,
            r#"SELECT COUNT(*) FROM "users" AS t0 LIMIT 1"#,
            "SELECT COUNT(*) FROM `users` AS t0 LIMIT 1",
        ],
    );
}

#[test]
fn distinct() {
    texts(
        rows(&USER, |select| {
            select.columns = nodes([col(&USER, "email")]);
            select.distinct = true;
            select.order_by = vec![asc(col(&USER, "email"))];
        }),
        [
            r#"SELECT DISTINCT t0."email" FROM "users" AS t0 ORDER BY t0."email""#,
            r#"SELECT DISTINCT t0."email" FROM "users" AS t0 ORDER BY t0."email" NULLS FIRST"#,
            "SELECT DISTINCT t0.`email` FROM `users` AS t0 ORDER BY t0.`email`",
        ],
    );
}

#[test]
fn a_path_is_joined_once() {
    texts(
        rows(&POST, |select| {
            select.push(Alias(0), author_name());
            select.filter = Some(eq(author_name(), text("ada")).or(eq(
                Node::Path { links: vec![&POST_EDITOR], operand: Node::Column(meta(&USER, "active")).into() },
                Node::Constant(true),
            )));
            select.order_by = vec![asc(author_name())];
        }),
        [
            r#"SELECT t0."id", t1."username" FROM "posts" AS t0 LEFT JOIN "users" AS t1 ON t1."id" = t0."author_id" LEFT JOIN "users" AS t2 ON t2."id" = t0."editor_id" WHERE t1."username" = ? OR t2."active" = TRUE ORDER BY t1."username", t0."id""#,
            r#"SELECT t0."id", t1."username" FROM "posts" AS t0 LEFT JOIN "users" AS t1 ON t1."id" = t0."author_id" LEFT JOIN "users" AS t2 ON t2."id" = t0."editor_id" WHERE t1."username" = $1 OR t2."active" = TRUE ORDER BY t1."username" NULLS FIRST, t0."id""#,
            "SELECT t0.`id`, t1.`username` FROM `posts` AS t0 LEFT JOIN `users` AS t1 ON t1.`id` = t0.`author_id` LEFT JOIN `users` AS t2 ON t2.`id` = t0.`editor_id` WHERE t1.`username` = ? OR t2.`active` = TRUE ORDER BY t1.`username`, t0.`id`",
        ],
    );
}

#[test]
fn joined_relations_follow_in_order() {
    texts(
        rows(&USER, |select| {
            select.joins = vec![join(&USER_POSTS, 0, 1), join(&POST_TAGGED, 1, 2)];
            select.push(Alias(1), col(&POST, "id"));
            select.push(Alias(2), col(&TAG, "code"));
            select.join_order = vec![(Alias(1), desc(col(&POST, "score")))];
            select.multiplies = true;
        }),
        [
            r#"SELECT t0."id", t1."id", t2."code" FROM "users" AS t0 LEFT JOIN "posts" AS t1 ON t1."author_id" = t0."id" LEFT JOIN "post_tags" AS j2 ON j2."post_id" = t1."id" LEFT JOIN "tags" AS t2 ON t2."code" = j2."tag_code" ORDER BY t0."id", t1."score" DESC, t1."id", t2."code""#,
            r#"SELECT t0."id", t1."id", t2."code" FROM "users" AS t0 LEFT JOIN "posts" AS t1 ON t1."author_id" = t0."id" LEFT JOIN ("post_tags" AS j2 INNER JOIN "tags" AS t2 ON t2."code" = j2."tag_code") ON j2."post_id" = t1."id" ORDER BY t0."id", t1."score" DESC, t1."id", t2."code""#,
            "SELECT t0.`id`, t1.`id`, t2.`code` FROM `users` AS t0 LEFT JOIN `posts` AS t1 ON t1.`author_id` = t0.`id` LEFT JOIN (`post_tags` AS j2 INNER JOIN `tags` AS t2 ON t2.`code` = j2.`tag_code`) ON j2.`post_id` = t1.`id` ORDER BY t0.`id`, t1.`score` DESC, t1.`id`, t2.`code`",
        ],
    );
}

#[test]
fn the_filter_of_a_join_reaches_paths_by_subqueries() {
    texts(
        rows(&USER, |select| {
            let filter = eq(author_name(), text("ada")).and(eq(col(&POST, "score"), int(1)));
            select.joins = vec![Join { filter: Some(filter), ..join(&USER_POSTS, 0, 1) }];
            select.push(Alias(1), col(&POST, "id"));
            select.filter = Some(eq(col(&USER, "id"), int(7)));
            select.multiplies = true;
        }),
        [
            r#"SELECT t0."id", t1."id" FROM "users" AS t0 LEFT JOIN "posts" AS t1 ON t1."author_id" = t0."id" AND ((SELECT t2."username" FROM "users" AS t2 WHERE t2."id" = t1."author_id") = ? AND t1."score" = ?) WHERE t0."id" = ? ORDER BY t0."id", t1."id""#,
            r#"SELECT t0."id", t1."id" FROM "users" AS t0 LEFT JOIN "posts" AS t1 ON t1."author_id" = t0."id" AND ((SELECT t2."username" FROM "users" AS t2 WHERE t2."id" = t1."author_id") = $1 AND t1."score" = $2::int8) WHERE t0."id" = $3::int8 ORDER BY t0."id", t1."id""#,
            "SELECT t0.`id`, t1.`id` FROM `users` AS t0 LEFT JOIN `posts` AS t1 ON t1.`author_id` = t0.`id` AND ((SELECT t2.`username` FROM `users` AS t2 WHERE t2.`id` = t1.`author_id`) = ? AND t1.`score` = ?) WHERE t0.`id` = ? ORDER BY t0.`id`, t1.`id`",
        ],
    );
}

#[test]
fn the_filter_of_a_join_over_the_table_between() {
    texts(
        rows(&POST, |select| {
            let filter = Some(eq(col(&TAG, "label"), text("x")));
            select.joins = vec![Join { filter, ..join(&POST_TAGGED, 0, 1) }];
            select.push(Alias(1), col(&TAG, "code"));
            select.multiplies = true;
        }),
        [
            r#"SELECT t0."id", t1."code" FROM "posts" AS t0 LEFT JOIN "post_tags" AS j1 ON j1."post_id" = t0."id" AND EXISTS (SELECT 1 FROM "tags" AS t2 WHERE t2."code" = j1."tag_code" AND t2."label" = ?) LEFT JOIN "tags" AS t1 ON t1."code" = j1."tag_code" ORDER BY t0."id", t1."code""#,
            r#"SELECT t0."id", t1."code" FROM "posts" AS t0 LEFT JOIN ("post_tags" AS j1 INNER JOIN "tags" AS t1 ON t1."code" = j1."tag_code") ON j1."post_id" = t0."id" AND t1."label" = $1 ORDER BY t0."id", t1."code""#,
            "SELECT t0.`id`, t1.`code` FROM `posts` AS t0 LEFT JOIN (`post_tags` AS j1 INNER JOIN `tags` AS t1 ON t1.`code` = j1.`tag_code`) ON j1.`post_id` = t0.`id` AND t1.`label` = ? ORDER BY t0.`id`, t1.`code`",
        ],
    );
}

#[test]
fn a_limit_with_joined_rows_counts_root_rows() {
    texts(
        rows(&USER, |select| {
            select.push(Alias(0), col(&USER, "username"));
            select.joins = vec![join(&USER_POSTS, 0, 1)];
            select.push(Alias(1), col(&POST, "id"));
            select.filter = Some(eq(col(&USER, "active"), Node::Constant(true)));
            select.order_by = vec![desc(col(&USER, "email"))];
            select.limit = Some(3);
            select.multiplies = true;
        }),
        [
            r#"SELECT t0.c0, t0.c1, t1."id" FROM (SELECT t0."id" AS c0, t0."username" AS c1, t0."email" AS c2 FROM "users" AS t0 WHERE t0."active" = TRUE ORDER BY t0."email" DESC, t0."id" LIMIT ?) AS t0 LEFT JOIN "posts" AS t1 ON t1."author_id" = t0.c0 ORDER BY t0.c2 DESC, t0.c0, t1."id""#,
            r#"SELECT t0.c0, t0.c1, t1."id" FROM (SELECT t0."id" AS c0, t0."username" AS c1, t0."email" AS c2 FROM "users" AS t0 WHERE t0."active" = TRUE ORDER BY t0."email" DESC NULLS LAST, t0."id" LIMIT $1::int8) AS t0 LEFT JOIN "posts" AS t1 ON t1."author_id" = t0.c0 ORDER BY t0.c2 DESC NULLS LAST, t0.c0, t1."id""#,
            "SELECT t0.c0, t0.c1, t1.`id` FROM (SELECT t0.`id` AS c0, t0.`username` AS c1, t0.`email` AS c2 FROM `users` AS t0 WHERE t0.`active` = TRUE ORDER BY t0.`email` DESC, t0.`id` LIMIT ?) AS t0 LEFT JOIN `posts` AS t1 ON t1.`author_id` = t0.c0 ORDER BY t0.c2 DESC, t0.c0, t1.`id`",
        ],
    );
}

#[test]
fn a_limit_with_joined_rows_keeps_computed_order() {
    texts(
        rows(&POST, |select| {
            select.joins = vec![join(&POST_TAGGED, 0, 1)];
            select.push(Alias(1), col(&TAG, "code"));
            select.push(
                Alias(0),
                Node::Path { links: vec![&POST_EDITOR], operand: Node::Column(meta(&USER, "email")).into() },
            );
            select.order_by = vec![asc(author_name())];
            select.offset = Some(4);
            select.limit = Some(3);
            select.multiplies = true;
        }),
        [
            r#"SELECT t0.c0, t1."code", t2."email" FROM (SELECT t0."id" AS c0, t0."editor_id" AS c2, t3."username" AS o0 FROM "posts" AS t0 LEFT JOIN "users" AS t3 ON t3."id" = t0."author_id" ORDER BY t3."username", t0."id" LIMIT ? OFFSET ?) AS t0 LEFT JOIN "post_tags" AS j1 ON j1."post_id" = t0.c0 LEFT JOIN "tags" AS t1 ON t1."code" = j1."tag_code" LEFT JOIN "users" AS t2 ON t2."id" = t0.c2 ORDER BY t0.o0, t0.c0, t1."code""#,
            r#"SELECT t0.c0, t1."code", t2."email" FROM (SELECT t0."id" AS c0, t0."editor_id" AS c2, t3."username" AS o0 FROM "posts" AS t0 LEFT JOIN "users" AS t3 ON t3."id" = t0."author_id" ORDER BY t3."username" NULLS FIRST, t0."id" LIMIT $1::int8 OFFSET $2::int8) AS t0 LEFT JOIN ("post_tags" AS j1 INNER JOIN "tags" AS t1 ON t1."code" = j1."tag_code") ON j1."post_id" = t0.c0 LEFT JOIN "users" AS t2 ON t2."id" = t0.c2 ORDER BY t0.o0 NULLS FIRST, t0.c0, t1."code""#,
            "SELECT t0.c0, t1.`code`, t2.`email` FROM (SELECT t0.`id` AS c0, t0.`editor_id` AS c2, t3.`username` AS o0 FROM `posts` AS t0 LEFT JOIN `users` AS t3 ON t3.`id` = t0.`author_id` ORDER BY t3.`username`, t0.`id` LIMIT ? OFFSET ?) AS t0 LEFT JOIN (`post_tags` AS j1 INNER JOIN `tags` AS t1 ON t1.`code` = j1.`tag_code`) ON j1.`post_id` = t0.c0 LEFT JOIN `users` AS t2 ON t2.`id` = t0.c2 ORDER BY t0.o0, t0.c0, t1.`code`",
        ],
    );
}

#[test]
fn binds_stand_in_the_order_of_the_text() {
    let write = rows(&USER, |select| {
        let label = Node::binary(Binary::Concat, col(&USER, "username"), text("first"));
        select.push(Alias(0), label);
        let filter = Some(eq(col(&POST, "title"), text("third")));
        select.joins = vec![Join { filter, ..join(&USER_POSTS, 0, 1) }];
        select.filter = Some(eq(col(&USER, "email"), text("second")));
        select.order_by = vec![desc(Node::binary(Binary::Add, col(&USER, "age"), int(0)))];
        select.limit = Some(2);
        select.multiplies = true;
    });
    for dialect in super::DIALECTS {
        let binds = write(dialect).unwrap().binds.into_iter();
        let texts: Vec<String> = binds
            .filter_map(|bind| match bind.value {
                Value::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["first", "second", "third"]);
    }
}

#[test]
fn counts_and_existence_need_no_joins() {
    let joined = |select: &mut Select| {
        select.joins = vec![join(&USER_POSTS, 0, 1)];
        select.filter = Some(eq(col(&USER, "active"), Node::Constant(true)));
        select.order_by = vec![asc(col(&USER, "email"))];
    };
    texts(
        shaped(&USER, Shape::Count, joined),
        [
            r#"SELECT COUNT(*) FROM "users" AS t0 WHERE t0."active" = TRUE"#,
            r#"SELECT COUNT(*) FROM "users" AS t0 WHERE t0."active" = TRUE"#,
            "SELECT COUNT(*) FROM `users` AS t0 WHERE t0.`active` = TRUE",
        ],
    );
    texts(
        shaped(&USER, Shape::Exists, joined),
        [
            r#"SELECT EXISTS (SELECT 1 FROM "users" AS t0 WHERE t0."active" = TRUE)"#,
            r#"SELECT EXISTS (SELECT 1 FROM "users" AS t0 WHERE t0."active" = TRUE)"#,
            "SELECT EXISTS (SELECT 1 FROM `users` AS t0 WHERE t0.`active` = TRUE)",
        ],
    );
}

#[test]
fn counts_of_pages_groups_and_distinct_rows() {
    texts(
        shaped(&USER, Shape::Count, |select| select.limit = Some(5)),
        [
            r#"SELECT COUNT(*) FROM (SELECT 1 FROM "users" AS t0 LIMIT ?) AS t1"#,
            r#"SELECT COUNT(*) FROM (SELECT 1 FROM "users" AS t0 LIMIT $1::int8) AS t1"#,
            "SELECT COUNT(*) FROM (SELECT 1 FROM `users` AS t0 LIMIT ?) AS t1",
        ],
    );
    texts(
        shaped(&USER, Shape::Count, |select| {
            select.columns = nodes([col(&USER, "email")]);
            select.distinct = true;
        }),
        [
            r#"SELECT COUNT(*) FROM (SELECT DISTINCT t0."email" AS c0 FROM "users" AS t0) AS t1"#,
            r#"SELECT COUNT(*) FROM (SELECT DISTINCT t0."email" AS c0 FROM "users" AS t0) AS t1"#,
            "SELECT COUNT(*) FROM (SELECT DISTINCT t0.`email` AS c0 FROM `users` AS t0) AS t1",
        ],
    );
    texts(
        shaped(&USER, Shape::Count, |select| {
            select.columns = nodes([col(&USER, "email"), count()]);
            select.group_by = vec![col(&USER, "email")];
        }),
        [
            r#"SELECT COUNT(*) FROM (SELECT t0."email" AS c0, COUNT(*) AS c1 FROM "users" AS t0 GROUP BY t0."email") AS t1"#,
            r#"SELECT COUNT(*) FROM (SELECT t0."email" AS c0, COUNT(*) AS c1 FROM "users" AS t0 GROUP BY t0."email") AS t1"#,
            "SELECT COUNT(*) FROM (SELECT t0.`email` AS c0, COUNT(*) AS c1 FROM `users` AS t0 GROUP BY t0.`email`) AS t1",
        ],
    );
}
