//! How a database is opened.

use std::time::Duration;

use super::database::Db;
use super::pool::Pool;
use crate::backend::Target;
use crate::error::{Error, Result};
use crate::observe::Observers;

/// Settings of a [`Db`], made by [`Db::builder`].
#[derive(Clone)]
#[must_use = "nothing happens before `.connect()`"]
pub struct DbBuilder {
    url: String,
    pool_size: usize,
    max_overflow: usize,
    pool_timeout: Duration,
    assume_mysql: bool,
}

impl std::fmt::Debug for DbBuilder {
    /// Leaves the URL out: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DbBuilder")
            .field("pool_size", &self.pool_size)
            .field("max_overflow", &self.max_overflow)
            .field("pool_timeout", &self.pool_timeout)
            .finish_non_exhaustive()
    }
}

impl DbBuilder {
    pub(super) fn new(url: &str) -> Self {
        DbBuilder {
            url: url.to_owned(),
            pool_size: 5,
            max_overflow: 10,
            pool_timeout: Duration::from_secs(30),
            assume_mysql: false,
        }
    }

    /// How many connections are kept open: 5 unless set. `sqlite::memory:` always has one.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections;
        self
    }

    /// How many connections there may be beyond the pool's size: 10 unless set. They are kept like the others.
    pub fn max_overflow(mut self, connections: usize) -> Self {
        self.max_overflow = connections;
        self
    }

    /// How long a caller waits for a free connection, and how long connecting may take: 30 seconds unless set.
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool_timeout = timeout;
        self
    }

    /// Speaks to a MariaDB server as if it were MySQL 8, which has no RETURNING: for a proxy in front of MySQL that gives a
    /// wrong version, and for tests.
    pub fn assume_mysql(mut self) -> Self {
        self.assume_mysql = true;
        self
    }

    /// Opens the database and its first connection. Others are made when they are needed.
    ///
    /// # Errors
    /// [`Error::Configuration`] for a URL or setting that cannot be used, [`Error::Connection`] where the server cannot be
    /// reached or refuses the login.
    pub async fn connect(self) -> Result<Db> {
        let mut target = Target::parse(&self.url)?;
        if self.assume_mysql {
            target = target.assume_mysql();
        }
        let wanted = self.pool_size.saturating_add(self.max_overflow);
        let max = if target.is_memory() { 1 } else { wanted };
        if wanted == 0 {
            return Err(Error::Configuration("a pool needs at least one connection".to_owned()));
        }
        let name = target.redacted();
        let observers = Observers::default();
        let pool = Pool::new(target, observers.clone(), max, self.pool_timeout)?;
        Db::open(pool, observers, name).await
    }
}
