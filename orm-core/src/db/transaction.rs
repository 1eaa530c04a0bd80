//! A transaction, and transactions inside of it.

use super::executor::Lease;
use super::pool::Pooled;
use crate::backend::Driver;
use crate::dialect::Dialect;
use crate::error::{Error, Result};

/// A transaction on a connection of its own. Dropped without [`commit`](Self::commit), it rolls back: its connection is
/// closed and replaced.
///
/// A transaction in which a statement failed can only roll back, on every backend: later statements are
/// [`Error::TransactionFailed`], and a commit rolls back and is [`Error::RolledBack`]. Where a failure is part of the
/// plan, put the statement into a [`transaction`](Self::transaction) inside this one.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let posts = db
///     .transaction(async |tx| {
///         let bo = User::insert(NewUser { name: "bo".into(), email: None }).one(&mut *tx).await?;
///         let post = NewPost { author_id: bo.id, title: "On rails".into(), score: 0 };
///         Post::insert(post).exec(&mut *tx).await?;
///         Post::select().count(&mut *tx).await
///     })
///     .await?;
/// assert_eq!(posts, 2);
/// # Ok(())
/// # }
/// ```
#[must_use = "a transaction that is not committed rolls back"]
pub struct Transaction {
    pooled: Pooled,
    /// 1, and one more in each transaction inside.
    depth: usize,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("depth", &self.depth).finish_non_exhaustive()
    }
}

impl Transaction {
    /// Takes over a connection on which BEGIN has succeeded.
    pub(super) fn begun(pooled: Pooled) -> Self {
        Transaction { pooled, depth: 1 }
    }

    /// The dialect of the server.
    pub fn dialect(&self) -> Dialect {
        self.pooled.dialect()
    }

    /// Runs `work` in a transaction inside this one (`SAVEPOINT`): kept on `Ok`, undone on `Err`. What failed inside does
    /// not fail this one, except where the server rolled back everything (a deadlock on MariaDB and MySQL).
    ///
    /// Where this future is dropped half-way, nobody is left to undo the inner part: this transaction can then only roll
    /// back.
    ///
    /// # Errors
    /// What `work` gave, or what the savepoint's statements gave.
    pub async fn transaction<T, F>(&mut self, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Transaction) -> Result<T>,
    {
        self.transaction_as(work).await
    }

    /// [`transaction`](Self::transaction) with an error type of one's own.
    ///
    /// # Errors
    /// What `work` gave, or what the savepoint's statements gave.
    pub async fn transaction_as<E, T, F>(&mut self, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut Transaction) -> Result<T, E>,
    {
        self.pooled.begin(self.depth, super::TxOptions::default()).await?;
        let inner = Inner::of(self);
        match work(&mut *inner.transaction).await {
            Ok(value) => {
                inner.transaction.pooled.commit(inner.depth).await?;
                Ok(value)
            }
            Err(error) => {
                // Where this fails, the outer transaction knows, and can only roll back.
                let _ = inner.transaction.pooled.rollback(inner.depth).await;
                Err(error)
            }
        }
    }

    /// Makes everything permanent (`COMMIT`).
    ///
    /// # Errors
    /// [`Error::RolledBack`] where a statement had failed. [`Error::CommitOutcomeUnknown`] where the connection broke before
    /// the answer came. What the server refuses at the commit (a conflict, a deferred constraint) is its own error, and
    /// the transaction is rolled back.
    pub async fn commit(mut self) -> Result<()> {
        self.pooled.begin_query();
        self.pooled.commit(1).await
    }

    /// Undoes everything (`ROLLBACK`). Where the connection is broken, the server has done so already.
    ///
    /// # Errors
    /// Where the server refuses; the connection is then closed, which undoes everything too.
    pub async fn rollback(mut self) -> Result<()> {
        self.pooled.begin_query();
        self.pooled.rollback(1).await
    }

    /// The driver, to give sqlx's connection out.
    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), allow(dead_code))]
    pub(super) fn lend(&mut self) -> Result<&mut Driver> {
        // What its user does with it cannot be seen from here.
        self.pooled.begin_query();
        self.pooled.lend(self.depth)
    }

    /// The connection for one query.
    pub(super) fn as_lease(&mut self) -> Lease<'_> {
        Lease::of_transaction(&mut self.pooled, self.depth)
    }
}

/// A transaction inside another one, which is at its old depth again when this is dropped. The connection is not, unless
/// the savepoint was released or rolled back: that is how the outer transaction finds out.
struct Inner<'t> {
    transaction: &'t mut Transaction,
    depth: usize,
}

impl<'t> Inner<'t> {
    fn of(transaction: &'t mut Transaction) -> Self {
        transaction.depth += 1;
        let depth = transaction.depth;
        Inner { transaction, depth }
    }
}

impl Drop for Inner<'_> {
    fn drop(&mut self) {
        self.transaction.depth = self.depth.saturating_sub(1);
    }
}
