//! One row of a result, whatever the backend, read by position.

use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, ModelMeta};
use crate::value::{Cell, ColumnType, Key, Mismatch};

/// A row of one of the drivers.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    #[cfg(feature = "sqlite")]
    Sqlite(super::sqlite::Row<'r>),
    #[cfg(feature = "postgres")]
    Postgres(&'r sqlx::postgres::PgRow, &'r [super::postgres::Kind]),
    #[cfg(feature = "mysql")]
    MySql(&'r sqlx::mysql::MySqlRow, &'r [super::mysql::Kind]),
    #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
    None(std::convert::Infallible, std::marker::PhantomData<&'r ()>),
}

impl<'r> Row<'r> {
    /// The value in column `index`.
    #[inline]
    pub(crate) fn cell(self, index: usize) -> Result<Cell<'r>, Mismatch> {
        match self {
            #[cfg(feature = "sqlite")]
            Row::Sqlite(row) => row.cell(index),
            #[cfg(feature = "postgres")]
            Row::Postgres(row, layout) => super::postgres::cell(row, layout, index),
            #[cfg(feature = "mysql")]
            Row::MySql(row, layout) => super::mysql::cell(row, layout, index),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Row::None(never, _) => match never {},
        }
    }
}

/// The values of one row, taken from left to right.
pub struct Cells<'r> {
    row: Row<'r>,
    next: usize,
    repeats: bool,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(row: Row<'r>, repeats: bool) -> Self {
        Cells { row, next: 0, repeats }
    }

    /// Whether a model may come in several rows of this result, one after another.
    pub(crate) fn repeats(&self) -> bool {
        self.repeats
    }

    /// The next value, to be read for column `index` of `model`.
    ///
    /// # Errors
    /// [`Error::Decode`] with the model and the column, where it is of a kind that nothing can read.
    #[inline]
    pub fn cell(&mut self, model: &'static ModelMeta, index: usize) -> Result<Cell<'r>> {
        fit(model, index, self.next_cell())
    }

    /// The next value, named `column` of `model` where it does not fit.
    #[inline]
    pub(crate) fn take_as<T: ColumnType>(
        &mut self,
        model: &'static str,
        column: impl FnOnce() -> &'static str,
    ) -> Result<T> {
        let value = self.next_cell().and_then(T::decode);
        value.map_err(|mismatch| Error::Decode { model, column: column(), mismatch })
    }

    #[inline]
    fn next_cell(&mut self) -> Result<Cell<'r>, Mismatch> {
        let cell = self.row.cell(self.next);
        self.next += 1;
        cell
    }

    /// The primary key of the model whose columns come next, without taking them; `None` where a part is NULL.
    pub(crate) fn peek_key(&self, primary: &[&'static ColumnMeta]) -> Result<Option<Key>> {
        self.key(primary.iter().map(|column| (*column, column.index)))
    }

    /// The key whose columns come next; `None` where a part is NULL.
    pub(crate) fn take_key(&mut self, columns: &[&'static ColumnMeta]) -> Result<Option<Key>> {
        let key = self.key(columns.iter().copied().zip(0..))?;
        self.skip(columns.len());
        Ok(key)
    }

    /// The key of these columns, each with how many values it stands behind the next one.
    #[inline]
    fn key(&self, columns: impl Iterator<Item = (&'static ColumnMeta, usize)>) -> Result<Option<Key>> {
        Key::join(columns.map(|(column, offset)| self.part(column, offset)))
    }

    #[inline]
    fn part(&self, column: &'static ColumnMeta, offset: usize) -> Result<Option<Key>> {
        match self.row.cell(self.next + offset) {
            Ok(cell) => Ok(Key::of_cell(cell, column.sql_type)),
            Err(mismatch) => Err(Error::Decode { model: column.model, column: column.field, mismatch }),
        }
    }

    /// Passes over the next `count` values.
    pub(crate) fn skip(&mut self, count: usize) {
        self.next += count;
    }
}

/// A value read for column `index` of `model`.
///
/// # Errors
/// [`Error::Decode`] with the model and the column, where it does not fit.
#[inline]
pub fn fit<T>(model: &'static ModelMeta, index: usize, value: Result<T, Mismatch>) -> Result<T> {
    value.map_err(|mismatch| misfit(model, index, mismatch))
}

#[cold]
fn misfit(model: &'static ModelMeta, index: usize, mismatch: Mismatch) -> Error {
    let column = model.columns.get(index).map_or("", |column| column.field);
    Error::Decode { model: model.name, column, mismatch }
}
