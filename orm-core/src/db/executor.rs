//! What runs statements, and the connection for the length of one query.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::connection::Connection;
use super::database::Db;
use super::options::TxOptions;
use super::pool::Pooled;
use super::tally::Tally;
use super::transaction::Transaction;
use crate::backend::{Outcome, Sink};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::sql::Sql;

/// What the ends of a query accept: `&Db` (a connection of the pool), `&mut Transaction` (the transaction's own).
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
    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
    impl Sealed for &super::Db {}
    impl Sealed for &mut super::Transaction {}
}

impl<'c> Executor<'c> for &'c Db {
    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        async { Ok(Lease { on: On::Own(self.acquire().await?), depth: 0 }) }.boxed()
    }
}

impl<'c> Executor<'c> for &'c mut Transaction {
    fn lease(self) -> BoxFuture<'c, Result<Lease<'c>>> {
        std::future::ready(Ok(self.as_lease())).boxed()
    }
}

/// A connection for the length of one query, which may be several statements.
pub struct Lease<'c> {
    on: On<'c>,
    depth: usize,
}

enum On<'c> {
    Own(Pooled),
    Transaction(&'c mut Pooled),
}

/// Statements of one query that belong together: all of them or none.
#[must_use = "a scope that is not left rolls back, and the transaction around it with it"]
#[derive(Debug)]
pub(crate) struct Scope {
    depth: usize,
}

impl<'c> Lease<'c> {
    pub(super) fn of_transaction(pooled: &'c mut Pooled, depth: usize) -> Self {
        Lease { on: On::Transaction(pooled), depth }
    }

    /// The dialect of the server.
    pub fn dialect(&self) -> Dialect {
        match &self.on {
            On::Own(pooled) => pooled.dialect(),
            On::Transaction(pooled) => pooled.dialect(),
        }
    }

    /// Whether the query runs inside a transaction.
    pub(crate) fn in_transaction(&self) -> bool {
        self.depth > 0
    }

    /// Sends a statement and gives its rows to `sink`.
    pub(crate) async fn fetch(&mut self, sql: &Sql, sink: &mut dyn Sink) -> Result<Outcome> {
        let depth = self.depth;
        self.connection().fetch(depth, sql, Tally::of_rows(sink)).await
    }

    /// Sends a statement that returns no rows.
    pub(crate) async fn execute(&mut self, sql: &Sql) -> Result<Outcome> {
        let depth = self.depth;
        self.connection().fetch(depth, sql, Tally::of_effect()).await
    }

    /// Sends a statement without values, unprepared: DDL. MariaDB and MySQL would commit a transaction at it, so there it
    /// is refused inside of one.
    pub(crate) async fn run(&mut self, text: &str) -> Result<()> {
        let depth = self.depth;
        self.connection().run(depth, text).await
    }

    /// Begins a scope: a transaction, or a savepoint inside of one.
    pub(crate) async fn enter(&mut self) -> Result<Scope> {
        let depth = self.depth;
        self.connection().begin(depth, TxOptions::default()).await?;
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
                self.connection().note(&error);
                Err(error)
            }
        }
    }

    async fn end(&mut self, depth: usize, keep: bool) -> Result<()> {
        self.depth = depth.saturating_sub(1);
        if keep { self.connection().commit(depth).await } else { self.connection().rollback(depth).await }
    }

    fn connection(&mut self) -> &mut Connection {
        match &mut self.on {
            On::Own(pooled) => pooled,
            On::Transaction(pooled) => pooled,
        }
    }
}
