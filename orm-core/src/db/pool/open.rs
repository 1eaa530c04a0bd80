//! How a connection is opened.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout_at;

use super::{LIMIT, Shared};
use crate::backend::Driver;
use crate::db::context::Generation;
use crate::db::hooks;
use crate::db::pulse::Pulse;
use crate::dialect::Dialect;
use crate::error::{ConnectionReason, Error, Result};
use crate::observe::PoolEvent;

/// What was made with a connection and stays with it.
#[derive(Debug, Clone)]
pub(super) struct Birth {
    pub(super) generation: Generation,
    /// `None` where statements end as soon as they are polled.
    pub(super) pulse: Option<Arc<Pulse>>,
    /// `None`: never too old.
    expires: Option<Instant>,
}

impl Birth {
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }
}

impl Shared {
    /// Opens a connection and runs the hooks on it. The caller has a permit. Who has waited long for it still gets a second.
    pub(super) async fn open(&self, deadline: Option<Instant>) -> Result<(Driver, Birth)> {
        let started = Instant::now();
        // Taken first: what breaks meanwhile may have broken this one too.
        let generation = self.context.generation();
        let work = self.connect(generation);
        let opened = match deadline {
            Some(deadline) => timeout_at(deadline.max(started + LIMIT).into(), work).await,
            None => Ok(work.await),
        };
        let opened = opened.unwrap_or_else(|_| {
            let message = format!("{} did not answer within {:.1?}", self.target, started.elapsed());
            Err(Error::Connection { reason: ConnectionReason::NoAnswer, message })
        });
        match opened {
            Ok(driver) => {
                self.state().counts.opened += 1;
                self.context.observers.pool(|| PoolEvent::Opened { elapsed: started.elapsed() });
                let expires = self.limits.recycle.and_then(|limit| started.checked_add(jittered(limit)));
                let pulse = (driver.dialect() != Dialect::Sqlite).then(Arc::default);
                Ok((driver, Birth { generation, pulse, expires }))
            }
            Err(error) => {
                self.state().counts.failed += 1;
                self.context.observers.pool(|| PoolEvent::OpenFailed { error: &error });
                Err(error)
            }
        }
    }

    async fn connect(&self, generation: Generation) -> Result<Driver> {
        let driver = self.target.connect().await?;
        if self.hooks.is_empty() {
            return Ok(driver);
        }
        hooks::run(&self.hooks, self.id, driver, &self.context, generation).await
    }
}

/// Up to a fifth less, so that connections opened together are not all replaced together.
fn jittered(limit: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) % 1_000;
    let thousandths = 1_000 - random / 5;
    limit.mul_f64(f64::from(u32::try_from(thousandths).unwrap_or(1_000)) / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_differ_and_are_never_longer_than_set() {
        let limit = Duration::from_secs(1_000);
        let lives: Vec<_> = (0..100).map(|_| jittered(limit)).collect();
        assert!(lives.iter().all(|life| (Duration::from_secs(800)..=limit).contains(life)), "{lives:?}");
        assert!(lives.iter().any(|life| *life != lives[0]), "{lives:?}");
    }
}
