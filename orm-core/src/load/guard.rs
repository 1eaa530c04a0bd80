//! Loads that are decided at run time: the slot is guarded, and reading it gives a `Result`.

use std::marker::PhantomData;

use futures_util::future::BoxFuture;

use super::loader::Loader;
use super::slots::{SlotBatch, SlotLoad, Tree};
use crate::backend::Cells;
use crate::db::Lease;
use crate::error::Result;
use crate::model::{Cardinality, Guarded, Loaded, Model, Relation};

/// A loader that is used or not: what `with_if` puts into the slot.
#[derive(Debug, Clone)]
pub struct Guard<L>(pub(crate) Option<L>);

/// Loads nothing: what [`raise`](crate::Rel::raise) gives.
#[must_use = "a loader loads nothing until it is given to `.with(..)`"]
pub struct Raise<R>(PhantomData<fn() -> R>);

impl<R> Default for Raise<R> {
    fn default() -> Self {
        Raise(PhantomData)
    }
}

impl<R> Clone for Raise<R> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[diagnostic::do_not_recommend]
impl<L: Loader> Loader for Guard<L> {
    type Relation = L::Relation;
}

#[diagnostic::do_not_recommend]
impl<R: Relation> Loader for Raise<R> {
    type Relation = R;
}

impl<M: Model, V: Send + 'static, L: SlotLoad<M, Value = Loaded<V>>> SlotLoad<M> for Guard<L> {
    type Value = Guarded<V>;
    type Batch = GuardBatch<V, L::Batch>;

    fn start(self, tree: &mut Tree<'_>) -> Result<Self::Batch> {
        let inner = self.0.map(|loader| loader.start(tree)).transpose()?;
        Ok(GuardBatch { inner, value: PhantomData })
    }
}

impl<M: Model, R: Relation> SlotLoad<M> for Raise<R> {
    type Value = Guarded<<R::Cardinality as Cardinality>::Of<R::Target>>;
    type Batch = Never<<R::Cardinality as Cardinality>::Of<R::Target>>;

    fn start(self, _: &mut Tree<'_>) -> Result<Self::Batch> {
        Ok(Never(PhantomData))
    }
}

/// The batch of a [`Guard`]: that of its loader, where there is one.
pub struct GuardBatch<V, B> {
    inner: Option<B>,
    value: PhantomData<fn() -> V>,
}

impl<M: Model, V, B: SlotBatch<M>> SlotBatch<M> for GuardBatch<V, B> {
    fn push(&mut self, parent: usize, cells: &mut Cells<'_>) -> Result<()> {
        self.inner.as_mut().map_or(Ok(()), |inner| inner.push(parent, cells))
    }

    fn resolve<'a>(&'a mut self, parents: &'a [M], on: &'a mut Lease<'_>) -> BoxFuture<'a, Result<()>> {
        match &mut self.inner {
            Some(inner) => inner.resolve(parents, on),
            None => Box::pin(std::future::ready(Ok(()))),
        }
    }
}

impl<V, B: Iterator<Item = Loaded<V>>> Iterator for GuardBatch<V, B> {
    type Item = Guarded<V>;

    fn next(&mut self) -> Option<Guarded<V>> {
        match &mut self.inner {
            Some(inner) => inner.next().map(|loaded| Guarded::new(Some(loaded.into_inner()))),
            None => Some(Guarded::new(None)),
        }
    }
}

/// The batch of a [`Raise`].
pub struct Never<V>(PhantomData<fn() -> V>);

impl<M, V> SlotBatch<M> for Never<V> {
    fn resolve<'a>(&'a mut self, _: &'a [M], _: &'a mut Lease<'_>) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl<V> Iterator for Never<V> {
    type Item = Guarded<V>;

    fn next(&mut self) -> Option<Guarded<V>> {
        Some(Guarded::new(None))
    }
}
