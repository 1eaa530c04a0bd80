//! Drivers: the only room that names sqlx.
//!
//! A [`Target`] is a parsed URL and opens [`Driver`]s: connections of one of three kinds behind one type without
//! parameters, so that everything above compiles once. A driver binds values, runs a statement and hands each row to a
//! [`Sink`] while it streams in; values are read by position and by the type that the server says they have, never by
//! name and never unchecked.

// Without a driver everything but connecting is there: features only add.
#![cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")), allow(unused))]

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod answer;
mod bind;
mod failure;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
#[cfg(feature = "sqlite")]
mod sqlite;
mod target;
#[cfg(test)]
mod testing;
#[cfg(all(
    test,
    any(feature = "postgres", feature = "mysql"),
    feature = "time",
    feature = "chrono",
    feature = "uuid",
    feature = "rust_decimal",
    feature = "json"
))]
mod truth;

pub(crate) use failure::{breaks_others, is_disconnect, is_read_only_server, loses_transaction};
pub(crate) use row::Row;
pub use row::{Cells, fit};
pub(crate) use target::Target;

use std::sync::Arc;

#[cfg(any(feature = "postgres", feature = "mysql"))]
use answer::{Reader, done, drain, trusted, unprepared};
#[cfg(any(feature = "postgres", feature = "mysql"))]
use sqlx::{Connection as _, Executor};

#[cfg(feature = "mysql")]
pub(crate) use sqlx::MySqlConnection;
#[cfg(feature = "postgres")]
pub(crate) use sqlx::PgConnection;
#[cfg(feature = "sqlite")]
pub(crate) use sqlx::SqliteConnection;

use crate::ast::Bind;
use crate::dialect::Dialect;
use crate::error::{ConnectionReason, Error, Result};

/// How long a server may take to answer on a connection that was lent.
const SETTLE_LIMIT: std::time::Duration = std::time::Duration::from_secs(1);

/// Takes the rows of a result, one by one, while they stream in.
pub(crate) trait Sink: Send {
    /// Takes the next row.
    ///
    /// # Errors
    /// Whatever keeps the row from being used. The rest of the result is then read and dropped, so that the connection
    /// stays in step, and the error comes back from [`Driver::fetch`].
    fn row(&mut self, row: Row<'_>) -> Result<()>;

    /// The rest of a result of which a row was refused was too long to be read: the driver is of no more use.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn cut(&mut self) {}
}

/// What a statement did, beside its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Outcome {
    /// Rows inserted, deleted or matched by an update; for a query on PostgreSQL the rows returned.
    pub(crate) rows_affected: u64,
    /// The key that the database made for the last row inserted, where the driver tells: not on PostgreSQL.
    pub(crate) last_insert_id: Option<i64>,
}

/// A connection.
///
/// No future of a driver may be dropped half-way and the connection used again: sqlx loses step. Whoever holds a driver
/// notes that it is busy and throws it away if the future did not complete.
pub(crate) enum Driver {
    #[cfg(feature = "sqlite")]
    Sqlite(Box<sqlite::Connection>),
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgConnection, postgres::Prepare),
    #[cfg(feature = "mysql")]
    MySql(sqlx::MySqlConnection, Dialect),
    #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
    None(std::convert::Infallible),
}

/// The same expression for each kind of connection.
macro_rules! each_driver {
    ($driver:expr, $connection:ident => $body:expr) => {
        match $driver {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite($connection) => $body,
            #[cfg(feature = "postgres")]
            Driver::Postgres($connection, _) => $body,
            #[cfg(feature = "mysql")]
            Driver::MySql($connection, _) => $body,
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Driver::None(_) => Ok(()),
        }
    };
}

impl Driver {
    /// How this server spells SQL.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Driver::Postgres(..) => Dialect::Postgres,
            #[cfg(feature = "mysql")]
            Driver::MySql(_, dialect) => *dialect,
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Driver::None(never) => match *never {},
        }
    }

    /// Runs one statement, prepared once a connection and text, and gives its rows to `sink`.
    ///
    /// # Errors
    /// [`Error::InvalidValue`], [`Error::Unsupported`] and [`Error::QueryTooComplex`] before anything is sent; what the
    /// database says; what the sink says.
    pub(crate) async fn fetch(
        &mut self,
        text: &Arc<str>,
        binds: &[Bind],
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let limit = self.dialect().max_binds();
        if binds.len() > limit {
            return Err(Error::QueryTooComplex { what: "bound values", limit });
        }
        match self {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(connection) => connection.fetch(text, binds, sink).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(connection, prepare) => {
                postgres::fetch(connection, prepare, text, binds, sink).await
            }
            #[cfg(feature = "mysql")]
            Driver::MySql(connection, dialect) => mysql::fetch(connection, *dialect, text, binds, sink).await,
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Driver::None(never) => match *never {},
        }
    }

    /// Runs a COPY, and sends the rows of the arrays behind it.
    ///
    /// # Errors
    /// As for [`fetch`](Self::fetch); [`Error::Unsupported`] on any backend but PostgreSQL.
    #[cfg_attr(not(feature = "postgres"), allow(unused_variables))]
    pub(crate) async fn copy(&mut self, text: &str, arrays: &[Bind]) -> Result<Outcome> {
        match self {
            #[cfg(feature = "postgres")]
            Driver::Postgres(connection, _) => postgres::copy(connection, text, arrays).await,
            #[allow(unreachable_patterns)] // where PostgreSQL is the only driver
            other => Err(other.is_no("COPY")),
        }
    }

    /// Runs a statement that binds nothing and whose rows nobody wants, unprepared: BEGIN, SAVEPOINT, COMMIT, DDL.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn run(&mut self, text: &str) -> Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Driver::Sqlite(connection) => connection.run(text).await,
            #[cfg(feature = "postgres")]
            Driver::Postgres(connection, _) => done(connection.execute(unprepared(text)).await, text),
            #[cfg(feature = "mysql")]
            Driver::MySql(connection, _) => done(connection.execute(unprepared(text)).await, text),
            #[cfg(not(any(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            Driver::None(never) => match *never {},
        }
    }

    /// sqlx's connection, for its user to do with as he likes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on another backend.
    #[cfg(feature = "sqlite")]
    pub(crate) fn sqlite(&mut self) -> Result<&mut SqliteConnection> {
        match self {
            Driver::Sqlite(connection) => connection.lend(),
            #[allow(unreachable_patterns)] // where SQLite is the only driver
            other => Err(other.is_no("SQLite connection")),
        }
    }

    /// sqlx's connection, for its user to do with as he likes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on another backend.
    #[cfg(feature = "postgres")]
    pub(crate) fn postgres(&mut self) -> Result<&mut PgConnection> {
        match self {
            Driver::Postgres(connection, _) => Ok(connection),
            #[allow(unreachable_patterns)] // where PostgreSQL is the only driver
            other => Err(other.is_no("PostgreSQL connection")),
        }
    }

    /// sqlx's connection, for its user to do with as he likes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on another backend.
    #[cfg(feature = "mysql")]
    pub(crate) fn mysql(&mut self) -> Result<&mut MySqlConnection> {
        match self {
            Driver::MySql(connection, _) => Ok(connection),
            #[allow(unreachable_patterns)] // where MySQL is the only driver
            other => Err(other.is_no("MariaDB or MySQL connection")),
        }
    }

    fn is_no(&self, feature: &'static str) -> Error {
        Error::Unsupported { feature, backend: self.dialect().name() }
    }

    /// Comes back into step with the server, after others have used sqlx's connection.
    ///
    /// # Errors
    /// [`Error::Connection`] where the server does not answer.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        match tokio::time::timeout(SETTLE_LIMIT, self.ping()).await {
            Ok(answer) => answer,
            Err(_) => {
                let message = "the server did not answer on a connection that was lent";
                Err(failure::broken(ConnectionReason::Protocol, message))
            }
        }
    }

    /// Asks the server for a sign of life: a round trip without a statement. A database in this process needs none.
    ///
    /// # Errors
    /// Where none comes. A server that hangs gives no answer at all: the caller sets a limit.
    pub(crate) async fn ping(&mut self) -> Result<()> {
        each_driver!(self, connection => connection.ping().await)
            .map_err(|error| failure::classify(error, ""))
    }

    /// Says goodbye to the server. A failure is of no use to anybody: the connection is gone either way.
    pub(crate) async fn close(self) {
        let _: sqlx::Result<()> = each_driver!(self, connection => connection.close().await);
    }
}
