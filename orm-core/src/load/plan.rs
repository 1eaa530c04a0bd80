//! Plans: what a select returns, as a type.

use futures_util::future::BoxFuture;
use std::marker::PhantomData;

use super::rows::Rows;
use super::slots::{Loads, Tree};
use crate::ast::Select;
use crate::backend::Cells;
use crate::db::Lease;
use crate::error::Result;
use crate::model::Model;
use crate::value::Value;

/// What a select returns: whole models, models with loaded relations, or columns.
pub trait Plan: Clone + Send + 'static {
    /// The model that the query is rooted at.
    type Model: Model;
    /// What one row of the result becomes.
    type Row: Send + 'static;
    /// What is gathered while the query runs.
    type Batch: Batch<Row = Self::Row>;

    /// Adds to the select what the plan needs, and starts the batch.
    ///
    /// # Errors
    /// [`Error::InvalidQuery`](crate::Error::InvalidQuery) where the query contradicts itself.
    fn start(self, tree: &mut Tree<'_>) -> Result<Self::Batch>;
}

/// What is gathered while a query runs.
pub trait Batch: Send {
    /// What one row of the result becomes.
    type Row;

    /// Reads one row of the result. Rows that tell of the same thing again (a to-many relation is joined) are told by their
    /// scope, which is the parent's number, and their key.
    ///
    /// Returns the number of the row that was read.
    ///
    /// # Errors
    /// Where a value does not fit its field.
    fn push(&mut self, scope: usize, cells: &mut Cells<'_>) -> Result<usize>;

    /// The value that the model in the row with this number has in this column, before it is resolved.
    fn value(&self, row: usize, column: usize) -> Value;

    /// Sends what further statements the plan needs, and gives the rows.
    fn resolve<'a>(&'a mut self, on: &'a mut Lease<'_>) -> BoxFuture<'a, Result<Vec<Self::Row>>>;
}

/// A plan to which loaders can be added.
#[diagnostic::on_unimplemented(
    message = "relations can not be loaded into `{Self}`",
    label = "this query returns columns, which have no relations",
    note = "call `.with(..)` on a query for whole models, without `.columns(..)`"
)]
pub trait Loadable: Plan {
    /// The slots, with the loaders that they hold so far.
    type Slots;

    /// The slots.
    fn into_slots(self) -> Self::Slots;
}

/// Whole models, and no relation.
pub struct Whole<M>(PhantomData<fn() -> M>);

/// Models with slots `S`, which hold loaders.
pub struct WithLoads<M, S> {
    slots: S,
    model: PhantomData<fn() -> M>,
}

impl<M> Default for Whole<M> {
    fn default() -> Self {
        Whole(PhantomData)
    }
}

impl<M> Clone for Whole<M> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<M, S> WithLoads<M, S> {
    pub(crate) fn new(slots: S) -> Self {
        WithLoads { slots, model: PhantomData }
    }
}

impl<M, S: Clone> Clone for WithLoads<M, S> {
    fn clone(&self) -> Self {
        Self::new(self.slots.clone())
    }
}

impl<M: Model> Loadable for Whole<M> {
    type Slots = M::Vacant;

    fn into_slots(self) -> M::Vacant {
        M::Vacant::default()
    }
}

impl<M: Model, S: Loads<M>> Loadable for WithLoads<M, S> {
    type Slots = S;

    fn into_slots(self) -> S {
        self.slots
    }
}

impl<M: Model> Plan for Whole<M> {
    type Model = M;
    type Row = M;
    type Batch = Rows<M>;

    fn start(self, tree: &mut Tree<'_>) -> Result<Rows<M>> {
        tree.columns(M::META);
        Ok(Rows::default())
    }
}

impl<M: Model> Batch for Rows<M> {
    type Row = M;

    fn push(&mut self, scope: usize, cells: &mut Cells<'_>) -> Result<usize> {
        self.read(scope, cells)
    }

    fn value(&self, row: usize, column: usize) -> Value {
        Rows::value(self, row, column)
    }

    fn resolve<'a>(&'a mut self, _: &'a mut Lease<'_>) -> BoxFuture<'a, Result<Vec<M>>> {
        Box::pin(std::future::ready(Ok(self.take())))
    }
}

impl<M: Model, S: Loads<M>> Plan for WithLoads<M, S> {
    type Model = M;
    type Row = M::With<S::Values>;
    type Batch = LoadBatch<M, S>;

    fn start(self, tree: &mut Tree<'_>) -> Result<LoadBatch<M, S>> {
        tree.columns(M::META);
        // The order of the rows must not depend on the strategy, and one that joins needs it.
        tree.select.ordered |= tree.at == Select::ROOT;
        let before = tree.select.joins.len();
        let slots = self.slots.start(tree)?;
        Ok(LoadBatch { rows: Rows::default(), slots, joins: tree.select.joins.len() > before })
    }
}

/// The batch of models with loads.
pub struct LoadBatch<M: Model, S: Loads<M>> {
    rows: Rows<M>,
    slots: S::Batch,
    /// Whether any slot has columns in the model's own rows.
    joins: bool,
}

impl<M: Model, S: Loads<M>> Batch for LoadBatch<M, S> {
    type Row = M::With<S::Values>;

    fn push(&mut self, scope: usize, cells: &mut Cells<'_>) -> Result<usize> {
        let index = self.rows.read(scope, cells)?;
        if self.joins {
            let mut at = 0;
            while let Some(slot) = S::slot(&mut self.slots, at) {
                slot.push(index, cells)?;
                at += 1;
            }
        }
        Ok(index)
    }

    fn value(&self, row: usize, column: usize) -> Value {
        self.rows.value(row, column)
    }

    fn resolve<'a>(&'a mut self, on: &'a mut Lease<'_>) -> BoxFuture<'a, Result<Vec<Self::Row>>> {
        Box::pin(async move {
            let models = self.rows.take();
            let mut at = 0;
            while let Some(slot) = S::slot(&mut self.slots, at) {
                slot.resolve(&models, on).await?;
                at += 1;
            }
            let mut loaded = Vec::with_capacity(models.len());
            loaded.extend(models.into_iter().map_while(|model| Some(model.with(S::next(&mut self.slots)?))));
            Ok(loaded)
        })
    }
}
