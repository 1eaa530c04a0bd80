//! One row of a result, whatever the backend, read by position.

use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, ModelMeta};
use crate::value::{Cell, ColumnType, Key, Mismatch};

/// A row of one of the drivers.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    #[cfg(feature = "sqlite")]
    Sqlite(&'r sqlx::sqlite::SqliteRow),
    #[cfg(feature = "postgres")]
    Postgres(&'r sqlx::postgres::PgRow),
    #[cfg(feature = "mysql")]
    MySql(&'r sqlx::mysql::MySqlRow),
}

impl<'r> Row<'r> {
    /// The value in column `index`.
    pub(crate) fn cell(self, index: usize) -> Result<Cell<'r>, Mismatch> {
        match self {
            #[cfg(feature = "sqlite")]
            Row::Sqlite(row) => super::sqlite::cell(row, index),
            #[cfg(feature = "postgres")]
            Row::Postgres(row) => super::postgres::cell(row, index),
            #[cfg(feature = "mysql")]
            Row::MySql(row) => super::mysql::cell(row, index),
        }
    }
}

/// The values of one row, taken from left to right.
pub struct Cells<'r> {
    row: Row<'r>,
    next: usize,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(row: Row<'r>) -> Self {
        Cells { row, next: 0 }
    }

    /// The next value, as column `index` of `model`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the model and the column, where the value does not fit the type.
    pub fn take<T: ColumnType>(&mut self, model: &'static ModelMeta, index: usize) -> Result<T> {
        self.take_as(model.name, || model.columns.get(index).map_or("", |column| column.field))
    }

    /// The next value, named `column` of `model` where it does not fit.
    pub(crate) fn take_as<T: ColumnType>(
        &mut self,
        model: &'static str,
        column: impl FnOnce() -> &'static str,
    ) -> Result<T> {
        let value = self.row.cell(self.next).and_then(T::decode);
        self.next += 1;
        value.map_err(|mismatch| Error::Decode { model, column: column(), mismatch })
    }

    /// The key that stands in the next columns, without taking it; `None` where a part is NULL.
    pub(crate) fn peek_key(
        &self,
        columns: &[&'static ColumnMeta],
        offset: impl Fn(&ColumnMeta) -> usize,
    ) -> Result<Option<Key>> {
        let mut parts = Vec::with_capacity(columns.len());
        for column in columns {
            let cell = self.row.cell(self.next + offset(column)).map_err(|mismatch| Error::Decode {
                model: column.model,
                column: column.field,
                mismatch,
            })?;
            parts.push(Key::of_cell(cell, column.sql_type));
        }
        Ok(Key::join(parts))
    }

    /// Passes over the next `count` values.
    pub(crate) fn skip(&mut self, count: usize) {
        self.next += count;
    }
}
