//! Waiting for another connection's lock, without a thread that waits.

use std::time::{Duration, Instant};

use super::raw::{Failure, Handle};

const BUSY: i32 = 5;
const BUSY_SNAPSHOT: i32 = 517;
/// The first pause, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// How a statement waits: a little longer each time, until its time is over.
pub(super) struct Wait {
    timeout: Duration,
    since: Option<Instant>,
    pause: Duration,
}

impl Wait {
    pub(super) fn new(timeout: Duration) -> Self {
        Wait { timeout, since: None, pause: PAUSES.0 }
    }

    /// For how long to wait before the next try; `None` where another try would be for nothing.
    ///
    /// It would be where this connection has a snapshot or a lock of its own: the other one may wait for that, and what it
    /// has written meanwhile makes the snapshot useless. Only a COMMIT, which keeps its transaction, may wait then.
    pub(super) fn next(&mut self, failure: &Failure, handle: &mut Handle, ends: bool) -> Option<Duration> {
        let may_help =
            failure.code & 0xff == BUSY && failure.code != BUSY_SNAPSHOT && (ends || handle.is_idle());
        let since = *self.since.get_or_insert_with(Instant::now);
        let left = self.timeout.checked_sub(since.elapsed()).filter(|left| may_help && !left.is_zero())?;
        let pause = self.pause.min(left);
        self.pause = (self.pause * 2).min(PAUSES.1);
        Some(pause)
    }
}
