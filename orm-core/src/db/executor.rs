//! What runs statements, and the connection for the length of one query.

use std::future::{Ready, ready};
use std::ops::{Deref, DerefMut};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Either};

use super::connection::Connection;
use super::database::Db;
use super::hooks::NewConnection;
use super::options::TxOptions;
use super::pool::Pooled;
use super::tables::Tables;
use super::tally::Tally;
use super::transaction::Transaction;
use crate::backend::{Outcome, Sink};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::sql::Sql;

/// What the ends of a query accept: `&Db` (a connection of the pool), `&mut Transaction` (the transaction's own),
/// `&mut NewConnection` (in a hook on connect).
#[diagnostic::on_unimplemented(
    message = "no query runs on `{Self}`",
    label = "expected `&Db` or `&mut Transaction`",
    note = "write `&db`, or in a transaction `&mut *tx`"
)]
pub trait Executor<'c>: sealed::Sealed + Send + Sized {
    /// The connection for the length of one query.
    ///
    /// # Errors
    /// Where the pool has none: [`Error::PoolTimeout`](crate::Error::PoolTimeout),
    /// [`Error::PoolDeadlock`](crate::Error::PoolDeadlock), or whatever connecting says.
    fn lease(self) -> Leasing<'c>;
}

/// A lease that is there at once, or a wait for it.
pub(super) type Leasing<'c> = Either<Ready<Result<Lease<'c>>>, BoxFuture<'c, Result<Lease<'c>>>>;

pub(crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for &super::Db {}
    impl Sealed for &mut super::Transaction {}
    impl Sealed for &mut super::NewConnection {}
}

impl<'c> Executor<'c> for &'c Db {
    fn lease(self) -> Leasing<'c> {
        let own = |pooled| Lease { on: On::Own(pooled), depth: 0 };
        match self.try_acquire() {
            Some(pooled) => Either::Left(ready(Ok(own(pooled)))),
            None => Either::Right(self.acquire().map(move |pooled| pooled.map(own)).boxed()),
        }
    }
}

impl<'c> Executor<'c> for &'c mut Transaction {
    fn lease(self) -> Leasing<'c> {
        Either::Left(ready(Ok(self.as_lease())))
    }
}

impl<'c> Executor<'c> for &'c mut NewConnection {
    fn lease(self) -> Leasing<'c> {
        let connection = self.connection();
        Either::Left(ready(connection.map(|new| Lease { on: On::New(new), depth: 0 })))
    }
}

/// A connection for the length of one query, which may be several statements.
pub struct Lease<'c> {
    on: On<'c>,
    depth: usize,
}

enum On<'c> {
    Own(Pooled),
    Transaction(InTransaction<'c>),
    New(&'c mut Connection),
}

/// A transaction's connection while a query has it.
struct InTransaction<'c>(&'c mut Pooled);

impl<'c> InTransaction<'c> {
    fn new(pooled: &'c mut Pooled) -> Self {
        pooled.begin_query();
        InTransaction(pooled)
    }
}

impl Drop for InTransaction<'_> {
    fn drop(&mut self) {
        self.0.end_query();
    }
}

impl Deref for On<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            On::Own(pooled) => pooled,
            On::Transaction(query) => query.0,
            On::New(connection) => connection,
        }
    }
}

impl DerefMut for On<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        match self {
            On::Own(pooled) => pooled,
            On::Transaction(query) => query.0,
            On::New(connection) => connection,
        }
    }
}

/// Statements of one query that belong together: all of them or none.
#[must_use = "a scope that is not left rolls back, and the transaction around it with it"]
#[derive(Debug)]
pub(crate) struct Scope {
    depth: usize,
}

impl<'c> Lease<'c> {
    pub(super) fn of_transaction(pooled: &'c mut Pooled, depth: usize) -> Self {
        Lease { on: On::Transaction(InTransaction::new(pooled)), depth }
    }

    /// The dialect of the server.
    pub fn dialect(&self) -> Dialect {
        self.on.dialect()
    }

    /// What the pool knows of the tables.
    pub(crate) fn tables(&self) -> &Tables {
        self.on.tables()
    }

    /// Whether the query runs inside a transaction.
    pub(crate) fn in_transaction(&self) -> bool {
        self.depth > 0
    }

    /// Sends a statement and gives its rows to `sink`.
    pub(crate) async fn fetch(&mut self, sql: &Sql, sink: &mut dyn Sink) -> Result<Outcome> {
        let depth = self.depth;
        self.on.fetch(depth, sql, Tally::of_rows(sink)).await
    }

    /// Sends a statement that returns no rows.
    pub(crate) async fn execute(&mut self, sql: &Sql) -> Result<Outcome> {
        let depth = self.depth;
        self.on.fetch(depth, sql, Tally::of_effect()).await
    }

    /// Sends rows behind a COPY, inside a scope; gives their number.
    pub(crate) async fn copy(&mut self, sql: &Sql) -> Result<u64> {
        let depth = self.depth;
        self.on.copy(depth, sql).await
    }

    /// Sends a statement without values, unprepared: DDL. MariaDB and MySQL would commit a transaction at it, so there it
    /// is refused inside of one.
    pub(crate) async fn run(&mut self, text: &str) -> Result<()> {
        let depth = self.depth;
        self.on.run(depth, text).await
    }

    /// Whether a statement of the user's own may be sent; asked before it is. See [`session`](super::session).
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) where it may change the state of the session and a pooler would
    /// give that to others.
    pub(crate) fn admit(&mut self, text: &str) -> Result<()> {
        self.on.admit(text)
    }

    /// Begins a scope: a transaction, or a savepoint inside of one.
    pub(crate) async fn enter(&mut self) -> Result<Scope> {
        let depth = self.depth;
        self.on.begin(depth, TxOptions::default()).await?;
        self.depth = depth + 1;
        Ok(Scope { depth: self.depth })
    }

    /// Ends a scope: keeps what it did where the result is `Ok`, undoes it where not. A transaction around it then fails as
    /// it does after a single statement: how many statements a query is made of changes nothing for it.
    pub(crate) async fn leave<T>(&mut self, scope: Scope, result: Result<T>) -> Result<T> {
        let ended = self.end(scope.depth, result.is_ok()).await;
        match result {
            Ok(value) => ended.map(|()| value),
            Err(error) => {
                self.on.note(&error);
                Err(error)
            }
        }
    }

    async fn end(&mut self, depth: usize, keep: bool) -> Result<()> {
        self.depth = depth.saturating_sub(1);
        if keep { self.on.commit(depth).await } else { self.on.rollback(depth).await }
    }
}
