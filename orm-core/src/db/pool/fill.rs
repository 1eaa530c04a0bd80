//! Connections that are opened before anybody asks for them.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Shared;
use super::state::Idle;
use crate::observe::CloseReason;

/// How often a look is taken without a cause, and how long after a failure to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps `min_idle` connections idle for as long as the pool lives.
pub(super) async fn keep(pool: Weak<Shared>, wanting: Arc<Notify>) {
    loop {
        let Some(shared) = pool.upgrade() else { return };
        shared.part_with_unfit().await;
        while shared.lacks_idle() && shared.add_idle().await {}
        if shared.state().closed {
            return;
        }
        drop(shared);
        let _ = tokio::time::timeout(PAUSE, wanting.notified()).await;
    }
}

impl Shared {
    /// Idle connections that nobody will get are closed, so that others take their place.
    async fn part_with_unfit(self: &Arc<Self>) {
        // There is one until it is closed.
        while let Ok(_permit) = self.try_permit() {
            let now = Instant::now();
            let unfit = {
                let mut state = self.state();
                let unfit = state.idle.iter().position(|idle| self.fate(idle, now).is_some());
                unfit.map(|index| state.idle.remove(index))
            };
            let Some(idle) = unfit else { return };
            let reason = self.fate(&idle, now).unwrap_or(CloseReason::Expired);
            self.part_with(idle.driver, reason).await;
        }
    }

    fn lacks_idle(&self) -> bool {
        let state = self.state();
        let wanted = self.limits.min_idle.min(self.limits.max);
        !state.closed && state.idle.len() < wanted
    }

    /// Opens a connection for nobody, where there may be one more. Whether another one may follow.
    async fn add_idle(self: &Arc<Self>) -> bool {
        let Ok(permit) = self.try_permit() else { return false };
        if !self.has_room() {
            return false;
        }
        let deadline = Instant::now().checked_add(self.limits.timeout);
        let Ok((driver, birth)) = self.open(deadline).await else { return false };
        let mut state = self.state();
        if state.closed {
            return false;
        }
        // Below those that were used: they are the ones that are known to work.
        state.idle.insert(0, Idle { driver, birth, since: Instant::now() });
        drop(state);
        drop(permit);
        true
    }

    /// Whether this permit's connection would not be one too many: idle ones have none.
    fn has_room(&self) -> bool {
        let state = self.state();
        let given_out = self.limits.max.saturating_sub(self.permits.available_permits());
        state.idle.len() + given_out <= self.limits.max
    }
}

impl Drop for Shared {
    /// The task that fills the pool finds it gone.
    fn drop(&mut self) {
        self.wanting.notify_one();
    }
}
