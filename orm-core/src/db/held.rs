//! Which connections the running code stands in, by closure: those of transactions, and those that are being opened.
//! Unlike the task's id, this tells the inside of a closure from a sibling that merely runs in the same task (`join!`).

use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use super::holders::Purpose;

tokio::task_local! {
    static HELD: Arc<Held>;
}

/// A closure that is running and has a connection, inside of another one or not.
struct Held {
    pool: u64,
    /// Where its transaction was begun; `None` for a hook on connect.
    place: Option<&'static Location<'static>>,
    around: Option<Arc<Held>>,
}

/// Runs `work` as the inside of a transaction of the pool.
pub(super) fn inside<F: Future>(
    pool: u64,
    place: &'static Location<'static>,
    work: F,
) -> impl Future<Output = F::Output> {
    with(pool, Some(place), work)
}

/// Runs `work` as a hook on a new connection of the pool.
pub(super) fn connecting<F: Future>(pool: u64, work: F) -> impl Future<Output = F::Output> {
    with(pool, None, work)
}

fn with<F: Future>(
    pool: u64,
    place: Option<&'static Location<'static>>,
    work: F,
) -> impl Future<Output = F::Output> {
    let around = HELD.try_with(Arc::clone).ok();
    HELD.scope(Arc::new(Held { pool, place, around }), work)
}

/// What has a connection of the pool around the running code, in words.
pub(super) fn holder(pool: u64) -> Option<String> {
    let mut held = HELD.try_with(Arc::clone).ok();
    while let Some(scope) = held {
        if scope.pool == pool {
            let transaction = scope.place.map(|place| Purpose::Transaction(place).to_string());
            return Some(transaction.unwrap_or_else(|| "a hook on connect".to_owned()));
        }
        held = scope.around.clone();
    }
    None
}
