//! Which transactions the running code stands in, by closure. Unlike the task's id, this tells the inside of a closure
//! from a sibling that merely runs in the same task (`join!`).

use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use super::holders::Purpose;

tokio::task_local! {
    static HELD: Arc<Held>;
}

/// A transaction whose closure is running, inside of another one or not.
struct Held {
    pool: u64,
    place: &'static Location<'static>,
    around: Option<Arc<Held>>,
}

/// Runs `work` as the inside of a transaction of the pool.
pub(super) fn inside<F: Future>(
    pool: u64,
    place: &'static Location<'static>,
    work: F,
) -> impl Future<Output = F::Output> {
    let around = HELD.try_with(Arc::clone).ok();
    HELD.scope(Arc::new(Held { pool, place, around }), work)
}

/// The transaction of the pool that the running code stands in, in words.
pub(super) fn holder(pool: u64) -> Option<String> {
    let mut held = HELD.try_with(Arc::clone).ok();
    while let Some(scope) = held {
        if scope.pool == pool {
            return Some(Purpose::Transaction(scope.place).to_string());
        }
        held = scope.around.clone();
    }
    None
}
