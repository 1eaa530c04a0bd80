//! A connection that is out of the pool, and how it comes back.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Instant;

use super::open::Birth;
use super::state::Idle;
use super::{Permit, Shared};
use crate::backend::Driver;
use crate::db::connection::Connection;
use crate::db::holders::HolderId;
use crate::observe::{CloseReason, PoolEvent};

/// A connection that is out of the pool, until it is dropped. That costs no round trip and waits for nobody.
pub(in crate::db) struct Pooled {
    connection: Connection,
    /// `None` once it was dropped.
    permit: Option<Permit>,
    birth: Birth,
    holder: HolderId,
    /// Whether it is for a transaction without a closure, which any task may use.
    is_loose: bool,
}

impl Pooled {
    pub(super) fn new(
        permit: Permit,
        driver: Driver,
        birth: Birth,
        holder: HolderId,
        is_loose: bool,
    ) -> Self {
        let context = Arc::clone(&permit.0.context);
        let connection = Connection::new(driver, context, birth.generation, birth.pulse.clone());
        Pooled { connection, permit: Some(permit), birth, holder, is_loose }
    }

    /// Something begins to be done on a transaction: tells the pool which task does it, where no closure holds it.
    pub(in crate::db) fn begin_query(&mut self) {
        if let Some(Permit(shared)) = self.permit.as_ref().filter(|_| self.is_loose) {
            shared.state().holders.begin_query(self.holder);
        }
    }

    pub(in crate::db) fn end_query(&mut self) {
        if let Some(Permit(shared)) = self.permit.as_ref().filter(|_| self.is_loose) {
            shared.state().holders.end_query(self.holder);
        }
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Pooled {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let shared = Arc::clone(&permit.0);
        let now = Instant::now();
        let unfit = self.connection.unfit();
        let driver = self.connection.take_driver();
        let mut state = shared.state();
        let held = state.holders.remove(self.holder);
        let reason = match (unfit, driver) {
            (Some(reason), driver) => Some((reason, driver)),
            (None, Some(driver)) if state.closed => Some((CloseReason::DatabaseClosed, Some(driver))),
            (None, Some(driver)) => {
                let idle = Idle { driver, birth: self.birth.clone(), since: now };
                match shared.fate(&idle, now) {
                    Some(reason) => Some((reason, Some(idle.driver))),
                    // Who waits may have his permit already and not have come for the connection yet.
                    None if state.idle.len() >= shared.limits.size + state.waiters => {
                        Some((CloseReason::Overflow, Some(idle.driver)))
                    }
                    None => {
                        state.idle.push(idle);
                        None
                    }
                }
            }
            (None, None) => None,
        };
        let is_closed = state.closed;
        drop(state);
        if is_closed {
            shared.returned.notify_waiters();
        }
        if let Some((purpose, since)) = held {
            let held = now.saturating_duration_since(since);
            shared.context.observers.pool(|| PoolEvent::Returned { place: purpose.place(), held });
        }
        if let Some((reason, driver)) = reason {
            dismiss(shared, permit, driver, reason);
        }
    }
}

/// Closes a connection that came back. What is in the middle of something, or broken, loses its socket here; the server
/// rolls back. To others a task says good-bye, and the permit is free when they are gone.
fn dismiss(shared: Arc<Shared>, permit: Permit, driver: Option<Driver>, reason: CloseReason) {
    let at_once = matches!(reason, CloseReason::Abandoned | CloseReason::Broken | CloseReason::Invalidated);
    match (driver, tokio::runtime::Handle::try_current()) {
        (Some(driver), Ok(runtime)) if !at_once => {
            runtime.spawn(async move {
                shared.part_with(driver, reason).await;
                drop(permit);
            });
        }
        (driver, _) => {
            drop(driver);
            shared.was_closed(reason);
            if reason == CloseReason::Broken {
                shared.drop_invalidated();
            }
        }
    }
}
