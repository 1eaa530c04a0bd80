//! INSERT of one row.

use super::insert_many::{InsertMany, insert_many};
use super::returned::{ColumnSet, WholeRow};
use crate::db::Executor;
use crate::error::{Error, Result};
use crate::model::{Insertable, Model};

/// An INSERT of one row of `M`.
#[must_use = "an insert does nothing until a verb such as `.one(&db)` runs it"]
pub struct Insert<M: Model, C: ColumnSet<M> = WholeRow<M>>(InsertMany<M, C>);

/// What the derive's `User::insert(row)` calls.
pub fn insert<I: Insertable>(row: I) -> Insert<I::Model> {
    Insert(insert_many([row]))
}

impl<M: Model, C: ColumnSet<M>> Insert<M, C> {
    /// Gives these columns of the stored row instead of the whole model.
    pub fn returning<D: ColumnSet<M>>(self, columns: D) -> Insert<M, D> {
        Insert(self.0.returning(columns))
    }

    /// Stores the row.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for a read-only model, before anything is sent; else what the database says.
    pub async fn exec<'c>(self, on: impl Executor<'c>) -> Result<()> {
        self.0.exec(on).await.map(drop)
    }

    /// Stores the row and gives it as it is stored, with generated key and defaults: `INSERT … RETURNING`, or on MySQL, which
    /// has no RETURNING, a SELECT by the key.
    ///
    /// # Errors
    /// As [`exec`](Insert::exec).
    pub async fn one<'c>(self, on: impl Executor<'c>) -> Result<C::Row> {
        self.0.all(on).await?.pop().ok_or(Error::NotFound { model: M::META.name })
    }
}
