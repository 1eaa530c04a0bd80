//! How many rows a relation leads to.

use crate::error::{Error, Result};
use crate::meta::Link;
use crate::value::{NotNull, Nullable};

/// How many rows a relation leads to: [`Many`], [`Maybe`] one, or exactly [`One`].
pub trait Cardinality: Send + Sync + 'static {
    /// Whether it leads to any number of rows.
    const MANY: bool;
    /// The value that a full load gives: `Vec<T>`, `Option<T>` or `T`.
    type Of<T: Send + 'static>: Send + 'static;

    /// Makes that value of the rows that were found.
    ///
    /// # Errors
    /// [`Error::Vanished`] where one row must be there and is not.
    fn gather<T: Send + 'static>(link: &'static Link, rows: impl Iterator<Item = T>) -> Result<Self::Of<T>>;
}

/// Any number of rows: `has_many`, `many_to_many`.
#[derive(Debug, Clone, Copy)]
pub enum Many {}

/// One row or none: `has_one`, and a `belongs_to` whose key is nullable.
#[derive(Debug, Clone, Copy)]
pub enum Maybe {}

/// Exactly one row: a `belongs_to` whose key is NOT NULL.
#[derive(Debug, Clone, Copy)]
pub enum One {}

impl Cardinality for Many {
    const MANY: bool = true;
    type Of<T: Send + 'static> = Vec<T>;

    fn gather<T: Send + 'static>(_: &'static Link, rows: impl Iterator<Item = T>) -> Result<Vec<T>> {
        Ok(rows.collect())
    }
}

impl Cardinality for Maybe {
    const MANY: bool = false;
    type Of<T: Send + 'static> = Option<T>;

    fn gather<T: Send + 'static>(_: &'static Link, rows: impl Iterator<Item = T>) -> Result<Option<T>> {
        Ok(rows.last())
    }
}

impl Cardinality for One {
    const MANY: bool = false;
    type Of<T: Send + 'static> = T;

    fn gather<T: Send + 'static>(link: &'static Link, rows: impl Iterator<Item = T>) -> Result<T> {
        rows.last().ok_or(Error::Vanished { model: link.source.name, relation: link.name })
    }
}

/// The cardinality of a `belongs_to`, by the nullability of its key.
pub trait ToOne {
    /// [`One`] or [`Maybe`].
    type Cardinality: Cardinality;
}

impl ToOne for NotNull {
    type Cardinality = One;
}

impl ToOne for Nullable {
    type Cardinality = Maybe;
}
