//! Who holds the connections, for messages and to tell a task that waits for itself.

use std::fmt::Write as _;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::Id;

/// What a connection is out for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// One query.
    Query,
    /// A transaction, with the place that began it.
    Transaction(&'static Location<'static>),
}

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Purpose::Query => f.write_str("a query"),
            Purpose::Transaction(place) => {
                write!(f, "a transaction begun at {}:{}", place.file(), place.line())
            }
        }
    }
}

/// A task; outside of any, the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Spawned(Id),
    Root(ThreadId),
}

impl Task {
    pub(super) fn current() -> Self {
        tokio::task::try_id().map_or_else(|| Task::Root(std::thread::current().id()), Task::Spawned)
    }
}

struct Holder {
    id: u64,
    since: Instant,
    purpose: Purpose,
    /// The task that last used a transaction without a closure.
    task: Option<Task>,
}

/// The connections that are out of a pool.
#[derive(Default)]
pub(super) struct Holders {
    out: Mutex<Out>,
    returned: Notify,
}

#[derive(Default)]
struct Out {
    next: u64,
    holders: Vec<Holder>,
}

impl Holders {
    pub(super) fn add(&self, purpose: Purpose, task: Option<Task>) -> u64 {
        let mut out = self.lock();
        out.next += 1;
        let id = out.next;
        out.holders.push(Holder { id, since: Instant::now(), purpose, task });
        id
    }

    pub(super) fn remove(&self, id: u64) {
        let mut out = self.lock();
        if let Some(index) = out.holders.iter().position(|holder| holder.id == id) {
            out.holders.swap_remove(index);
        }
        drop(out);
        self.returned.notify_waiters();
    }

    /// The transaction is now used by another task.
    pub(super) fn hand_over(&self, id: u64, task: Task) {
        if let Some(holder) = self.lock().holders.iter_mut().find(|holder| holder.id == id) {
            holder.task = Some(task);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().holders.len()
    }

    /// Waits until all connections are back, but not longer than `limit`.
    pub(super) async fn all_returned(&self, limit: Duration) {
        let wait = async {
            loop {
                let returned = self.returned.notified();
                if self.count() == 0 {
                    return;
                }
                returned.await;
            }
        };
        // Past the limit, whoever still has a connection keeps it until he drops it.
        let _ = tokio::time::timeout(limit, wait).await;
    }

    /// The transaction that `task` holds, in words.
    pub(super) fn held_by(&self, task: Task) -> Option<String> {
        let out = self.lock();
        let holder = out.holders.iter().find(|holder| holder.task == Some(task))?;
        Some(holder.purpose.to_string())
    }

    /// All holders in words, the longest first, to stand after "in use".
    pub(super) fn describe(&self) -> String {
        const SHOWN: usize = 8;
        let mut out = self.lock();
        out.holders.sort_by_key(|holder| holder.since);
        let mut text = String::new();
        for (index, holder) in out.holders.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { ": " } else { ", " };
            let _ = write!(text, "{separator}{} for {:.1?}", holder.purpose, holder.since.elapsed());
        }
        if let Some(more) = out.holders.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = write!(text, " and {more} more");
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
