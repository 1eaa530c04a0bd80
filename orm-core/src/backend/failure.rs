//! Errors of sqlx, told apart by what the caller can do about them.
//!
//! A message never holds a value that was bound: what servers quote is cut, and the statement, which has placeholders
//! only, says the rest.

use crate::dialect::Dialect;
use crate::error::{ConnectionReason, Error, Failure, Violation};

/// The error, by kind, with the statement that it is about.
pub(super) fn classify(error: sqlx::Error, statement: &str) -> Error {
    match error {
        sqlx::Error::Database(error) => database(&*error, statement),
        sqlx::Error::Io(error) => broken(ConnectionReason::Lost, error.to_string()),
        sqlx::Error::Tls(error) => broken(ConnectionReason::Tls, format!("TLS: {error}")),
        // Out of step with the server; sqlx leaves such a connection waiting for an answer that will not come.
        sqlx::Error::Protocol(message) => broken(ConnectionReason::Protocol, message),
        sqlx::Error::WorkerCrashed => {
            broken(ConnectionReason::Protocol, "the connection's worker thread has ended")
        }
        sqlx::Error::Configuration(error) => Error::Configuration(error.to_string()),
        sqlx::Error::TypeNotFound { type_name } => {
            other(None, format!("the database has no type `{type_name}`"), statement)
        }
        // The rest is about values and rows, which may stand in the message.
        _ => other(None, "the driver could not read the answer".to_owned(), statement),
    }
}

fn database(error: &(dyn sqlx::error::DatabaseError + 'static), statement: &str) -> Error {
    #[cfg(feature = "sqlite")]
    if let Some(error) = error.try_downcast_ref() {
        return super::sqlite::classify(error, statement);
    }
    #[cfg(feature = "postgres")]
    if let Some(error) = error.try_downcast_ref() {
        return super::postgres::classify(error, statement);
    }
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref() {
        return super::mysql::classify(error, statement);
    }
    other(error.code().map(Into::into), "an error of an unknown driver".to_owned(), statement)
}

/// An error of the connection.
pub(super) fn broken(reason: ConnectionReason, message: impl Into<String>) -> Error {
    Error::Connection { reason, message: message.into() }
}

/// An error of connecting, with where to; `target` holds no password.
pub(super) fn connecting(error: sqlx::Error, target: &str) -> Error {
    let (reason, message) = match classify(error, "") {
        // Nothing can be lost that was not there.
        Error::Connection { reason: ConnectionReason::Lost, message } => {
            (ConnectionReason::Unreachable, message)
        }
        Error::Connection { reason, message } => (reason, message),
        Error::Configuration(message) => return Error::Configuration(format!("{target}: {message}")),
        other => (ConnectionReason::Unreachable, other.to_string()),
    };
    broken(reason, format!("{target}: {message}"))
}

/// What the server said about a statement.
pub(super) fn said(code: Option<String>, message: impl Into<String>, statement: &str) -> Box<Failure> {
    Box::new(Failure { code, message: message.into(), statement: statement.to_owned() })
}

/// An error of the database of no particular kind.
pub(super) fn other(code: Option<String>, message: impl Into<String>, statement: &str) -> Error {
    Error::Database(said(code, message, statement))
}

/// A constraint that refused the statement.
pub(super) fn violation(
    table: Option<&str>,
    constraint: Option<&str>,
    columns: Vec<String>,
    statement: &str,
) -> Box<Violation> {
    Box::new(Violation {
        table: table.map(str::to_owned),
        constraint: constraint.map(str::to_owned),
        columns,
        statement: statement.to_owned(),
    })
}

/// Whether the connection is of no use any more.
pub(crate) fn is_disconnect(error: &Error) -> bool {
    matches!(error, Error::Connection { .. })
}

/// Whether the error says that the server only reads, though nobody asked for that: it was the primary once.
///
/// A transaction of one's own that is read-only says the same on PostgreSQL; the caller knows whether it is in one.
pub(crate) fn is_read_only_server(error: &Error, dialect: Dialect) -> bool {
    let Error::Database(failure) = error else { return false };
    match (dialect, failure.code.as_deref()) {
        (Dialect::Postgres, Some("25006")) => true,
        (Dialect::MariaDb | Dialect::MySql, Some("1836")) => true,
        // The number is that of any option that forbids a statement.
        (Dialect::MariaDb | Dialect::MySql, Some("1290")) => {
            failure.message.contains("read-only") || failure.message.contains("read_only")
        }
        _ => false,
    }
}

/// Whether other connections to the server are likely to have broken with this one.
pub(crate) fn breaks_others(reason: ConnectionReason) -> bool {
    matches!(
        reason,
        ConnectionReason::Lost | ConnectionReason::ServerUnavailable | ConnectionReason::ReadOnlyServer
    )
}

/// Whether the server may have rolled back the whole transaction, so that a further statement would be stored on its own:
/// such a transaction takes nothing but a rollback.
///
/// PostgreSQL never does: after an error it refuses everything until ROLLBACK (or ROLLBACK TO a savepoint). MariaDB and
/// MySQL do after a deadlock, and by a setting after a lock wait that timed out. SQLite may where it ran out of disk or
/// memory, or was interrupted; a COMMIT that finds the database busy keeps its transaction.
pub(crate) fn loses_transaction(error: &Error, dialect: Dialect) -> bool {
    match (dialect, error) {
        (_, Error::Connection { .. }) => true,
        (
            Dialect::MariaDb | Dialect::MySql,
            Error::Deadlock(_) | Error::Serialization(_) | Error::Busy(_),
        ) => true,
        (Dialect::Sqlite, Error::Database(failure) | Error::Timeout(failure)) => {
            const NOMEM: u32 = 7;
            const INTERRUPT: u32 = 9;
            const IOERR: u32 = 10;
            const FULL: u32 = 13;
            let code = failure.code.as_deref().and_then(|code| code.parse::<u32>().ok());
            code.is_some_and(|code| matches!(code & 0xff, NOMEM | INTERRUPT | IOERR | FULL))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_the_transaction_with_it_is_known_for_each_dialect() {
        let database = |code: &str| other(Some(code.to_owned()), "", "");
        for (code, lost) in
            [("13", true), ("778", true), ("7", true), ("9", true), ("1", false), ("19", false)]
        {
            assert_eq!(loses_transaction(&database(code), Dialect::Sqlite), lost, "{code}");
        }
        let deadlock = Error::Deadlock(said(None, "", ""));
        let busy = Error::Busy(said(None, "", ""));
        assert!(loses_transaction(&deadlock, Dialect::MariaDb));
        assert!(loses_transaction(&busy, Dialect::MySql));
        assert!(!loses_transaction(&busy, Dialect::Sqlite));
        assert!(!loses_transaction(&deadlock, Dialect::Postgres));
        assert!(!loses_transaction(&database("1064"), Dialect::MariaDb));
    }

    #[test]
    fn a_broken_connection_is_known_as_one() {
        let broken = classify(sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into()), "SELECT 1");
        assert!(is_disconnect(&broken));
        assert!(is_disconnect(&classify(sqlx::Error::WorkerCrashed, "")));
        assert!(!is_disconnect(&other(None, "", "")));
    }
}
