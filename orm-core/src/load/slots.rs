//! What the slots of a model do while a query runs. The derive's struct of slots holds loaders first, then batches,
//! then values; this module says what it takes to be each.

use futures_util::future::BoxFuture;

use crate::ast::{Alias, Select};
use crate::backend::Cells;
use crate::db::Lease;
use crate::error::Result;
use crate::model::Model;

/// The part of a select that a loader may add to: columns and joins at its parent's table.
#[doc(hidden)]
pub struct Tree<'a> {
    pub(crate) select: &'a mut Select,
    pub(crate) at: Alias,
}

/// A loader in a slot, or an unloaded slot.
pub trait SlotLoad<M: Model>: Send + 'static {
    /// What the slot holds when the query is done.
    type Value: Send + 'static;
    /// What it holds while the query runs.
    type Batch: SlotBatch<M> + Iterator<Item = Result<Self::Value>>;

    /// Adds what is selected in the parent's own statement.
    ///
    /// # Errors
    /// Where the query contradicts itself.
    fn select(&self, tree: &mut Tree<'_>) -> Result<()>;

    /// Starts the batch.
    fn batch(self) -> Self::Batch;
}

/// What a slot gathers for all parents of a query: the related rows and which parent each belongs to. As an iterator it
/// gives the value for each parent in turn, once it has been resolved.
pub trait SlotBatch<M>: Send {
    /// Reads what the slot selected in the parent's own row.
    ///
    /// # Errors
    /// Where a value does not fit its field.
    fn push(&mut self, parent: usize, cells: &mut Cells<'_>) -> Result<()>;

    /// Sends the statements that the slot needs beyond the parent's own.
    fn resolve<'a>(&'a mut self, parents: &'a [M], on: &'a mut Lease<'_>) -> BoxFuture<'a, Result<()>>;
}

/// A struct of slots as a whole. Derived: every function calls each slot.
pub trait Loads<M: Model>: Send + 'static {
    /// The struct with the loaded values.
    type Values: Send + 'static;
    /// The struct with the batches.
    type Batch: Send;

    /// See [`SlotLoad::select`].
    ///
    /// # Errors
    /// Where the query contradicts itself.
    fn select(&self, tree: &mut Tree<'_>) -> Result<()>;

    /// Starts all batches.
    fn batch(self) -> Self::Batch;

    /// The batches, to go over.
    fn each(batch: &mut Self::Batch) -> Vec<&mut dyn SlotBatch<M>>;

    /// The values for the next parent; `None` after the last.
    fn next(batch: &mut Self::Batch) -> Option<Result<Self::Values>>;
}
