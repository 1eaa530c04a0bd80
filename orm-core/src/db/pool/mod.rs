//! The pool. SQLAlchemy's QueuePool is the model (<https://docs.sqlalchemy.org/en/20/core/pooling.html>).
//!
//! A caller needs one of as many *permits* as there may be connections, and keeps it from before a connection is opened
//! until after it is closed: so there are never more connections than permits. Permits are given in the order in which
//! they were asked for. Who has one takes the *idle* connection that was used last, or opens one. All else is under one
//! lock, which nobody holds while he waits.

mod fill;
mod open;
mod pooled;
mod state;

pub(super) use pooled::Pooled;
pub use state::PoolStatus;

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore, TryAcquireError};
use tokio::time::timeout;

use super::context::Context;
use super::held;
use super::holders::{HolderId, PoolHolder, Purpose, Task};
use super::hooks::Hook;
use super::pulse::Pulse;
use super::settings::Limits;
use crate::backend::{Driver, Target};
use crate::error::{ConnectionReason, Error, Result};
use crate::observe::{CloseReason, PoolEvent};
use open::Birth;
use state::{Idle, State};

/// How long a ping, a good-bye to the server, and [`Db::close`](crate::Db::close) may take.
const LIMIT: Duration = Duration::from_secs(1);

/// Connections to one target.
pub(super) struct Pool {
    shared: Arc<Shared>,
}

/// The pool as its connections know it: they may outlive the `Db`.
struct Shared {
    /// Tells this pool from others.
    id: u64,
    target: Target,
    hooks: Vec<Hook>,
    limits: Limits,
    context: Arc<Context>,
    permits: Semaphore,
    state: Mutex<State>,
    /// A connection came back while the pool is closed.
    returned: Notify,
    /// There may be fewer idle connections than wanted.
    wanting: Arc<Notify>,
}

/// The right to have a connection.
struct Permit(Arc<Shared>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.permits.add_permits(1);
    }
}

impl Pool {
    pub(super) fn new(target: Target, hooks: Vec<Hook>, limits: Limits) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let shared = Shared {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            context: Arc::new(Context::new(target.is_through_pooler())),
            target,
            hooks,
            limits,
            permits: Semaphore::new(limits.max),
            state: Mutex::default(),
            returned: Notify::new(),
            wanting: Arc::default(),
        };
        Pool { shared: Arc::new(shared) }
    }

    pub(super) fn id(&self) -> u64 {
        self.shared.id
    }

    pub(super) fn context(&self) -> &Context {
        &self.shared.context
    }

    /// Keeps `min_idle` connections ready from now on, in a task of its own.
    pub(super) fn keep_filled(&self) {
        if self.shared.limits.min_idle > 0 {
            tokio::spawn(fill::keep(Arc::downgrade(&self.shared), Arc::clone(&self.shared.wanting)));
        }
    }

    /// A connection that is there and needs no look: the usual case, without waiting. `is_loose`: for a transaction without a
    /// closure.
    pub(super) fn try_acquire(&self, purpose: Purpose, is_loose: bool) -> Option<Pooled> {
        let permit = self.shared.try_permit().ok()?;
        let now = Instant::now();
        let mut state = self.shared.state();
        let idle = state.idle.pop_if(|idle| self.shared.is_fresh(idle, now))?;
        let holder = state.holders.add(purpose, is_loose, idle.birth.pulse.clone(), now);
        drop(state);
        let pooled = Pooled::new(permit, idle.driver, idle.birth, holder, is_loose);
        self.handed_out(purpose, Duration::ZERO);
        Some(pooled)
    }

    /// A connection, idle or new. Waits where all are in use, unless the caller holds one of them in a transaction.
    pub(super) async fn acquire(&self, purpose: Purpose, is_loose: bool) -> Result<Pooled> {
        if let Some(pooled) = self.try_acquire(purpose, is_loose) {
            return Ok(pooled);
        }
        let caller = Caller::new(&self.shared);
        caller.pulse.watch(self.get(purpose, is_loose)).await
    }

    async fn get(&self, purpose: Purpose, is_loose: bool) -> Result<Pooled> {
        let started = Instant::now();
        let deadline = started.checked_add(self.shared.limits.timeout);
        let (permit, waited) = match self.shared.try_permit() {
            Ok(permit) => (permit, Duration::ZERO),
            Err(TryAcquireError::Closed) => return Err(was_closed()),
            Err(TryAcquireError::NoPermits) => (self.wait(started).await?, started.elapsed()),
        };
        let (driver, birth) = self.shared.obtain(deadline).await?;
        let pulse = birth.pulse.clone();
        let holder = self.shared.state().holders.add(purpose, is_loose, pulse, Instant::now());
        let pooled = Pooled::new(permit, driver, birth, holder, is_loose);
        self.handed_out(purpose, waited);
        Ok(pooled)
    }

    fn handed_out(&self, purpose: Purpose, waited: Duration) {
        let shared = &self.shared;
        if shared.limits.min_idle > 0 {
            shared.wanting.notify_one();
        }
        shared.context.observers.pool(|| PoolEvent::Acquired { place: purpose.place(), waited });
    }

    /// Waits for a permit, in the order in which callers came.
    async fn wait(&self, started: Instant) -> Result<Permit> {
        if let Some(holder) = held::holder(self.shared.id) {
            return Err(Error::PoolDeadlock { holder });
        }
        let shared = &self.shared;
        let _waiting = Waiting::new(shared, started);
        let task = Task::current();
        let mut granted = pin!(shared.permits.acquire());
        loop {
            // What this very task has: it waits for itself if nothing is done with that while it waits. Another future of the
            // task (`join!`) would go on with what it has.
            let suspects = shared.state().holders.suspects(task);
            let left = shared.limits.timeout.saturating_sub(started.elapsed());
            match timeout(left.min(LIMIT), granted.as_mut()).await {
                Ok(Ok(permit)) => {
                    permit.forget();
                    return Ok(Permit(Arc::clone(shared)));
                }
                Ok(Err(_)) => return Err(was_closed()),
                Err(_) => {
                    let unmoved = shared.state().holders.unmoved(&suspects);
                    if let Some(holder) = unmoved {
                        return Err(Error::PoolDeadlock { holder });
                    }
                    if started.elapsed() >= shared.limits.timeout {
                        return Err(self.timed_out(started.elapsed()));
                    }
                }
            }
        }
    }

    fn timed_out(&self, waited: Duration) -> Error {
        let shared = &self.shared;
        let mut state = shared.state();
        state.counts.timeouts += 1;
        let holders = state.holders.describe();
        drop(state);
        shared.context.observers.pool(|| PoolEvent::TimedOut { waited });
        Error::PoolTimeout { waited, size: shared.limits.max, holders }
    }

    pub(super) fn status(&self) -> PoolStatus {
        let shared = &self.shared;
        let state = shared.state();
        // Without those that would not be used again.
        let idle = state.idle.iter().filter(|idle| shared.context.is_current(idle.birth.generation)).count();
        state.status(&shared.limits, idle, shared.permits.available_permits())
    }

    pub(super) fn holders(&self) -> Vec<PoolHolder> {
        self.shared.state().holders.all()
    }

    /// Refuses new borrowers, parts with the idle connections in order, and waits a moment for the rest.
    pub(super) async fn close(&self) {
        let shared = &self.shared;
        shared.permits.close();
        shared.wanting.notify_one();
        let idle = {
            let mut state = shared.state();
            state.closed = true;
            std::mem::take(&mut state.idle)
        };
        let all = idle.into_iter().map(|idle| shared.part_with(idle.driver, CloseReason::DatabaseClosed));
        futures_util::future::join_all(all).await;
        let returned = async {
            loop {
                let one = shared.returned.notified();
                if shared.state().holders.count() == 0 {
                    return;
                }
                one.await;
            }
        };
        // Past the limit, whoever still has a connection keeps it until he drops it.
        let _ = timeout(LIMIT, returned).await;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_permit(self: &Arc<Self>) -> Result<Permit, TryAcquireError> {
        self.permits.try_acquire()?.forget();
        Ok(Permit(Arc::clone(self)))
    }

    /// Whether the connection may be used without a look at it.
    fn is_fresh(&self, idle: &Idle, now: Instant) -> bool {
        self.fate(idle, now).is_none() && now.saturating_duration_since(idle.since) < self.limits.ping_after
    }

    /// Why the connection must not be used again, as far as can be told without asking the server.
    fn fate(&self, idle: &Idle, now: Instant) -> Option<CloseReason> {
        if !self.context.is_current(idle.birth.generation) {
            Some(CloseReason::Invalidated)
        } else {
            idle.birth.is_over(now).then_some(CloseReason::Expired)
        }
    }

    /// An idle connection that lives, else a new one. Any number of dead ones are passed over on the way.
    async fn obtain(self: &Arc<Self>, deadline: Option<Instant>) -> Result<(Driver, Birth)> {
        loop {
            let idle = {
                let mut state = self.state();
                if state.closed {
                    return Err(was_closed());
                }
                state.idle.pop()
            };
            let Some(mut idle) = idle else { return self.open(deadline).await };
            let now = Instant::now();
            match self.fate(&idle, now) {
                Some(CloseReason::Expired) => self.part_with(idle.driver, CloseReason::Expired).await,
                Some(reason) => self.drop_driver(idle.driver, reason),
                None if self.is_fresh(&idle, now) => return Ok((idle.driver, idle.birth)),
                None => match timeout(LIMIT, idle.driver.ping()).await {
                    Ok(Ok(())) => return Ok((idle.driver, idle.birth)),
                    _ => {
                        // What was idle for longer is no better.
                        self.context.invalidate(idle.birth.generation);
                        self.drop_driver(idle.driver, CloseReason::Dead);
                    }
                },
            }
        }
    }

    /// Closes the idle connections that broke with another one.
    fn drop_invalidated(&self) {
        let is_lost = |idle: &mut Idle| !self.context.is_current(idle.birth.generation);
        let lost: Vec<Idle> = self.state().idle.extract_if(.., is_lost).collect();
        lost.into_iter().for_each(|idle| self.drop_driver(idle.driver, CloseReason::Invalidated));
    }

    /// Closes the socket without a word.
    fn drop_driver(&self, driver: Driver, reason: CloseReason) {
        drop(driver);
        self.was_closed(reason);
    }

    /// Says good-bye to the server, but not for long.
    async fn part_with(&self, driver: Driver, reason: CloseReason) {
        let _ = timeout(LIMIT, driver.close()).await;
        self.was_closed(reason);
    }

    fn was_closed(&self, reason: CloseReason) {
        self.state().counts.closed += 1;
        if self.limits.min_idle > 0 {
            self.wanting.notify_one();
        }
        self.context.observers.pool(|| PoolEvent::Closed { reason });
    }
}

fn was_closed() -> Error {
    let message = "the database was closed by `Db::close`".to_owned();
    Error::Connection { reason: ConnectionReason::DatabaseClosed, message }
}

/// One who gets a connection, until it is dropped.
struct Caller<'a> {
    shared: &'a Shared,
    id: HolderId,
    pulse: Arc<Pulse>,
}

impl<'a> Caller<'a> {
    fn new(shared: &'a Shared) -> Self {
        let pulse = Arc::<Pulse>::default();
        let id = shared.state().holders.add_caller(Arc::clone(&pulse));
        Caller { shared, id, pulse }
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.shared.state().holders.remove_caller(self.id);
    }
}

/// Counts a caller that waits, until it is dropped.
struct Waiting<'a> {
    shared: &'a Shared,
    started: Instant,
}

impl<'a> Waiting<'a> {
    fn new(shared: &'a Shared, started: Instant) -> Self {
        shared.state().waiters += 1;
        Waiting { shared, started }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.waiters -= 1;
        state.counts.waits += 1;
        state.counts.waited += self.started.elapsed();
    }
}
