//! What the slots of a model do while a query runs. The derive's struct of slots holds loaders first, then batches,
//! then values; this module says what it takes to be each.

use futures_util::future::BoxFuture;

use crate::ast::{Alias, Select, Selected};
use crate::backend::Cells;
use crate::db::Lease;
use crate::error::Result;
use crate::meta::ModelMeta;
use crate::model::{Model, Relation, Unloaded};

/// The part of a select that a plan or a loader may add to: what is selected at, and joined to, one table.
pub struct Tree<'a> {
    pub(crate) select: &'a mut Select,
    pub(crate) at: Alias,
}

impl Tree<'_> {
    /// Selects all columns of the model whose table this is.
    pub(crate) fn columns(&mut self, model: &'static ModelMeta) {
        let at = self.at;
        self.select.columns.push((at, Selected::Model(model)));
    }
}

/// A loader in a slot, or an unloaded slot.
pub trait SlotLoad<M: Model>: Clone + Send + 'static {
    /// What the slot holds when the query is done.
    type Value: Send + 'static;
    /// What it holds while the query runs; once resolved, an iterator that gives the value for each parent in turn.
    type Batch: SlotBatch<M> + Iterator<Item = Self::Value>;

    /// Adds what is selected in the parent's own statement, and starts the batch.
    ///
    /// # Errors
    /// [`Error::InvalidQuery`](crate::Error::InvalidQuery) where the query contradicts itself.
    fn start(self, tree: &mut Tree<'_>) -> Result<Self::Batch>;
}

/// What a slot gathers for all parents of a query: the related rows and which parent each belongs to.
pub trait SlotBatch<M>: Send {
    /// Reads what the slot selected in the parent's own row.
    ///
    /// # Errors
    /// Where a value does not fit its field.
    fn push(&mut self, _parent: usize, _cells: &mut Cells<'_>) -> Result<()> {
        Ok(())
    }

    /// Sends the statements that the slot needs beyond the parent's own, and deals the rows out to the parents.
    fn resolve<'a>(&'a mut self, parents: &'a [M], on: &'a mut Lease<'_>) -> BoxFuture<'a, Result<()>>;
}

/// A struct of slots as a whole. Derived: every function calls each slot.
pub trait Loads<M: Model>: Clone + Send + 'static {
    /// The struct with the loaded values.
    type Values: Send + 'static;
    /// The struct with the batches.
    type Batch: Send;

    /// See [`SlotLoad::start`].
    ///
    /// # Errors
    /// Where the query contradicts itself.
    fn start(self, tree: &mut Tree<'_>) -> Result<Self::Batch>;

    /// The batch of the slot with this number; `None` after the last.
    fn slot(batch: &mut Self::Batch, index: usize) -> Option<&mut dyn SlotBatch<M>>;

    /// The values for the next parent; `None` after the last.
    fn next(batch: &mut Self::Batch) -> Option<Self::Values>;
}

/// The batch of an unloaded slot: as many unloaded values as are asked for.
pub struct Nothing<R>(std::marker::PhantomData<fn() -> R>);

impl<M: Model, R: Relation> SlotLoad<M> for Unloaded<R> {
    type Value = Unloaded<R>;
    type Batch = Nothing<R>;

    fn start(self, _: &mut Tree<'_>) -> Result<Nothing<R>> {
        Ok(Nothing(std::marker::PhantomData))
    }
}

impl<M, R> SlotBatch<M> for Nothing<R> {
    fn resolve<'a>(&'a mut self, _: &'a [M], _: &'a mut Lease<'_>) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl<R> Iterator for Nothing<R> {
    type Item = Unloaded<R>;

    fn next(&mut self) -> Option<Unloaded<R>> {
        Some(Unloaded::default())
    }
}
