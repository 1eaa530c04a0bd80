//! Operations, each dropped after every number of polls (hazards 1, 2, 3, 14, 25).

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use orm_core::Result;
use orm_proxy::Side;

use crate::subject::Subject;
use crate::{BEFORE, State};

/// More polls than any operation takes.
const MOST_POLLS: usize = 20_000;

/// Up to this number of polls, every number is tried; above it, every tenth part more.
const EVERY: usize = 200;

/// Something that users do with a database.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    /// What it may leave behind beside the state before; the last one where it was acknowledged.
    pub(crate) leaves: fn(&Subject) -> Vec<State>,
    pub(crate) run: Run,
}

/// Runs an operation for so many polls and drops it: `None` where it was dropped, else whether it was acknowledged.
pub(crate) type Run = for<'a> fn(&'a Subject, usize) -> Pin<Box<dyn Future<Output = Option<bool>> + 'a>>;

/// Writes operations: `NAME in BYTES, STATES, |subject| given READY = SETUP => BODY`. The setup is not dropped; the body is a
/// block with a `Result`.
#[macro_export]
macro_rules! operations {
    ($($name:literal $(in $pieces:literal)?, $leaves:expr, |$subject:ident| $(given $ready:pat = $setup:expr =>)? $body:block)+) => {
        &[$($crate::sweep::Operation {
            name: $name,
            leaves: |$subject| { let _ = $subject; $leaves },
            run: |$subject, polls| Box::pin(async move {
                $(let $ready = $setup;)?
                $crate::sweep::ended($crate::sweep::stepwise($subject, [$($pieces,)? 16][0], async move $body, polls).await)
            }),
        }),+]
    };
}

/// Polls a future up to `polls` times and drops it.
pub(crate) async fn poll_and_drop<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    poll_each(future, polls, || ()).await
}

/// [`poll_and_drop`], where each poll finds one piece of so many bytes more of what the server sends.
pub(crate) async fn stepwise<F: Future>(
    subject: &Subject,
    bytes: usize,
    future: F,
    polls: usize,
) -> Option<F::Output> {
    let Some(proxy) = &subject.proxy else { return poll_and_drop(future, polls).await };
    proxy.hold(Side::Server, bytes);
    // A piece that another connection had in its way took the step: the one that is waited for gets another.
    let again = async {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            proxy.step(Side::Server);
        }
    };
    let output = tokio::select! {
        biased;
        output = poll_each(future, polls, || proxy.step(Side::Server)) => output,
        () = again => None,
    };
    proxy.flow();
    output
}

async fn poll_each<F: Future>(future: F, polls: usize, pending: impl Fn()) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut done = 0;
    poll_fn(|context| {
        done += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if done >= polls => Poll::Ready(None),
            Poll::Pending => {
                pending();
                Poll::Pending
            }
        }
    })
    .await
}

/// Whether it was acknowledged, if it ended.
pub(crate) fn ended<T>(outcome: Option<Result<T>>) -> Option<bool> {
    outcome.map(|result| result.map_err(|error| panic!("{error}")).is_ok())
}

/// Sweeps operations; gives how often one was dropped half-way.
pub(crate) async fn sweep(subject: &Subject, operations: &[Operation]) -> usize {
    let mut dropped = 0;
    for operation in operations {
        let polls = drop_at_every_poll(subject, operation).await;
        println!("{}: dropped at {polls} places", operation.name);
        dropped += polls;
    }
    dropped
}

async fn drop_at_every_poll(subject: &Subject, operation: &Operation) -> usize {
    let (mut polls, mut dropped, mut completed) = (0, 0, 0);
    // A run may take fewer polls than another; so it counts only when two in a row have ended.
    while completed < 2 {
        polls += 1 + if polls < EVERY { 0 } else { polls / 10 };
        assert!(polls < MOST_POLLS, "{} never ended", operation.name);
        match drop_at(subject, operation, polls).await {
            Some(()) => completed += 1,
            None => (dropped, completed) = (dropped + 1, 0),
        }
    }
    dropped
}

/// Runs the operation for so many polls and looks at what is left of it. `None` where it was dropped.
async fn drop_at(subject: &Subject, operation: &Operation, polls: usize) -> Option<()> {
    let _place = Place(operation, polls);
    subject.reset().await;
    let run = (operation.run)(subject, polls);
    let outcome = tokio::time::timeout(Duration::from_secs(30), run).await.expect("it hangs");
    subject.settled().await;
    let left = subject.state().await;
    let after = (operation.leaves)(subject);
    match outcome {
        Some(true) => assert_eq!(Some(&left), after.last()),
        _ => assert!(left == BEFORE || after.contains(&left), "{left:?}"),
    }
    subject.works(left).await;
    outcome.map(drop)
}

/// Says where a check failed.
struct Place<'a>(&'a Operation, usize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("in `{}`, dropped after {} polls:", self.0.name, self.1);
        }
    }
}
