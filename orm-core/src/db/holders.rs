//! Who holds the connections, for messages and to tell a task that waits for itself.

use std::fmt::Write as _;
use std::panic::Location;
use std::sync::Arc;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::task::Id;

use super::pulse::Pulse;

/// What a connection is out for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// One query.
    Query,
    /// A transaction, with the place that began it.
    Transaction(&'static Location<'static>),
    /// Whatever its user does with it, with the place that asked for it.
    Lent(&'static Location<'static>),
}

impl Purpose {
    pub(super) fn place(self) -> Option<&'static Location<'static>> {
        match self {
            Purpose::Query => None,
            Purpose::Transaction(place) | Purpose::Lent(place) => Some(place),
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
            Purpose::Lent(place) => write!(f, "a connection lent at {}:{}", place.file(), place.line()),
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
    /// Of the statement that is under way.
    pulse: Option<Arc<Pulse>>,
}

impl Holder {
    /// How far it has come, where nothing is done with it though it could be.
    fn rests_at(&self) -> Option<u64> {
        match &self.loose {
            Some(loose) if !loose.busy => Some(loose.queries),
            _ => self.pulse.as_ref()?.due(),
        }
    }
}

/// One who gets a connection: waits for a permit, or opens it.
#[derive(Debug)]
struct Caller {
    id: HolderId,
    task: Task,
    pulse: Arc<Pulse>,
}

/// What is done with a transaction without a closure.
#[derive(Debug, Default)]
struct Loose {
    /// How many queries were begun.
    queries: u64,
    /// Whether one of them runs.
    busy: bool,
}

/// What a task may be waiting for though it is its own, and how far that has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suspect {
    id: HolderId,
    rests_at: u64,
}

/// The connections that are out of a pool, and those who are about to get one.
#[derive(Debug, Default)]
pub(super) struct Holders {
    next: u64,
    list: Vec<Holder>,
    callers: Vec<Caller>,
}

impl Holders {
    pub(super) fn add(
        &mut self,
        purpose: Purpose,
        is_loose: bool,
        pulse: Option<Arc<Pulse>>,
        since: Instant,
    ) -> HolderId {
        let id = self.next();
        let loose = is_loose.then(Loose::default);
        self.list.push(Holder { id, since, purpose, task: Task::current(), loose, pulse });
        id
    }

    pub(super) fn add_caller(&mut self, pulse: Arc<Pulse>) -> HolderId {
        let id = self.next();
        self.callers.push(Caller { id, task: Task::current(), pulse });
        id
    }

    pub(super) fn remove_caller(&mut self, id: HolderId) {
        self.callers.retain(|caller| caller.id != id);
    }

    fn next(&mut self) -> HolderId {
        self.next += 1;
        HolderId(self.next)
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

    /// What `task` has, and seems to do nothing with.
    pub(super) fn suspects(&self, task: Task) -> Vec<Suspect> {
        let holders = self.list.iter().filter(|holder| holder.task == task);
        let holders = holders.filter_map(|holder| Some((holder.id, holder.rests_at()?)));
        let callers = self.callers.iter().filter(|caller| caller.task == task);
        let callers = callers.filter_map(|caller| Some((caller.id, caller.pulse.due()?)));
        holders.chain(callers).map(|(id, rests_at)| Suspect { id, rests_at }).collect()
    }

    /// One of these that has not come any further since, in words.
    pub(super) fn unmoved(&self, suspects: &[Suspect]) -> Option<String> {
        let rests = |id, rests_at: Option<u64>| {
            rests_at.is_some_and(|rests_at| suspects.contains(&Suspect { id, rests_at }))
        };
        let holder = self.list.iter().find(|holder| rests(holder.id, holder.rests_at()));
        if let Some(holder) = holder {
            let idle = holder.loose.as_ref().is_some_and(|loose| !loose.busy);
            let unpolled = if idle { "" } else { ", which nobody polls" };
            return Some(format!("{}{unpolled}", holder.purpose));
        }
        let is_caller = self.callers.iter().any(|caller| rests(caller.id, caller.pulse.due()));
        is_caller.then(|| "a query that is about to begin, which nobody polls".to_owned())
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
