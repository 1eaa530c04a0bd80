//! Text and binds from statements.
//!
//! A [`Writer`] goes over the statement once and appends tokens and binds side by side, so a placeholder and its bind
//! always have the same rank. The tokens are the statement's shape: their text is spelt out once and kept. No value is ever
//! written into the text. Tables are called `t0`, `t1`, … (`j` for the table between, `s` for a source), every column is
//! qualified and quoted, and results are read by position.
//!
//! The types of the binds are a function of the text: PostgreSQL prepares a text once and would read another type's
//! bytes wrongly. So each placeholder there carries a cast, but for text, which is sent untyped so that `citext`,
//! `char(n)` and enums compare by their own rules.
//!
//! NULL sorts first ascending and last descending everywhere, integers divide without remainder, sums of integers are
//! 64 bits wide (and too large a sum is an error, but on MySQL and MariaDB the largest number). SQLite keeps decimals as
//! text, so they are compared and computed there as floating-point numbers, exact to 15 digits.
//!
//! What differs between the databases and is left as it is: LIKE ignores case on SQLite (ASCII) and under most
//! collations of MySQL; division by zero is NULL there and an error on PostgreSQL; `<>` with NULL on one side is
//! neither true nor false.

mod catalog;
mod children;
mod dml;
mod expression;
mod from;
mod function;
mod inspect;
mod like;
mod list;
mod order;
mod raw;
mod related;
mod select;
mod shapes;
mod token;
mod update_rows;
mod window;
mod writer;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::ast;
use crate::dialect::Dialect;
use crate::error::Result;

pub(crate) use catalog::{TableColumn, table_columns};
pub(crate) use list::key_capacity;
pub use shapes::spelt_statements;

use writer::Writer;

/// A statement as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Sql {
    /// The text, with `?` or `$n` for each bind.
    pub(crate) text: Arc<str>,
    /// The binds, in the placeholders' order.
    pub(crate) binds: Vec<ast::Bind>,
}

/// A SELECT, asked for its rows, an aggregate over them, their number or their existence.
///
/// # Errors
/// Where a name cannot be quoted, the statement is too large or too deep for the backend, or SQL of the user's does not
/// fit its arguments.
pub(crate) fn select(select: &ast::Select, shape: ast::Shape, dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.select(select, shape)?;
    writer.finish()
}

/// An INSERT.
///
/// # Errors
/// As for [`select`]; and where rows are to be returned and the backend cannot.
pub(crate) fn insert(insert: ast::Insert, dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.insert(insert)?;
    writer.finish()
}

/// An UPDATE. Without a filter it changes every row: whoever builds it asks first.
///
/// # Errors
/// As for [`select`].
pub(crate) fn update(update: &ast::Update, dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.update(update)?;
    writer.finish()
}

/// An UPDATE of many rows, each with values of its own.
///
/// # Errors
/// As for [`select`].
pub(crate) fn update_rows(update: ast::UpdateRows, dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.update_rows(update);
    writer.finish()
}

/// A DELETE. Without a filter it deletes every row: whoever builds it asks first.
///
/// # Errors
/// As for [`select`].
pub(crate) fn delete(delete: &ast::Delete, dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.delete(delete)?;
    writer.finish()
}

/// A whole statement of the user's.
///
/// # Errors
/// As for [`select`].
pub(crate) fn raw(text: &'static str, arguments: &[ast::Node], dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.raw(text, arguments, writer::Place::ROOT, Writer::push)?;
    writer.finish()
}

/// A whole statement of the user's whose text was made at run time, and is not kept.
///
/// # Errors
/// As for [`select`].
pub(crate) fn raw_dynamic(text: &str, arguments: &[ast::Node], dialect: Dialect) -> Result<Sql> {
    let mut writer = Writer::new(dialect);
    writer.raw(text, arguments, writer::Place::ROOT, Writer::push_made)?;
    writer.finish()
}
