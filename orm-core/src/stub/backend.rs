//! STUB: stands in for the unfinished room.
use crate::{error::{Error, Result}, meta::ModelMeta, value::{Cell, ColumnType}};
/// Stub: cells of a row in memory.
pub struct Cells<'r>(std::vec::IntoIter<Cell<'r>>);
impl<'r> Cells<'r> {
    /// Stub.
    pub fn stub(cells: Vec<Cell<'r>>) -> Self {
        Cells(cells.into_iter())
    }
    /// Stub.
    pub fn take<T: ColumnType>(&mut self, model: &'static ModelMeta, index: usize) -> Result<T> {
        T::decode(self.0.next().unwrap_or(Cell::Null)).map_err(|mismatch| Error::Decode {
            model: model.name,
            column: model.columns.get(index).map_or("", |column| column.field),
            mismatch,
        })
    }
}
