//! Reading rows into models, and running a select.

use super::plan::{Batch, Plan};
use super::slots::Tree;
use crate::ast::{Select, Shape};
use crate::backend::{Cells, Row, Sink};
use crate::db::Lease;
use crate::error::Result;
use crate::model::Model;
use crate::sql;
use crate::value::{Key, Value};

/// The models read so far.
pub struct Rows<M> {
    models: Vec<M>,
    /// Scope and key of the last one: rows that repeat a model follow one another, since every select is ordered by the
    /// keys of its parents first.
    last: Option<(usize, Option<Key>)>,
}

impl<M> Default for Rows<M> {
    fn default() -> Self {
        Rows { models: Vec::new(), last: None }
    }
}

impl<M: Model> Rows<M> {
    /// Reads the model in the next cells, or passes over it where it is the last one again. Returns its number.
    pub(crate) fn read(&mut self, scope: usize, cells: &mut Cells<'_>) -> Result<usize> {
        if cells.repeats() {
            let key = Some((scope, cells.peek_key(M::META.primary)?));
            if key == self.last {
                cells.skip(M::META.columns.len());
                return Ok(self.models.len().saturating_sub(1));
            }
            self.last = key;
        }
        self.models.push(M::decode(cells)?);
        Ok(self.models.len() - 1)
    }

    /// The value that the model with this number has in this column.
    #[inline]
    pub(crate) fn value(&self, row: usize, column: usize) -> Value {
        match self.models.get(row) {
            Some(model) => model.value(column),
            None => Value::Null,
        }
    }

    pub(crate) fn take(&mut self) -> Vec<M> {
        self.last = None;
        std::mem::take(&mut self.models)
    }
}

/// Gives each row of a result to a batch.
struct Gather<'a, B> {
    batch: &'a mut B,
    repeats: bool,
}

impl<B: Batch> Sink for Gather<'_, B> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        self.batch.push(0, &mut Cells::new(row, self.repeats)).map(drop)
    }
}

/// Runs a select: its own statement, then those of its loaders.
pub(crate) async fn fetch<P: Plan>(plan: P, select: &mut Select, on: &mut Lease<'_>) -> Result<Vec<P::Row>> {
    let mut batch = plan.start(&mut Tree { select, at: Select::ROOT })?;
    let repeats = select.multiplies;
    let sql = sql::select(select, Shape::Rows, on.dialect())?;
    on.fetch(&sql, &mut Gather { batch: &mut batch, repeats }).await?;
    batch.resolve(on).await
}
