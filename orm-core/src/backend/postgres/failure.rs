//! Errors of PostgreSQL, by SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
//!
//! The detail (`Key (email)=(ada@…) already exists`) holds values and is left out, but for the columns in it.

use sqlx::postgres::PgDatabaseError;

use crate::backend::failure::{broken, other, said, violation};
use crate::error::{ConnectionReason, Error, Failure, Violation};

pub(in crate::backend) fn classify(error: &PgDatabaseError, statement: &str) -> Error {
    let said =
        || said(Some(error.code().to_owned()), without_values(error.code(), error.message()), statement);
    let refused = || refused(error, statement);
    match error.code() {
        "23505" | "23P01" => Error::UniqueViolation(refused()),
        "23503" => Error::ForeignKeyViolation(refused()),
        "23502" => Error::NotNullViolation(refused()),
        "23514" => Error::CheckViolation(refused()),
        "40001" => Error::Serialization(said()),
        "40P01" => Error::Deadlock(said()),
        "55P03" => Error::Busy(said()),
        "57014" | "25P03" | "25P04" => Error::Timeout(said()),
        "42P01" => Error::MissingTable(said()),
        "42703" => Error::MissingColumn(said()),
        code => match unreachable_because(code) {
            Some((reason, message)) => broken(reason, format!("{message} [{code}]")),
            None => other(Some(code.to_owned()), without_values(code, error.message()), statement),
        },
    }
}

/// What keeps a connection from being made or used.
fn unreachable_because(code: &str) -> Option<(ConnectionReason, &'static str)> {
    use ConnectionReason as Reason;
    Some(match code {
        "28P01" | "28000" => (
            Reason::Login,
            "the server refused the login: wrong user or password, or no permission to connect",
        ),
        "3D000" => (Reason::NoDatabase, "the server has no such database"),
        "53300" => (Reason::ServerFull, "the server has too many connections"),
        "57P01" => (Reason::Lost, "the server ended the connection"),
        "57P02" => (Reason::Lost, "the server crashed"),
        "57P03" => (Reason::ServerUnavailable, "the server is starting up or shutting down"),
        "57P05" => (Reason::Lost, "the server ended the idle connection"),
        _ if code.starts_with("08") => (Reason::Lost, "the connection failed"),
        _ => return None,
    })
}

fn refused(error: &PgDatabaseError, statement: &str) -> Box<Violation> {
    let columns = match error.column() {
        Some(column) => vec![column.to_owned()],
        None => error.detail().map(key_columns).unwrap_or_default(),
    };
    violation(error.table(), error.constraint(), columns, statement)
}

/// The columns of `Key (a, b)=(1, 2) already exists.`
fn key_columns(detail: &str) -> Vec<String> {
    let columns = detail.strip_prefix("Key (").and_then(|rest| rest.split_once(")=("));
    columns.map(|(columns, _)| columns.split(", ").map(str::to_owned).collect()).unwrap_or_default()
}

/// The message up to a value in it: messages of class 22 (data exception) quote what could not be used.
fn without_values(code: &str, message: &str) -> String {
    if !code.starts_with("22") {
        return message.to_owned();
    }
    let message = message.split_once(": ").map_or(message, |(before, _)| before);
    match (message.find('"'), message.rfind('"')) {
        (Some(start), Some(end)) if start < end => {
            let (before, after) = (message.get(..start), message.get(end + 1..));
            format!("{}…{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        _ => message.to_owned(),
    }
}

/// Whether a prepared statement no longer fits the tables, or is no longer known to the server.
pub(super) fn is_stale_plan(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| match error.code().as_deref() {
        Some("0A000") => error.message().starts_with("cached plan"),
        Some("26000") => true,
        _ => false,
    })
}

/// Whether an error before it had already failed the transaction.
pub(super) fn is_aborted(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some("25P02")
}

pub(super) fn stale_plan(statement: &str) -> Box<Failure> {
    said(Some("0A000".to_owned()), "a table has changed since the statement was prepared", statement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_stays_in_a_message() {
        for (code, message, kept) in [
            (
                "22P02",
                "invalid input syntax for type integer: \"secret: x\"",
                "invalid input syntax for type integer",
            ),
            (
                "22003",
                "value \"secret\" is out of range for type integer",
                "value … is out of range for type integer",
            ),
            ("22008", "date/time field value out of range: \"secret\"", "date/time field value out of range"),
            (
                "22001",
                "value too long for type character varying(5)",
                "value too long for type character varying(5)",
            ),
            ("42601", "syntax error at or near \"SELEKT\"", "syntax error at or near \"SELEKT\""),
        ] {
            assert_eq!(without_values(code, message), kept);
        }
    }

    #[test]
    fn only_the_columns_of_a_detail_are_kept() {
        assert_eq!(key_columns("Key (a, b)=(1, secret) already exists."), ["a", "b"]);
        assert_eq!(key_columns("Failing row contains (secret)."), Vec::<String>::new());
    }
}
