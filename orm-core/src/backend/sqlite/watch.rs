//! When a statement that runs must stop.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const NEVER: u64 = u64::MAX;

/// Tells a statement that runs when to stop. Shared by who runs it and who waits for it.
///
/// Both facts stand alone, so that no order between them and other memory is needed.
#[derive(Debug)]
pub(super) struct Watch {
    made: Instant,
    /// In microseconds after `made`.
    deadline: AtomicU64,
    cancelled: AtomicBool,
}

impl Default for Watch {
    fn default() -> Self {
        Watch { made: Instant::now(), deadline: AtomicU64::new(NEVER), cancelled: AtomicBool::new(false) }
    }
}

impl Watch {
    /// Stops what runs at this time, and whatever comes later, until the limit is lifted.
    pub(super) fn limit(&self, time: Instant) {
        let micros = time.saturating_duration_since(self.made).as_micros();
        self.deadline.store(u64::try_from(micros).unwrap_or(NEVER), Ordering::Relaxed);
    }

    /// Lets what runs take its time.
    pub(super) fn lift(&self) {
        self.deadline.store(NEVER, Ordering::Relaxed);
    }

    /// Stops what runs, for good: nobody waits for it.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether what runs must stop.
    pub(super) fn stops(&self) -> bool {
        if self.cancelled.load(Ordering::Relaxed) {
            return true;
        }
        let deadline = self.deadline.load(Ordering::Relaxed);
        deadline != NEVER && self.made.elapsed() >= Duration::from_micros(deadline)
    }
}
