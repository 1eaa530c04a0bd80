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

/// The values of rows to insert. Rows that give the same columns are kept together: a column that is not given takes its
/// default, and NULL is a value.
#[derive(Debug)]
pub struct NewRows {
    meta: &'static ModelMeta,
    /// The rows that are like the last one; the row that is being written is behind them.
    open: AlikeRows,
    /// Rows that give other columns.
    others: Vec<AlikeRows>,
    /// What the row that is being written gives so far.
    given: Vec<&'static ColumnMeta>,
    /// How many columns of it were passed.
    passed: usize,
    rows: usize,
}

/// Rows to insert that give the same columns.
#[derive(Debug, Default)]
pub(crate) struct AlikeRows {
    pub(crate) columns: Vec<&'static ColumnMeta>,
    /// The rows' places in the input.
    pub(crate) places: Vec<usize>,
    /// Row by row, one a column.
    pub(crate) values: Vec<Value>,
    /// How many bytes all values have.
    pub(crate) bytes: usize,
}

impl NewRows {
    /// With room for so many rows.
    pub(crate) fn new(meta: &'static ModelMeta, rows: usize) -> Self {
        let values = Vec::with_capacity(rows * meta.columns.len());
        let open = AlikeRows { columns: Vec::new(), places: Vec::with_capacity(rows), values, bytes: 0 };
        let given = Vec::with_capacity(meta.columns.len());
        NewRows { meta, open, others: Vec::new(), given, passed: 0, rows: 0 }
    }

    /// The next column gets this value.
    pub fn value(&mut self, value: Value) {
        self.given.extend(self.meta.columns.get(self.passed));
        self.passed += 1;
        self.open.bytes += value.size();
        self.open.values.push(value);
    }

    /// The next column gets its default.
    pub fn unset(&mut self) {
        self.passed += 1;
    }

    /// The next column gets this value, or its default.
    pub fn defaulted(&mut self, value: Option<Value>) {
        match value {
            Some(value) => self.value(value),
            None => self.unset(),
        }
    }

    /// All columns of a row were passed.
    pub(crate) fn end_row(&mut self) {
        if !self.open.gives(&self.given) {
            self.change();
        }
        self.open.places.push(self.rows);
        self.rows += 1;
        self.passed = 0;
        self.given.clear();
    }

    /// Puts the last row to those that are like it.
    fn change(&mut self) {
        if self.rows == 0 {
            self.open.columns = std::mem::take(&mut self.given);
            return;
        }
        let row = self.open.values.split_off(self.open.values.len() - self.given.len());
        let like = self.others.iter().position(|other| other.gives(&self.given));
        let mut other = match like {
            Some(like) => self.others.swap_remove(like),
            None => AlikeRows { columns: self.given.clone(), ..AlikeRows::default() },
        };
        let bytes = row.iter().map(Value::size).sum::<usize>();
        self.open.bytes -= bytes;
        other.bytes += bytes;
        other.values.extend(row);
        self.others.push(std::mem::replace(&mut self.open, other));
    }

    /// How many rows.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Which columns are given, for all rows that are alike.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &[&'static ColumnMeta]> {
        self.others.iter().chain([&self.open]).map(|rows| &*rows.columns)
    }

    /// The rows, those that are alike together, in the order of the first ones of them.
    pub(crate) fn into_alike(mut self) -> Vec<AlikeRows> {
        self.others.push(self.open);
        self.others.sort_by_key(|rows| rows.places.first().copied());
        self.others
    }
}

impl AlikeRows {
    /// Whether these are the columns.
    fn gives(&self, columns: &[&'static ColumnMeta]) -> bool {
        self.columns.iter().map(|column| column.index).eq(columns.iter().map(|column| column.index))
    }
}
