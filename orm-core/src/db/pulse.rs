//! Whether work that waits is still being polled.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Of a statement that is under way, or of a caller that gets a connection.
///
/// A future that nobody polls any more (the rest of a `buffered` stream, while the body of the loop runs) keeps what it has,
/// and whoever waits for that in the same task waits for ever. It is known by this: it was woken, and still it was not
/// polled. A future beside it (`join!`) is polled whenever its task is.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    task: AtomicWaker,
    runs: AtomicBool,
    /// Woken and not polled since.
    is_due: AtomicBool,
    polls: AtomicU64,
}

impl Wake for Pulse {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_due.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Pulse {
    /// Runs the future to its end.
    pub(super) async fn watch<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        let mut work = pin!(work);
        let waker = Waker::from(Arc::clone(self));
        self.runs.store(true, Ordering::Release);
        let output = poll_fn(|context| {
            self.task.register(context.waker());
            self.polls.fetch_add(1, Ordering::Relaxed);
            self.is_due.store(false, Ordering::Release);
            work.as_mut().poll(&mut Context::from_waker(&waker))
        })
        .await;
        self.runs.store(false, Ordering::Release);
        output
    }

    /// How often it was polled, where it is due for the next time. The same number a while later: nobody polls it.
    pub(super) fn due(&self) -> Option<u64> {
        let due = self.runs.load(Ordering::Acquire) && self.is_due.load(Ordering::Acquire);
        due.then(|| self.polls.load(Ordering::Relaxed))
    }
}
