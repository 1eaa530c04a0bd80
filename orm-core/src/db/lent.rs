//! Connections as sqlx knows them.

use super::pool::Pooled;
use super::transaction::Transaction;
use crate::backend::Driver;
#[cfg(feature = "mysql")]
use crate::backend::MySqlConnection;
#[cfg(feature = "postgres")]
use crate::backend::PgConnection;
#[cfg(feature = "sqlite")]
use crate::backend::SqliteConnection;
use crate::dialect::Dialect;
use crate::error::Result;

/// A connection of the pool, lent by [`Db::connection`](crate::Db::connection) to be used as sqlx's own: for `LISTEN`, `COPY`,
/// hooks and functions of SQLite, or a library that wants one.
///
/// Whatever was done with it may have left something behind in the session (settings, locks, temporary tables, a
/// transaction), so that it is closed when it is dropped, and the pool makes another one. Futures of sqlx may be dropped
/// half-way.
///
/// The types are those of sqlx 0.9.0: depend on this very version (`sqlx = "=0.9.0"`).
///
/// ```
#[doc = include_str!("../example.txt")]
/// let mut connection = db.connection().await?;
/// let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(connection.sqlite()?).await.unwrap();
/// assert_eq!(count, 1);
/// drop(connection);
///
/// // That of a transaction:
/// db.transaction(async |tx| {
///     let rename = sqlx::query("UPDATE users SET name = 'Ada'").execute(tx.sqlite()?).await;
///     assert_eq!(rename.unwrap().rows_affected(), 1);
///     assert_eq!(User::select().one(&mut *tx).await?.name, "Ada");
///     Ok(())
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a connection that is not used was taken from the pool for nothing"]
pub struct SqlxConnection {
    pooled: Pooled,
}

impl std::fmt::Debug for SqlxConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlxConnection").finish_non_exhaustive()
    }
}

impl SqlxConnection {
    pub(super) fn new(pooled: Pooled) -> Self {
        SqlxConnection { pooled }
    }

    /// The dialect of the server.
    pub fn dialect(&self) -> Dialect {
        self.pooled.dialect()
    }

    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), allow(dead_code))]
    fn lend(&mut self) -> Result<&mut Driver> {
        // What its user does with it cannot be seen from here.
        self.pooled.begin_query();
        self.pooled.lend(0)
    }
}

/// The same methods for whatever has a connection.
macro_rules! lends {
    ($of:ty, $(#[$words:meta])*) => {
        impl $of {
            /// The connection to SQLite.
            $(#[$words])*
            #[cfg(feature = "sqlite")]
            pub fn sqlite(&mut self) -> Result<&mut SqliteConnection> {
                self.lend()?.sqlite()
            }

            /// The connection to PostgreSQL.
            $(#[$words])*
            #[cfg(feature = "postgres")]
            pub fn postgres(&mut self) -> Result<&mut PgConnection> {
                self.lend()?.postgres()
            }

            /// The connection to MariaDB or MySQL.
            $(#[$words])*
            #[cfg(feature = "mysql")]
            pub fn mysql(&mut self) -> Result<&mut MySqlConnection> {
                self.lend()?.mysql()
            }
        }
    };
}

lends!(
    SqlxConnection,
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) where the database is another one, or behind a transaction pooler.
);

lends!(
    Transaction,
    ///
    /// What is done with it is part of this transaction. Leave beginning and ending to this library: sqlx does not know that a
    /// transaction was begun. Let every future of sqlx come to its end before the transaction goes on, or drop the
    /// transaction. When it has ended, the connection is closed and not reused, for anything may be left behind in its
    /// session.
    ///
    /// See the example at [`SqlxConnection`](crate::SqlxConnection).
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) where the database is another one, or behind a
    /// transaction pooler; [`Error::TransactionFailed`](crate::Error::TransactionFailed) where the transaction can only roll back.
);
