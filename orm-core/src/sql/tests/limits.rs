//! What is refused because no backend takes it, and what is written so that it does.

use super::schema::*;
use super::{DIALECTS, eq, nodes, rows};
use crate::ast::{Alias, Join, MAX_DEPTH, Node, Quantifier};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::value::{SqlType, Value};

fn filtered(node: Node) -> impl Fn(Dialect) -> crate::error::Result<crate::sql::Sql> {
    rows(&USER, move |select| select.filter = Some(node.clone()))
}

fn too_complex(result: crate::error::Result<crate::sql::Sql>) -> &'static str {
    match result {
        Err(Error::QueryTooComplex { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

/// How deep parentheses nest.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[test]
fn thousands_of_terms_are_halved() {
    let terms = |count| (0..count).map(|id| eq(col(&USER, "id"), int(id))).collect();
    for dialect in DIALECTS {
        let sql = filtered(Node::Or(terms(20_000)))(dialect).unwrap();
        assert_eq!(sql.binds.len(), 20_000);
        assert!(depth(&sql.text) < 16);
        assert_eq!(depth(&filtered(Node::And(terms(50)))(dialect).unwrap().text), 0);
    }
}

#[test]
fn too_many_binds() {
    let terms = (0..70_000).map(|id| eq(col(&USER, "id"), int(id))).collect();
    let filter = filtered(Node::Or(terms));
    for dialect in DIALECTS {
        assert_eq!(too_complex(filter(dialect)), "binds");
    }
}

#[test]
fn the_border_of_binds() {
    for dialect in [Dialect::Sqlite, Dialect::MariaDb, Dialect::MySql] {
        let list = |count| Node::InList {
            operand: col(&USER, "balance").into(),
            values: vec![bind(Value::Decimal("1".into()), SqlType::Decimal); count],
            negated: false,
        };
        assert_eq!(filtered(list(dialect.max_binds()))(dialect).unwrap().binds.len(), dialect.max_binds());
        assert_eq!(too_complex(filtered(list(dialect.max_binds() + 1))(dialect)), "binds");
    }
}

#[test]
fn a_tree_that_is_too_deep() {
    let mut node = col(&USER, "active");
    for _ in 0..=MAX_DEPTH {
        node = node.negate();
    }
    let filter = filtered(node);
    for dialect in DIALECTS {
        assert_eq!(too_complex(filter(dialect)), "nested expressions");
    }
}

fn children_of_children(levels: usize) -> Node {
    (0..levels).fold(eq(col(&CATEGORY, "name"), text("x")), |filter, _| Node::Related {
        link: &CATEGORY_CHILDREN,
        quantifier: Quantifier::Any,
        filter: Some(filter.into()),
    })
}

#[test]
fn subqueries_that_are_too_deep() {
    let written = |levels, dialect| filtered(children_of_children(levels))(dialect);
    for (dialect, levels, what) in [
        (Dialect::Sqlite, 18, "nested expressions"),
        (Dialect::MariaDb, 60, "nested subqueries"),
        (Dialect::MySql, 60, "nested subqueries"),
    ] {
        written(levels, dialect).unwrap();
        assert_eq!(too_complex(written(levels + 1, dialect)), what);
    }
    written(250, Dialect::Postgres).unwrap();
}

#[test]
fn too_many_columns_and_joins() {
    for dialect in DIALECTS {
        let columns = rows(&USER, |select| {
            select.columns = nodes(vec![col(&USER, "id"); dialect.max_columns() + 1]);
        });
        assert_eq!(too_complex(columns(dialect)), "selected columns");
        let joins = |count: u16| {
            rows(&CATEGORY, move |select| {
                let join =
                    |to| Join { link: &CATEGORY_PARENT, from: Alias(to - 1), to: Alias(to), filter: None };
                select.joins = (1..=count).map(join).collect();
            })(dialect)
        };
        let limit = u16::try_from(dialect.max_joins()).unwrap();
        joins(limit - 1).unwrap();
        assert_eq!(too_complex(joins(limit)), "joined tables");
    }
}
