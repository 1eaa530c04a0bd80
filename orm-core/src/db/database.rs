//! The database: a pool of connections that every task may share.

use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::builder::DbBuilder;
use super::held;
use super::holders::{PoolHolder, Purpose};
use super::lent::SqlxConnection;
use super::options::TxOptions;
use super::pool::{Pool, PoolStatus, Pooled};
use super::transaction::Transaction;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::observe::Observer;

/// A database. Cloning it is cheap, and all clones share one pool.
///
/// Futures of this library may be dropped at any await: a connection that was in the middle of something is closed and
/// replaced, and a transaction that was not committed is rolled back.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    pool: Pool,
    dialect: Dialect,
    name: String,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.inner.name).finish()
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Db {
    /// Opens a database: `sqlite::memory:`, `sqlite://file.db`, `postgres://…`, `mysql://…`.
    ///
    /// `sqlite::memory:` is a new database, shared by all clones of this `Db` and gone with the last of them. It has one
    /// connection: inside a transaction, run queries on the transaction.
    ///
    /// A file of SQLite is opened with a write-ahead log, foreign keys enforced and `synchronous = FULL`: what was committed
    /// survives a loss of power. Where the last transactions may be lost then, a hook on connect with `PRAGMA synchronous =
    /// NORMAL` spares each commit its wait for the disk.
    ///
    /// # Errors
    /// See [`DbBuilder::connect`].
    pub async fn connect(url: &str) -> Result<Self> {
        Self::builder(url).connect().await
    }

    /// Opens a database with settings.
    pub fn builder(url: &str) -> DbBuilder {
        DbBuilder::new(url)
    }

    pub(super) async fn open(pool: Pool, name: String) -> Result<Self> {
        let dialect = pool.acquire(Purpose::Query, false).await?.dialect();
        pool.keep_filled();
        Ok(Db { inner: Arc::new(Inner { pool, dialect, name }) })
    }

    /// The dialect of the server, told at connect.
    pub fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    /// Has `observer` told of every statement from now on, those of transactions (`BEGIN`, `COMMIT`) included, and of what the
    /// pool does ([`PoolEvent`](crate::PoolEvent)). A statement whose future was dropped is not reported.
    pub fn observe(&self, observer: impl Observer) -> Observing {
        let number = self.inner.pool.context().observers.add(Arc::new(observer));
        Observing { db: Arc::downgrade(&self.inner), number }
    }

    /// How many connections there are and what they do.
    pub fn pool_status(&self) -> PoolStatus {
        self.inner.pool.status()
    }

    /// Who has a connection, and for how long; the longest first.
    pub fn pool_holders(&self) -> Vec<PoolHolder> {
        self.inner.pool.holders()
    }

    /// Closes the database for all clones: new queries are [`Error::Connection`]. Waits up to a second for the connections
    /// that are in use; those that stay longer are closed when they come back.
    pub async fn close(&self) {
        self.inner.pool.close().await;
    }

    /// Runs `work` in a transaction: commits on `Ok`, rolls back on `Err`, on a panic, and when this future is dropped.
    /// Inside, run queries on the transaction (`&mut *tx`).
    ///
    /// # Errors
    /// What `work` gave, or why the transaction could not begin or commit ([`Transaction::commit`]).
    #[track_caller]
    pub fn transaction<T, F>(&self, work: F) -> impl Future<Output = Result<T>>
    where
        F: AsyncFnOnce(&mut Transaction) -> Result<T>,
    {
        self.attempt(TxOptions::default(), Location::caller(), work)
    }

    /// [`transaction`](Self::transaction) with an error type of one's own:
    /// `db.transaction_as::<AppError, _, _>(async |tx| …)`.
    ///
    /// # Errors
    /// What `work` gave, or why the transaction could not begin or commit.
    #[track_caller]
    pub fn transaction_as<E, T, F>(&self, work: F) -> impl Future<Output = Result<T, E>>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut Transaction) -> Result<T, E>,
    {
        self.attempt(TxOptions::default(), Location::caller(), work)
    }

    /// [`transaction`](Self::transaction) with options. With [`TxOptions::retries`], `work` may run again after a conflict,
    /// in a new transaction; so it must bring nothing along from its last run. A commit whose outcome is unknown is never
    /// tried again.
    ///
    /// Inside a spawned task write `async move |tx| …` where the closure uses variables from around it: of a closure that
    /// borrows them, the compiler cannot see that its future may move between threads ("`Send` is not general enough").
    ///
    /// # Errors
    /// What the last run gave, or why its transaction could not begin or commit.
    #[track_caller]
    pub fn transaction_with<T, F>(&self, options: TxOptions, mut work: F) -> impl Future<Output = Result<T>>
    where
        F: AsyncFnMut(&mut Transaction) -> Result<T>,
    {
        let place = Location::caller();
        async move {
            let mut run = 0;
            loop {
                match self.attempt(options, place, &mut work).await {
                    Err(error) if run < options.max_retries() && is_conflict(&error) => pause(run).await,
                    result => return result,
                }
                run += 1;
            }
        }
    }

    /// Begins a transaction that no closure holds. It rolls back when it is dropped.
    ///
    /// Prefer [`transaction`](Self::transaction). Where the pool is exhausted, a task that holds a transaction of this kind
    /// and asks for another connection is told so ([`Error::PoolDeadlock`]) when it has done nothing with the transaction
    /// for a second: another future of the same task (`join!`) may hold it, and go on with it. Inside the closure of
    /// [`transaction`](Self::transaction) it is told at once.
    ///
    /// # Errors
    /// Where no connection is to be had, or the server refuses.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction>> {
        self.begin_with(TxOptions::default())
    }

    /// [`begin`](Self::begin) with options; retries have no meaning here.
    ///
    /// # Errors
    /// Where no connection is to be had, or the server refuses.
    #[track_caller]
    pub fn begin_with(&self, options: TxOptions) -> impl Future<Output = Result<Transaction>> {
        let place = Location::caller();
        async move { self.begin_at(options, place, true).await }
    }

    #[cfg(test)]
    pub(super) fn context(&self) -> &super::context::Context {
        self.inner.pool.context()
    }

    /// A connection for one query, where one is there that can be used at once.
    pub(super) fn try_acquire(&self) -> Option<Pooled> {
        self.inner.pool.try_acquire(Purpose::Query, false)
    }

    /// A connection of the pool as sqlx knows it, for what this library has no words for. It is closed, and not reused, when it
    /// is dropped: see [`SqlxConnection`].
    ///
    /// # Errors
    /// Where no connection is to be had.
    #[track_caller]
    pub fn connection(&self) -> impl Future<Output = Result<SqlxConnection>> {
        let place = Location::caller();
        async move { Ok(SqlxConnection::new(self.inner.pool.acquire(Purpose::Lent(place), true).await?)) }
    }

    /// A connection for one query.
    pub(super) async fn acquire(&self) -> Result<Pooled> {
        self.inner.pool.acquire(Purpose::Query, false).await
    }

    async fn begin_at(
        &self,
        options: TxOptions,
        place: &'static Location<'static>,
        is_loose: bool,
    ) -> Result<Transaction> {
        let mut pooled = self.inner.pool.acquire(Purpose::Transaction(place), is_loose).await?;
        pooled.begin_query();
        pooled.begin(0, options).await?;
        pooled.end_query();
        Ok(Transaction::begun(pooled))
    }

    async fn attempt<E, T, F>(
        &self,
        options: TxOptions,
        place: &'static Location<'static>,
        work: F,
    ) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut Transaction) -> Result<T, E>,
    {
        let mut transaction = self.begin_at(options, place, false).await?;
        match held::inside(self.inner.pool.id(), place, work(&mut transaction)).await {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The caller's error says more; a connection that could not roll back is closed, which rolls back.
                let _ = transaction.rollback().await;
                Err(error)
            }
        }
    }
}

/// An observer that is told of a database, until [`stop`](Self::stop). Dropping this changes nothing.
#[derive(Debug)]
pub struct Observing {
    db: Weak<Inner>,
    number: u64,
}

impl Observing {
    /// Has the observer told no more.
    pub fn stop(self) {
        if let Some(db) = self.db.upgrade() {
            db.pool.context().observers.remove(self.number);
        }
    }
}

/// Whether the transaction failed because of another one, so that it may succeed when it runs again.
fn is_conflict(error: &Error) -> bool {
    matches!(error, Error::Serialization(_) | Error::Deadlock(_) | Error::Busy(_))
}

/// Gives the other transaction time to end: 1 ms, then twice as long each time, up to 64 ms.
async fn pause(run: u32) {
    tokio::time::sleep(Duration::from_millis(1 << run.min(6))).await;
}
