//! What the connections of a pool have in common.

use std::sync::atomic::{AtomicU64, Ordering};

use super::tables::Tables;
use crate::observe::Observers;

/// Shared by a pool and all of its connections.
#[derive(Default)]
pub(super) struct Context {
    pub(super) observers: Observers,
    pub(super) tables: Tables,
    /// Whether a pooler gives each transaction another session.
    pub(super) through_pooler: bool,
    /// How many times connections were found broken together.
    generation: AtomicU64,
}

/// When a connection was opened, as far as the fate of others tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(u64);

impl Context {
    pub(super) fn new(through_pooler: bool) -> Self {
        Context { through_pooler, ..Context::default() }
    }

    /// The generation of a connection that is opened next.
    pub(super) fn generation(&self) -> Generation {
        Generation(self.generation.load(Ordering::Acquire))
    }

    pub(super) fn is_current(&self, generation: Generation) -> bool {
        self.generation() == generation
    }

    /// A connection of this generation broke in a way that the others are likely to share: none of them is used again.
    /// SQLAlchemy does so too
    /// (<https://docs.sqlalchemy.org/en/20/core/pooling.html#disconnect-handling-optimistic>). Those that broke with it
    /// change nothing any more.
    pub(super) fn invalidate(&self, generation: Generation) {
        self.generation.fetch_max(generation.0 + 1, Ordering::AcqRel);
    }
}
