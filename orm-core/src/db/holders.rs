//! Who holds the connections, for messages and to tell a task that waits for itself.

use std::fmt::Write as _;
use std::panic::Location;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::task::Id;

/// What a connection is out for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// One query.
    Query,
    /// A transaction, with the place that began it.
    Transaction(&'static Location<'static>),
}

impl Purpose {
    pub(super) fn place(self) -> Option<&'static Location<'static>> {
        match self {
            Purpose::Query => None,
            Purpose::Transaction(place) => Some(place),
        }
    }
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

/// One that has a connection out of a pool: [`Db::pool_holders`](crate::Db::pool_holders).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PoolHolder {
    /// Where its transaction was begun; `None` for a single query.
    pub place: Option<&'static Location<'static>>,
    /// For how long it has had the connection.
    pub held: Duration,
}

/// Tells a holder from others of its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HolderId(u64);

#[derive(Debug)]
struct Holder {
    id: HolderId,
    since: Instant,
    purpose: Purpose,
    /// The task that used it last.
    task: Task,
    /// Of a transaction without a closure.
    loose: Option<Loose>,
}

/// What is done with a transaction without a closure.
#[derive(Debug, Default)]
struct Loose {
    /// How many queries were begun.
    queries: u64,
    /// Whether one of them runs.
    busy: bool,
}

/// A transaction that its own task may be waiting for, and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suspect {
    id: HolderId,
    queries: u64,
}

/// The connections that are out of a pool.
#[derive(Debug, Default)]
pub(super) struct Holders {
    next: u64,
    list: Vec<Holder>,
}

impl Holders {
    pub(super) fn add(&mut self, purpose: Purpose, is_loose: bool, since: Instant) -> HolderId {
        self.next += 1;
        let id = HolderId(self.next);
        let loose = is_loose.then(Loose::default);
        self.list.push(Holder { id, since, purpose, task: Task::current(), loose });
        id
    }

    /// What the connection was out for, and since when.
    pub(super) fn remove(&mut self, id: HolderId) -> Option<(Purpose, Instant)> {
        let index = self.list.iter().position(|holder| holder.id == id)?;
        let holder = self.list.swap_remove(index);
        Some((holder.purpose, holder.since))
    }

    /// A query on a transaction without a closure begins, in this task.
    pub(super) fn begin_query(&mut self, id: HolderId) {
        let Some(holder) = self.list.iter_mut().find(|holder| holder.id == id) else { return };
        holder.task = Task::current();
        if let Some(loose) = &mut holder.loose {
            *loose = Loose { queries: loose.queries + 1, busy: true };
        }
    }

    pub(super) fn end_query(&mut self, id: HolderId) {
        let holder = self.list.iter_mut().find(|holder| holder.id == id);
        if let Some(loose) = holder.and_then(|holder| holder.loose.as_mut()) {
            loose.busy = false;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// The transaction without a closure that `task` holds and no query of which runs.
    pub(super) fn suspect(&self, task: Task) -> Option<Suspect> {
        self.list.iter().filter(|holder| holder.task == task).find_map(|holder| {
            let loose = holder.loose.as_ref().filter(|loose| !loose.busy)?;
            Some(Suspect { id: holder.id, queries: loose.queries })
        })
    }

    /// What this transaction is, in words, where nothing has been done with it since.
    pub(super) fn unmoved(&self, suspect: Suspect) -> Option<String> {
        let holder = self.list.iter().find(|holder| holder.id == suspect.id)?;
        let loose = holder.loose.as_ref()?;
        (!loose.busy && loose.queries == suspect.queries).then(|| holder.purpose.to_string())
    }

    /// All holders, the longest first.
    pub(super) fn all(&self) -> Vec<PoolHolder> {
        let now = Instant::now();
        let one = |holder: &Holder| PoolHolder {
            place: holder.purpose.place(),
            held: now.saturating_duration_since(holder.since),
        };
        let mut all: Vec<_> = self.list.iter().map(one).collect();
        all.sort_by_key(|holder| std::cmp::Reverse(holder.held));
        all
    }

    /// All holders in words, the longest first, to stand after "in use". Those of the task that asks are marked: where it does
    /// not go on with them, it waits for itself.
    pub(super) fn describe(&mut self) -> String {
        const SHOWN: usize = 8;
        let task = Task::current();
        self.list.sort_by_key(|holder| holder.since);
        let mut text = String::new();
        for (index, holder) in self.list.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { ": " } else { ", " };
            let own = if holder.task == task { " in this very task" } else { "" };
            let _ = write!(text, "{separator}{}{own} for {:.1?}", holder.purpose, holder.since.elapsed());
        }
        if let Some(more) = self.list.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = write!(text, " and {more} more");
        }
        text
    }
}
