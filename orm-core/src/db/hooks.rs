//! What runs on each new connection.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::connection::Connection;
use super::context::{Context, Generation};
use super::held;
use crate::backend::Driver;
use crate::dialect::Dialect;
use crate::error::{ConnectionReason, Error, Result};

/// A connection that was just opened, as the hooks of [`DbBuilder::on_connect`](crate::DbBuilder::on_connect) get it. Queries
/// run on `&mut connection`.
pub struct NewConnection {
    /// `None` once it was dropped.
    connection: Option<Connection>,
    /// Where it goes then.
    back: Back,
    dialect: Dialect,
}

type Back = Arc<Mutex<Option<Connection>>>;

impl std::fmt::Debug for NewConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewConnection").finish_non_exhaustive()
    }
}

impl NewConnection {
    /// The dialect of the server.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or_else(|| failed("the connection is gone"))
    }
}

impl Drop for NewConnection {
    fn drop(&mut self) {
        *self.back.lock().unwrap_or_else(PoisonError::into_inner) = self.connection.take();
    }
}

/// A hook, for any number of connections.
pub(super) type Hook = Arc<dyn Fn(NewConnection) -> BoxFuture<'static, Result<()>> + Send + Sync>;

pub(super) fn hook<F, Fut>(work: F) -> Hook
where
    F: Fn(NewConnection) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    Arc::new(move |connection| work(connection).boxed())
}

/// Runs the hooks, one after the other. What they set is how every borrower finds the connection.
pub(super) async fn run(
    hooks: &[Hook],
    pool: u64,
    driver: Driver,
    context: &Arc<Context>,
    generation: Generation,
) -> Result<Driver> {
    let mut connection = Connection::new(driver, Arc::clone(context), generation, None);
    for hook in hooks {
        let back = Back::default();
        let dialect = connection.dialect();
        let work = hook(NewConnection { connection: Some(connection), back: Arc::clone(&back), dialect });
        held::connecting(pool, work).await.map_err(failed)?;
        let returned = back.lock().unwrap_or_else(PoisonError::into_inner).take();
        connection = returned.ok_or_else(|| failed("it kept the connection"))?;
        if connection.is_in_the_middle() {
            return Err(failed("it left a statement or a transaction unfinished"));
        }
    }
    connection.take_driver().ok_or_else(|| failed("it lost the connection"))
}

fn failed(cause: impl std::fmt::Display) -> Error {
    let message = format!("a hook on connect failed: {cause}");
    Error::Connection { reason: ConnectionReason::Hook, message }
}
