//! What a pool knows about itself, under its lock.

use std::time::{Duration, Instant};

use super::open::Birth;
use crate::backend::Driver;
use crate::db::holders::Holders;
use crate::db::settings::Limits;

/// A connection that waits for work. It is as it was when it was opened: nothing else is kept of its last use.
pub(super) struct Idle {
    pub(super) driver: Driver,
    pub(super) birth: Birth,
    pub(super) since: Instant,
}

#[derive(Default)]
pub(super) struct State {
    /// The one that was used last is at the end, and goes first: what is not needed grows old and shows it.
    pub(super) idle: Vec<Idle>,
    pub(super) holders: Holders,
    pub(super) waiters: usize,
    pub(super) counts: Counts,
    pub(super) closed: bool,
}

/// What happened so far.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) opened: u64,
    pub(super) failed: u64,
    pub(super) closed: u64,
    pub(super) waits: u64,
    pub(super) waited: Duration,
    pub(super) timeouts: u64,
}

/// How many connections a pool has, and what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Connections, in use or not, those that are being opened or closed included.
    pub size: usize,
    /// Open connections that wait for work.
    pub idle: usize,
    /// Connections in use by a query or a transaction.
    pub in_use: usize,
    /// How many of them are beyond `pool_size`.
    pub overflow: usize,
    /// How many there may be: `pool_size` and `max_overflow` together.
    pub max: usize,
    /// Callers that wait for a connection.
    pub waiters: usize,
    /// How many callers have waited, since the start.
    pub waits: u64,
    /// How long they have waited, all together.
    pub waited: Duration,
    /// How many of them waited in vain ([`Error::PoolTimeout`](crate::Error::PoolTimeout)).
    pub timeouts: u64,
    /// How many connections were opened, since the start.
    pub opened: u64,
    /// How many could not be opened.
    pub failed: u64,
    /// How many were closed, by the pool or because they broke.
    pub closed: u64,
}

impl State {
    /// `idle` connections are of use, `free` permits are not given out.
    pub(super) fn status(&self, limits: &Limits, idle: usize, free: usize) -> PoolStatus {
        // One that comes back is idle a moment before its permit is free.
        let size = (idle + limits.max.saturating_sub(free)).min(limits.max);
        PoolStatus {
            size,
            idle,
            in_use: self.holders.count(),
            overflow: size.saturating_sub(limits.size),
            max: limits.max,
            waiters: self.waiters,
            waits: self.counts.waits,
            waited: self.counts.waited,
            timeouts: self.counts.timeouts,
            opened: self.counts.opened,
            failed: self.counts.failed,
            closed: self.counts.closed,
        }
    }
}
