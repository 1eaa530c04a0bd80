//! The pool: deadpool's, with connections that go back only if they are clean.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deadpool::managed::{
    self, Metrics, Object, PoolError, QueueMode, RecycleError, RecycleResult, TimeoutType, Timeouts,
};

use super::connection::Connection;
use super::held;
use super::holders::{Holders, Purpose, Task};
use crate::backend::Target;
use crate::error::{Error, Result};
use crate::observe::Observers;

/// How long [`Db::close`](crate::Db::close) waits for connections to come back, and for the servers' good-bye.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// How many connections a pool has, and what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Open connections, in use or not.
    pub size: usize,
    /// Open connections that wait for work.
    pub idle: usize,
    /// Connections in use by a query or a transaction.
    pub in_use: usize,
    /// How many there may be: `pool_size` and `max_overflow` together.
    pub max: usize,
    /// Callers that wait for a connection.
    pub waiters: usize,
}

/// Makes connections for deadpool.
struct Manager {
    target: Target,
    observers: Observers,
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = Error;

    async fn create(&self) -> Result<Connection> {
        Ok(Connection::new(self.target.connect().await?, self.observers.clone()))
    }

    /// Costs no round trip: a connection that is not clean was closed when it came back.
    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<Error> {
        if connection.is_clean() { Ok(()) } else { Err(RecycleError::message("closed")) }
    }
}

/// Connections to one target.
pub(super) struct Pool {
    /// Tells this pool from others.
    id: u64,
    inner: managed::Pool<Manager>,
    holders: Arc<Holders>,
    waiters: AtomicUsize,
    max: usize,
    timeout: Duration,
}

impl Pool {
    pub(super) fn new(target: Target, observers: Observers, max: usize, timeout: Duration) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let inner = managed::Pool::builder(Manager { target, observers })
            .max_size(max)
            .queue_mode(QueueMode::Lifo)
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| Error::Configuration(error.to_string()))?;
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Ok(Pool { id, inner, holders: Arc::default(), waiters: AtomicUsize::new(0), max, timeout })
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// A connection, idle or new. Waits where all are in use, unless the caller holds one of them in a transaction.
    pub(super) async fn acquire(&self, purpose: Purpose, task: Option<Task>) -> Result<Pooled> {
        let object = match self.get(Duration::ZERO).await {
            Err(PoolError::Timeout(TimeoutType::Wait)) => self.wait().await?,
            result => result.map_err(|error| self.explain(error, Duration::ZERO))?,
        };
        let holders = Arc::clone(&self.holders);
        let id = holders.add(purpose, task);
        Ok(Pooled { object, holders, id, task })
    }

    async fn wait(&self) -> Result<Object<Manager>> {
        if let Some(holder) = held::holder(self.id).or_else(|| self.holders.held_by(Task::current())) {
            return Err(Error::PoolDeadlock { holder });
        }
        let _waiting = Waiting::new(&self.waiters);
        let started = Instant::now();
        self.get(self.timeout).await.map_err(|error| self.explain(error, started.elapsed()))
    }

    async fn get(&self, wait: Duration) -> Result<Object<Manager>, PoolError<Error>> {
        let timeouts = Timeouts { wait: Some(wait), create: Some(self.timeout), recycle: None };
        self.inner.timeout_get(&timeouts).await
    }

    /// A connect error keeps its kind; only a wait for a free connection is a pool timeout.
    fn explain(&self, error: PoolError<Error>, waited: Duration) -> Error {
        let message = match error {
            PoolError::Backend(error) => return error,
            PoolError::Timeout(TimeoutType::Wait) => {
                return Error::PoolTimeout { waited, size: self.max, holders: self.holders.describe() };
            }
            PoolError::Timeout(_) => {
                format!("{} did not answer within {:?}", self.inner.manager().target.redacted(), self.timeout)
            }
            PoolError::Closed => "the database was closed by `Db::close`".to_owned(),
            other => other.to_string(),
        };
        Error::Connection { message }
    }

    pub(super) fn status(&self) -> PoolStatus {
        // Closed ones stay in deadpool's queue until their turn comes.
        self.inner.retain(|connection, _| connection.is_open());
        let size = self.inner.status().size;
        let in_use = self.holders.count().min(size);
        PoolStatus {
            size,
            idle: size - in_use,
            in_use,
            max: self.max,
            waiters: self.waiters.load(Ordering::Relaxed),
        }
    }

    /// Refuses new borrowers, parts with the idle connections in order, and waits a moment for the rest.
    pub(super) async fn close(&self) {
        let idle = self.inner.retain(|_, _| false).removed;
        self.inner.close();
        let part = async {
            for driver in idle.into_iter().filter_map(Connection::into_driver) {
                driver.close().await;
            }
        };
        let _ = tokio::time::timeout(CLOSE_LIMIT, part).await;
        self.holders.all_returned(CLOSE_LIMIT).await;
    }
}

/// Counts a caller that waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiters: &'a AtomicUsize) -> Self {
        waiters.fetch_add(1, Ordering::Relaxed);
        Waiting(waiters)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection that is out of the pool, until it is dropped.
pub(super) struct Pooled {
    object: Object<Manager>,
    holders: Arc<Holders>,
    id: u64,
    task: Option<Task>,
}

impl Pooled {
    /// Tells the pool which task uses a transaction that no closure holds.
    pub(super) fn touch(&mut self) {
        let current = Task::current();
        if let Some(task) = &mut self.task
            && *task != current
        {
            *task = current;
            self.holders.hand_over(self.id, current);
        }
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.object
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.object
    }
}

impl Drop for Pooled {
    /// A connection that is busy, inside a transaction or broken loses its socket here; the pool finds it closed and makes
    /// another one.
    fn drop(&mut self) {
        if !self.object.is_clean() {
            self.object.close();
        }
        self.holders.remove(self.id);
    }
}
