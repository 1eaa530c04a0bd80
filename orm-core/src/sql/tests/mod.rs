//! What each construct looks like on SQLite, PostgreSQL and MySQL, side by side.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod children;
mod expression;
mod injection;
mod limits;
mod list;
mod relation;
mod schema;
mod select;
mod write;

use super::Sql;
use crate::ast::{Alias, Binary, Node, Select, Selected, Shape};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::ModelMeta;

const DIALECTS: [Dialect; 4] = [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb, Dialect::MySql];

/// The texts on SQLite, PostgreSQL and MariaDB are these; every placeholder has its bind.
#[track_caller]
fn texts(write: impl Fn(Dialect) -> Result<Sql>, expected: [&str; 3]) {
    let written = [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb].map(|dialect| {
        let sql = write(dialect).unwrap();
        assert_eq!(placeholders(&sql, dialect), sql.binds.len(), "{}", sql.text);
        sql.text.as_ref().to_owned()
    });
    assert!(written == expected, "written:\n{}\n", written.join("\n"));
}

/// The texts of a condition on users.
#[track_caller]
fn condition(model: &'static ModelMeta, node: Node, expected: [&str; 3]) {
    texts(rows(model, |select| select.filter = Some(node.clone())), expected);
}

/// How many placeholders there are outside quotes; PostgreSQL's must be numbered in order.
fn placeholders(sql: &Sql, dialect: Dialect) -> usize {
    let mut quote = None;
    let mut count = 0;
    let mut rest = sql.text.chars().peekable();
    while let Some(character) = rest.next() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(character),
            (None, '?') if dialect != Dialect::Postgres => count += 1,
            (None, '$') if dialect == Dialect::Postgres => {
                let mut number = String::new();
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    number.push(digit);
                }
                count += 1;
                assert_eq!(number, count.to_string(), "{}", sql.text);
            }
            _ => {}
        }
    }
    assert_eq!(quote, None, "an open quote in {}", sql.text);
    count
}

/// A select that gives the primary key, and what `change` makes of it.
fn rows(model: &'static ModelMeta, change: impl Fn(&mut Select)) -> impl Fn(Dialect) -> Result<Sql> {
    shaped(model, Shape::Rows, change)
}

fn shaped(
    model: &'static ModelMeta,
    shape: Shape,
    change: impl Fn(&mut Select),
) -> impl Fn(Dialect) -> Result<Sql> {
    let mut select = Select::new(model);
    select.columns = nodes(model.primary.iter().map(|column| Node::Column(column)));
    change(&mut select);
    move |dialect| super::select(&select, shape, dialect)
}

/// Expressions, selected from the root.
fn nodes(nodes: impl IntoIterator<Item = Node>) -> Vec<(Alias, Selected)> {
    nodes.into_iter().map(|node| (Alias(0), Selected::Node(node))).collect()
}

fn eq(left: Node, right: Node) -> Node {
    Node::binary(Binary::Eq, left, right)
}
