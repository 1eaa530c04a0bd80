//! How a database is opened.

use std::future::Future;
use std::time::Duration;

use super::database::Db;
use super::hooks::{Hook, NewConnection, hook};
use super::pool::Pool;
use super::settings::{Pooler, Settings};
use crate::backend::Target;
use crate::error::Result;

/// Settings of a [`Db`], made by [`Db::builder`].
///
/// The pool is made after SQLAlchemy's `QueuePool` (<https://docs.sqlalchemy.org/en/20/core/pooling.html>): it keeps
/// `pool_size` connections and opens up to `max_overflow` more under load, which are closed when they come back and are not
/// needed. Callers wait in the order in which they came; the connection that was used last goes out first. What comes back
/// in the middle of a statement or a transaction, or broken, is closed and never used again; giving back costs no round
/// trip.
///
/// Most settings can stand in the URL too, where the builder's calls win: `pool_size`, `max_overflow`, `pool_timeout`,
/// `pool_recycle`, `pre_ping`, `min_idle`, `statement_cache` (numbers, or times such as `30s`, `500ms`, `5m`, `1h`) and
/// `pooler=transaction`.
///
/// ```
/// # use std::time::Duration;
/// # use orm_core::{Db, sql};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// let db = Db::builder("sqlite::memory:?pool_timeout=5s")
///     .pool_recycle(Duration::from_secs(3_600))
///     .on_connect(async |mut connection| {
///         sql("PRAGMA cache_size = -64000").exec(&mut connection).await.map(drop)
///     })
///     .connect()
///     .await?;
/// assert_eq!(db.pool_status().max, 1);
/// # Ok(())
/// # }
/// ```
///
/// # The state of a session
/// A setting, a lock, a variable or a temporary table stays with the connection, and the next borrower would find it. So
/// what belongs to every session is set by [`on_connect`](Self::on_connect), and what belongs to one piece of work is set
/// for its transaction (`SET LOCAL`, `pg_advisory_xact_lock`). After any other SQL of your own ([`sql`](crate::sql())) that
/// may have changed the session, the connection is closed when it comes back, and another one is opened when it is needed.
/// That is said of every statement, except of one that
///
/// - starts with SELECT, WITH, VALUES, TABLE, INSERT, UPDATE, DELETE, MERGE, REPLACE, EXPLAIN, SHOW, DESCRIBE, DESC, CREATE,
///   ALTER, DROP, TRUNCATE, RENAME, COMMENT, GRANT, REVOKE, ANALYZE, VACUUM, REINDEX, REFRESH or OPTIMIZE, and has in it
///   neither the words TEMP, TEMPORARY, `pg_temp`, `set_config`, `setseed`, `get_lock`, `load_extension`, nor one that starts
///   with `dblink_connect`, `pg_advisory_` or `pg_try_advisory_` (those with `_xact_` may), nor, on MariaDB and MySQL, a `@`
///   alone;
/// - on PostgreSQL is `SET LOCAL`, `SET TRANSACTION` or `SET CONSTRAINTS`;
/// - on SQLite is a PRAGMA without an argument, or one of those that describe tables and indexes or check the file.
///
/// What a function or trigger of your own does to the session inside cannot be seen.
#[derive(Clone)]
#[must_use = "nothing happens before `.connect()`"]
pub struct DbBuilder {
    url: String,
    settings: Settings,
    hooks: Vec<Hook>,
    assume_mysql: bool,
}

impl std::fmt::Debug for DbBuilder {
    /// Leaves the URL out: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DbBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl DbBuilder {
    pub(super) fn new(url: &str) -> Self {
        DbBuilder {
            url: url.to_owned(),
            settings: Settings::default(),
            hooks: Vec::new(),
            assume_mysql: false,
        }
    }

    /// How many connections are kept open: 5 unless set. `sqlite::memory:` always has one.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.settings.pool_size = Some(connections);
        self
    }

    /// How many connections there may be beyond the pool's size: 10 unless set. One that comes back while `pool_size` others
    /// are idle is closed.
    pub fn max_overflow(mut self, connections: usize) -> Self {
        self.settings.max_overflow = Some(connections);
        self
    }

    /// How long a caller waits for a connection, with all that is done to get one: 30 seconds unless set. Where none became
    /// free it is [`Error::PoolTimeout`](crate::Error::PoolTimeout), which says who has them. Connecting may take as long, and
    /// is [`Error::Connection`](crate::Error::Connection) beyond; a connection that is refused is that at once.
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.settings.pool_timeout = Some(timeout);
        self
    }

    /// How old a connection may become: any age unless set. Each is given up to a fifth less, so that those opened together
    /// are not replaced together. It is replaced when it comes back or is asked for; never while it is in use.
    pub fn pool_recycle(mut self, age: Duration) -> Self {
        self.settings.pool_recycle = Some(age);
        self
    }

    /// After how long without use a connection is asked for a sign of life before it goes out: 30 seconds unless set;
    /// `Duration::ZERO` for always, `Duration::MAX` for never. That costs a round trip, and a second where nobody answers. A
    /// connection that is dead is replaced, and so are all that were opened before, without an error. SQLite is never asked.
    pub fn pre_ping(mut self, idle: Duration) -> Self {
        self.settings.pre_ping = Some(idle);
        self
    }

    /// How many idle connections are kept ready: none unless set. A task opens them as long as there may be more; where
    /// connecting fails, it tries again after a second.
    pub fn min_idle(mut self, connections: usize) -> Self {
        self.settings.min_idle = Some(connections);
        self
    }

    /// How many prepared statements a connection keeps: 512 unless set. A cache that is too small costs a round trip a
    /// statement.
    pub fn statement_cache(mut self, statements: usize) -> Self {
        self.settings.statement_cache = Some(statements);
        self
    }

    /// Says that a pooler stands between this program and PostgreSQL which gives each transaction another session
    /// (pgbouncer with `pool_mode = transaction`). Without this, statements of different clients are mixed up there, and
    /// results are silently wrong.
    ///
    /// Nothing is prepared under a name then, and every query runs in a transaction of its own (three round trips for one;
    /// five the first time a connection sends a text), unless it is in one already. What belongs to a session is
    /// [`Error::Unsupported`](crate::Error::Unsupported): the same SQL of your own as
    /// [closes a connection](Self#the-state-of-a-session), in hooks too. What cannot run in a transaction (VACUUM, CREATE
    /// DATABASE) goes to the server itself. `options` in the URL are
    /// [`Error::Configuration`](crate::Error::Configuration), and so is this setting on other backends.
    pub fn pooler(mut self, pooler: Pooler) -> Self {
        self.settings.pooler = Some(pooler);
        self
    }

    /// Runs `work` on each new connection before it is used, after the hooks that were given before. What it sets is how
    /// every borrower finds the session. Queries in it run on `&mut connection`; a failure is
    /// [`Error::Connection`](crate::Error::Connection) with its cause, for the one who asked for the connection.
    pub fn on_connect<F, Fut>(mut self, work: F) -> Self
    where
        F: Fn(NewConnection) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.hooks.push(hook(work));
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
    /// [`Error::Configuration`](crate::Error::Configuration) for a URL or setting that cannot be used,
    /// [`Error::Connection`](crate::Error::Connection) where the server cannot be reached or refuses the login.
    pub async fn connect(self) -> Result<Db> {
        let (url, in_url) = Settings::take_from(&self.url)?;
        let settings = self.settings.or(in_url);
        let mut target = Target::parse(&url)?;
        if self.assume_mysql {
            target = target.assume_mysql();
        }
        if let Some(statements) = settings.statement_cache {
            target = target.statement_cache(statements);
        }
        if let Some(Pooler::Transaction) = settings.pooler {
            target = target.through_pooler()?;
        }
        let limits = settings.limits(target.is_memory())?;
        let name = target.redacted();
        Db::open(Pool::new(target, self.hooks, limits), name).await
    }
}
