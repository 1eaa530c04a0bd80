//! Watching statements: what was sent, how long it took.

use std::sync::Arc;
use std::time::Duration;

/// A statement that was sent.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The text, with placeholders.
    pub statement: &'a str,
    /// How many values were bound.
    pub binds: usize,
    /// How many rows came back, or were changed.
    pub rows: u64,
    /// From sending to the last row.
    pub elapsed: Duration,
    /// Whether the statement succeeded.
    pub succeeded: bool,
}

impl<'a> Event<'a> {
    pub(crate) fn new(
        statement: &'a str,
        binds: usize,
        rows: u64,
        elapsed: Duration,
        succeeded: bool,
    ) -> Self {
        Event { statement, binds, rows, elapsed, succeeded }
    }
}

/// What [`Db::observe`](crate::Db::observe) takes: called after each statement, on the task that sent it.
pub trait Observer: Send + Sync + 'static {
    /// A statement was sent and has ended.
    fn statement(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync + 'static> Observer for F {
    fn statement(&self, event: &Event<'_>) {
        self(event);
    }
}

/// The observers of a database, told of each statement in the order in which they came.
pub(crate) type Observers = Arc<std::sync::RwLock<Vec<Arc<dyn Observer>>>>;
