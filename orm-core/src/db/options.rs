//! How a transaction begins.

use std::borrow::Cow;

use crate::dialect::Dialect;

/// What a transaction promises, and how often it may be run again.
///
/// ```
/// # use orm_core::TxOptions;
/// let options = TxOptions::serializable().retries(5);
/// let report = TxOptions::repeatable_read().read_only();
/// ```
///
/// Without an isolation level the server's default holds: READ COMMITTED on PostgreSQL, REPEATABLE READ on MariaDB and
/// MySQL. SQLite knows one level, which is serializable; there a transaction that may write begins as `BEGIN IMMEDIATE`,
/// so that it waits for the other writer at its begin and not at its first write, where waiting could not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TxOptions {
    isolation: Option<&'static str>,
    read_only: bool,
    retries: u32,
}

impl TxOptions {
    /// As if the transactions ran one after the other. Conflicts show as
    /// [`Error::Serialization`](crate::Error::Serialization): combine it with [`retries`](Self::retries).
    pub const fn serializable() -> Self {
        Self::level("SERIALIZABLE")
    }

    /// Every statement sees the database as it was at the first one.
    pub const fn repeatable_read() -> Self {
        Self::level("REPEATABLE READ")
    }

    /// Every statement sees what was committed before it.
    pub const fn read_committed() -> Self {
        Self::level("READ COMMITTED")
    }

    const fn level(isolation: &'static str) -> Self {
        TxOptions { isolation: Some(isolation), read_only: false, retries: 0 }
    }

    /// The transaction only reads. PostgreSQL, MariaDB and MySQL refuse its writes; on SQLite it begins as
    /// `BEGIN DEFERRED` and so never waits for a writer.
    #[must_use]
    pub const fn read_only(self) -> Self {
        TxOptions { read_only: true, ..self }
    }

    /// How many times [`Db::transaction_with`](crate::Db::transaction_with) runs the closure again, each time in a new
    /// transaction, after a serialization failure, a deadlock or a lock that was not granted. 0 unless set.
    #[must_use]
    pub const fn retries(self, retries: u32) -> Self {
        TxOptions { retries, ..self }
    }

    pub(super) const fn max_retries(self) -> u32 {
        self.retries
    }

    pub(super) const fn is_read_only(self) -> bool {
        self.read_only
    }

    /// The statement that must come before the begin: MySQL-likes set the level of the next transaction by one.
    pub(super) fn before_begin(self, dialect: Dialect) -> Option<String> {
        let level = self.isolation.filter(|_| dialect.is_mysql_like())?;
        Some(format!("SET TRANSACTION ISOLATION LEVEL {level}"))
    }

    /// The statement that begins the transaction.
    pub(super) fn begin(self, dialect: Dialect) -> Cow<'static, str> {
        match (dialect, self.isolation, self.read_only) {
            (Dialect::Sqlite, _, false) => "BEGIN IMMEDIATE".into(),
            (Dialect::Sqlite, _, true) => "BEGIN DEFERRED".into(),
            (Dialect::MariaDb | Dialect::MySql, _, false) => "START TRANSACTION".into(),
            (Dialect::MariaDb | Dialect::MySql, _, true) => "START TRANSACTION READ ONLY".into(),
            (Dialect::Postgres, None, false) => "BEGIN".into(),
            (Dialect::Postgres, None, true) => "BEGIN READ ONLY".into(),
            (Dialect::Postgres, Some(level), false) => format!("BEGIN ISOLATION LEVEL {level}").into(),
            (Dialect::Postgres, Some(level), true) => {
                format!("BEGIN ISOLATION LEVEL {level} READ ONLY").into()
            }
        }
    }
}
