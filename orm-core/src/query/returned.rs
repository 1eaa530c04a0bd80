//! Columns that a write names, and reading what it returns.

use crate::backend::{Cells, Row, Sink, fit};
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::model::{Column, Model};
use crate::value::{ColumnType, Key, each_tuple};

/// A column of `M`, or a tuple of up to twelve: what `update_many` writes and `returning` gives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of columns of `{M}`",
    label = "expected a tuple of columns such as `({M}::id, {M}::name)`"
)]
pub trait ColumnSet<M>: Send + Sync + 'static {
    /// What a row of them becomes.
    type Row: Send + 'static;
    /// Whether these are all columns of the model, in its order.
    #[doc(hidden)]
    const WHOLE: bool = false;

    /// The columns.
    #[doc(hidden)]
    fn columns(&self, columns: &mut Vec<&'static ColumnMeta>);

    /// Reads a row of them.
    ///
    /// # Errors
    /// Where a value does not fit its field.
    #[doc(hidden)]
    fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Row>;
}

impl<M: Model, T: ColumnType> ColumnSet<M> for Column<M, T> {
    type Row = T;

    fn columns(&self, columns: &mut Vec<&'static ColumnMeta>) {
        columns.push(self.meta());
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<T> {
        let index = self.meta().index;
        fit(M::META, index, T::decode(cells.cell(M::META, index)?))
    }
}

macro_rules! column_set {
    ($($name:ident)+) => {
        impl<M, $($name: ColumnSet<M>),+> ColumnSet<M> for ($($name,)+) {
            type Row = ($($name::Row,)+);

            fn columns(&self, columns: &mut Vec<&'static ColumnMeta>) {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                $($name.columns(columns);)+
            }

            fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Row> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                Ok(($($name.read(cells)?,)+))
            }
        }
    };
}

each_tuple!(column_set);

/// All columns of a model, read as the model: what `all` returns without `returning`.
#[derive(Debug)]
pub struct WholeRow<M>(std::marker::PhantomData<fn() -> M>);

impl<M> Default for WholeRow<M> {
    fn default() -> Self {
        WholeRow(std::marker::PhantomData)
    }
}

impl<M: Model> ColumnSet<M> for WholeRow<M> {
    type Row = M;
    const WHOLE: bool = true;

    fn columns(&self, columns: &mut Vec<&'static ColumnMeta>) {
        columns.extend(M::META.columns);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<M> {
        M::decode(cells)
    }
}

/// Rows that came back from a write, each with its primary key, which is returned before the columns asked for where these do
/// not hold it anyway.
pub(super) struct Returned<'a, M: Model, C: ColumnSet<M>> {
    columns: &'a C,
    pub(super) rows: Vec<(Option<Key>, C::Row)>,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<'a, M: Model, C: ColumnSet<M>> Returned<'a, M, C> {
    pub(super) fn new(columns: &'a C) -> Self {
        Returned { columns, rows: Vec::new(), model: std::marker::PhantomData }
    }

    /// What must be returned: the primary key, then the columns asked for.
    pub(super) fn wanted(columns: &C) -> Vec<&'static ColumnMeta> {
        let mut wanted = if C::WHOLE { Vec::new() } else { M::META.primary.to_vec() };
        columns.columns(&mut wanted);
        wanted
    }
}

impl<M: Model, C: ColumnSet<M>> Sink for Returned<'_, M, C> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        let mut cells = Cells::new(row, false);
        let key =
            if C::WHOLE { cells.peek_key(M::META.primary)? } else { cells.take_key(M::META.primary)? };
        self.rows.push((key, self.columns.read(&mut cells)?));
        Ok(())
    }
}

/// Refuses to write a read-only model.
pub(super) fn writable<M: Model>() -> Result<()> {
    if M::META.read_only { Err(Error::ReadOnly { model: M::META.name }) } else { Ok(()) }
}
