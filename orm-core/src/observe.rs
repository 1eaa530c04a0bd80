//! Watching a database: what was sent and how long it took, what the pool did.

use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use crate::error::Error;

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

/// What a pool did. SQLAlchemy's pool events are the model
/// (<https://docs.sqlalchemy.org/en/20/core/events.html#connection-pool-events>).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum PoolEvent<'a> {
    /// A connection was opened and its hooks have run.
    #[non_exhaustive]
    Opened {
        /// How long that took.
        elapsed: Duration,
    },
    /// A connection could not be opened.
    #[non_exhaustive]
    OpenFailed {
        /// Why.
        error: &'a Error,
    },
    /// A connection was closed.
    #[non_exhaustive]
    Closed {
        /// Why.
        reason: CloseReason,
    },
    /// A connection was taken out of the pool.
    #[non_exhaustive]
    Acquired {
        /// Where the transaction was begun that it is for; `None` for a single query.
        place: Option<&'static Location<'static>>,
        /// How long the caller waited for a free one; zero where one was free.
        waited: Duration,
    },
    /// A caller gave up waiting for a free connection.
    #[non_exhaustive]
    TimedOut {
        /// How long he waited.
        waited: Duration,
    },
    /// A connection came back, to be kept or closed.
    #[non_exhaustive]
    Returned {
        /// Where the transaction was begun that it was for; `None` for a single query.
        place: Option<&'static Location<'static>>,
        /// How long it was out.
        held: Duration,
    },
}

/// Why a pool closed a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// It came back and the pool has as many idle connections as it keeps (`pool_size`).
    Overflow,
    /// It is older than `pool_recycle`.
    Expired,
    /// It was opened before a connection to the server broke, so it may be broken too.
    Invalidated,
    /// It did not answer the ping after it had been idle.
    Dead,
    /// It broke while it was in use.
    Broken,
    /// A future was dropped in the middle of a statement or a transaction.
    Abandoned,
    /// SQL of the user's own may have changed the state of its session.
    SessionChanged,
    /// The database was closed.
    DatabaseClosed,
}

/// What [`Db::observe`](crate::Db::observe) takes. A closure that takes an [`Event`] is one. Called on the task that caused
/// the event, so it should be quick.
pub trait Observer: Send + Sync + 'static {
    /// A statement was sent and has ended.
    fn statement(&self, event: &Event<'_>);

    /// The pool did something. Nothing unless written.
    fn pool(&self, event: &PoolEvent<'_>) {
        let _ = event;
    }
}

impl<F: Fn(&Event<'_>) + Send + Sync + 'static> Observer for F {
    fn statement(&self, event: &Event<'_>) {
        self(event);
    }
}

type Numbered = (u64, Arc<dyn Observer>);

/// The observers of a database, told of each event in the order in which they came.
#[derive(Default)]
pub(crate) struct Observers {
    /// Whether there are any, to be asked without a lock.
    any: AtomicBool,
    next: AtomicU64,
    list: RwLock<Vec<Numbered>>,
}

impl Observers {
    pub(crate) fn is_empty(&self) -> bool {
        !self.any.load(Ordering::Relaxed)
    }

    /// Adds an observer; the number is for [`remove`](Self::remove).
    pub(crate) fn add(&self, observer: Arc<dyn Observer>) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut list = self.write();
        list.push((number, observer));
        self.any.store(true, Ordering::Relaxed);
        number
    }

    pub(crate) fn remove(&self, number: u64) {
        let mut list = self.write();
        list.retain(|(other, _)| *other != number);
        self.any.store(!list.is_empty(), Ordering::Relaxed);
    }

    /// Tells of a statement.
    pub(crate) fn statement(&self, event: &Event<'_>) {
        self.each(|observer| observer.statement(event));
    }

    /// Tells of what the pool did. The event is made only where somebody wants it.
    pub(crate) fn pool<'a>(&self, event: impl FnOnce() -> PoolEvent<'a>) {
        if !self.is_empty() {
            let event = event();
            self.each(|observer| observer.pool(&event));
        }
    }

    /// Calls the observers outside of the lock, so that one may add another.
    fn each(&self, tell: impl Fn(&dyn Observer)) {
        let list = self.read().clone();
        for (_, observer) in &list {
            tell(&**observer);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Numbered>> {
        self.list.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Numbered>> {
        self.list.write().unwrap_or_else(PoisonError::into_inner)
    }
}
