//! A model: a struct that is a row of a table.

use crate::backend::Cells;
use crate::error::Result;
use crate::meta::{ColumnMeta, ModelMeta};
use crate::value::Value;

/// A struct that is a row of a table. Derived by `#[derive(Model)]`; not written by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "this type has no table",
    note = "add `#[derive(Model)]` and `#[model(table = \"…\")]` to the struct"
)]
pub trait Model: Clone + Send + Sync + 'static {
    /// Facts about the table.
    const META: &'static ModelMeta;
    /// The primary key: the field's type, or a tuple in the order of the fields.
    type Key: Send + 'static;
    /// The slots of the model's relations, none of them loaded.
    type Vacant: Default + Send + 'static;
    /// The loaded form: the model with slots.
    type With<S: Send + 'static>: Send + 'static;

    /// Reads the model from the next cells, one a column.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) where a value does not fit its field.
    fn decode(cells: &mut Cells<'_>) -> Result<Self>;

    /// The value of the column with this index, to bind.
    fn value(&self, index: usize) -> Value;

    /// The model together with the slots that were loaded for it.
    fn with<S: Send + 'static>(self, slots: S) -> Self::With<S>;
}

/// What `insert` takes: the model itself, with the keys given, or its `New…` struct without generated columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be inserted",
    label = "expected a model or its `New…` struct"
)]
pub trait Insertable: Send {
    /// The model of which this becomes a row.
    type Model: Model;

    /// Writes the values in the order of the model's columns.
    fn write(self, row: &mut NewRows);
}

/// The values of rows to insert: row by row, column by column.
#[derive(Debug)]
pub struct NewRows {
    meta: &'static ModelMeta,
    values: Vec<Option<Value>>,
}

impl NewRows {
    pub(crate) fn new(meta: &'static ModelMeta) -> Self {
        NewRows { meta, values: Vec::with_capacity(meta.columns.len()) }
    }

    /// The next column gets this value.
    pub fn value(&mut self, value: Value) {
        self.values.push(Some(value));
    }

    /// The next column gets its default.
    pub fn unset(&mut self) {
        self.values.push(None);
    }

    /// The next column gets this value, or its default.
    pub fn defaulted(&mut self, value: Option<Value>) {
        self.values.push(value);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The columns of every row, and for each row a value or none a column.
    pub(crate) fn into_parts(self) -> (&'static [ColumnMeta], Vec<Option<Value>>) {
        (self.meta.columns, self.values)
    }
}
