//! Errors of SQLite, by extended result code (<https://www.sqlite.org/rescode.html>).
//!
//! Its messages name tables, columns and constraints and quote parts of the statement, but no bound values.

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

use crate::backend::failure::{broken, other, said, violation};
use crate::error::{ConnectionReason, Error, Violation};

const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const INTERRUPT: i32 = 9;
const CANNOT_OPEN: i32 = 14;
const CHECK: i32 = 275;
const FOREIGN_KEY: i32 = 787;
/// What `RAISE` in a trigger gives, and also a key that is declared `ON DELETE RESTRICT`.
const TRIGGER: i32 = 1811;
const NOT_NULL: i32 = 1299;
const PRIMARY_KEY: i32 = 1555;
const UNIQUE: i32 = 2067;
const ROW_ID: i32 = 2579;

pub(in crate::backend) fn classify(error: &SqliteError, statement: &str) -> Error {
    let code = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    by_code(code, error.message(), statement)
}

pub(super) fn by_code(code: i32, message: &str, statement: &str) -> Error {
    let said = || said(Some(code.to_string()), message, statement);
    // `UNIQUE constraint failed: users.email, users.name`
    let subject = message.split_once(" failed: ").map(|(_, subject)| subject);
    match code {
        UNIQUE | PRIMARY_KEY | ROW_ID => Error::UniqueViolation(of_columns(subject, statement)),
        NOT_NULL => Error::NotNullViolation(of_columns(subject, statement)),
        CHECK => Error::CheckViolation(violation(None, subject, Vec::new(), statement)),
        FOREIGN_KEY => Error::ForeignKeyViolation(violation(None, None, Vec::new(), statement)),
        TRIGGER if message == "FOREIGN KEY constraint failed" => {
            Error::ForeignKeyViolation(violation(None, None, Vec::new(), statement))
        }
        _ => match code & 0xff {
            BUSY | LOCKED => Error::Busy(said()),
            INTERRUPT => Error::Timeout(said()),
            CANNOT_OPEN => broken(ConnectionReason::Unreachable, "the database file cannot be opened"),
            _ if message.starts_with("no such table") => Error::MissingTable(said()),
            _ if message.starts_with("no such column") || message.contains(" has no column named ") => {
                Error::MissingColumn(said())
            }
            _ => other(Some(code.to_string()), message, statement),
        },
    }
}

/// `users.email, users.name`, or `index 'name'` where the index is over expressions.
fn of_columns(subject: Option<&str>, statement: &str) -> Box<Violation> {
    let subject = subject.unwrap_or_default();
    if let Some(index) = subject.strip_prefix("index ") {
        return violation(None, Some(index.trim_matches('\'')), Vec::new(), statement);
    }
    let mut table = None;
    let columns = subject
        .split(", ")
        .filter_map(|part| part.rsplit_once('.'))
        .map(|(of, column)| {
            table = Some(of);
            column.to_owned()
        })
        .collect();
    violation(table, None, columns, statement)
}
