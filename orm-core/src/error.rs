//! The one error type of the library.

use crate::value::Mismatch;

/// `Result` with this library's [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, by kind.
///
/// A message names the model, relation, column, constraint and statement that it is about, and never a bind value:
/// what servers put into their messages (MariaDB's `Duplicate entry 'ada@…'`) is left out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `one` found no row.
    #[error("no {model} matches the query")]
    NotFound {
        /// The model asked for.
        model: &'static str,
    },
    /// `one` or `optional` found more than one row.
    #[error(
        "more than one {model} matches the query; use `.first()` or `.all()`, or filter by a unique column"
    )]
    TooMany {
        /// The model asked for.
        model: &'static str,
    },
    /// A relation was read that its query did not load.
    #[error(transparent)]
    NotLoaded(#[from] NotLoaded),
    /// A row that must be there is not: a required `belongs_to` whose target is gone, or a row that vanished between
    /// two statements of one load.
    #[error(
        "{model}.{relation} must have a row, and its query found none: the foreign key dangles, or the row was deleted meanwhile"
    )]
    Vanished {
        /// The model that the relation starts at.
        model: &'static str,
        /// The relation.
        relation: &'static str,
    },
    /// The database returned a related row whose key belongs to none of the parents that were asked for.
    #[error("{model}.{relation}: a row came back whose key matches no row that it was loaded for")]
    Unmatched {
        /// The model that the relation starts at.
        model: &'static str,
        /// The relation.
        relation: &'static str,
    },
    /// A unique constraint refused the statement.
    #[error("unique violation: {0}")]
    UniqueViolation(Box<Violation>),
    /// A foreign key refused the statement.
    #[error("foreign key violation: {0}")]
    ForeignKeyViolation(Box<Violation>),
    /// A NOT NULL column was given no value.
    #[error("not null violation: {0}")]
    NotNullViolation(Box<Violation>),
    /// A CHECK constraint refused the statement.
    #[error("check violation: {0}")]
    CheckViolation(Box<Violation>),
    /// The transaction could not be serialised with another one; run it again.
    #[error("the transaction conflicts with another one and must run again ({0})")]
    Serialization(Box<Failure>),
    /// The server chose this transaction as the victim of a deadlock; run it again.
    #[error("deadlock: the server rolled this transaction back; run it again ({0})")]
    Deadlock(Box<Failure>),
    /// The database is locked by another writer (SQLite), or a lock was not granted in time.
    #[error("the database is busy: a lock was not granted in time ({0})")]
    Busy(Box<Failure>),
    /// A statement ran into a time limit.
    #[error("the statement ran into a time limit ({0})")]
    Timeout(Box<Failure>),
    /// No connection became free in time.
    #[error("no connection became free within {waited:?}: all {size} are in use{holders}")]
    PoolTimeout {
        /// How long the caller waited.
        waited: std::time::Duration,
        /// How many connections the pool may have.
        size: usize,
        /// Who holds them, in words.
        holders: String,
    },
    /// A second connection was asked for by a task that keeps the last one: it would wait for itself.
    #[error(
        "this task keeps the last connection of the pool ({holder}) and asks for a second one, which would never come; in a \
         transaction run the query on it (`&mut *tx`), else end what keeps the connection first, or raise the pool's size"
    )]
    PoolDeadlock {
        /// What keeps the connection, in words.
        holder: String,
    },
    /// The server could not be reached, refused the login, or the connection broke. A pool that is full is
    /// [`PoolTimeout`](Error::PoolTimeout) instead.
    ///
    /// Nothing is sent a second time by itself. Where a connection broke under a statement that writes, outside of a
    /// transaction, it is not known whether the server ran it; inside of one, it is rolled back.
    #[error("connection failed: {message}")]
    Connection {
        /// What is the matter, to match on.
        reason: ConnectionReason,
        /// What happened, without secrets.
        message: String,
    },
    /// COMMIT was sent and its answer never came: the transaction is either stored or not, and nobody here knows.
    #[error("the outcome of the commit is unknown: the connection failed before the answer came")]
    CommitOutcomeUnknown,
    /// The transaction was rolled back, though a commit was asked for: a statement in it had failed.
    #[error("the transaction was rolled back: a statement in it had failed, so it can not commit ({cause})")]
    RolledBack {
        /// The failure, in words.
        cause: String,
    },
    /// A statement in this transaction failed before, or a nested scope was dropped half-way; it can only roll back.
    #[error("this transaction can only roll back: {cause}")]
    TransactionFailed {
        /// The failure, in words.
        cause: String,
    },
    /// The backend has no such feature; nothing was sent.
    #[error("{backend} has no {feature}; nothing was sent")]
    Unsupported {
        /// What was asked for.
        feature: &'static str,
        /// The backend.
        backend: &'static str,
    },
    /// A value of a result does not fit the field that it is for.
    #[error("{model}.{column} cannot be read: {mismatch}")]
    Decode {
        /// The model.
        model: &'static str,
        /// The field.
        column: &'static str,
        /// What was expected and what came.
        mismatch: Mismatch,
    },
    /// A value cannot be sent to this backend: a NUL in text, a number out of range, NaN in a NOT NULL column.
    #[error("{column} cannot hold the given value: {reason}; nothing was sent")]
    InvalidValue {
        /// The column, where it is known.
        column: String,
        /// Why.
        reason: &'static str,
    },
    /// A name cannot be used on this backend; nothing was sent.
    #[error("the name `{name}` cannot be used: {reason}; nothing was sent")]
    InvalidName {
        /// The name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The query is larger or deeper than the backend allows; nothing was sent.
    #[error("the query is too complex: {what} (limit {limit}); nothing was sent")]
    QueryTooComplex {
        /// What is too many or too deep.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The query contradicts itself (two joined to-many relations side by side); nothing was sent.
    #[error("{0}")]
    InvalidQuery(String),
    /// An update or delete has no filter and does not say `.all_rows()`; nothing was sent.
    #[error(
        "{verb} of {model} has no filter; add `.filter(..)`, or `.all_rows()` if every row is meant; nothing was sent"
    )]
    Unfiltered {
        /// `UPDATE` or `DELETE`.
        verb: &'static str,
        /// The model.
        model: &'static str,
    },
    /// The model is read-only; nothing was sent.
    #[error("{model} is read-only; nothing was sent")]
    ReadOnly {
        /// The model.
        model: &'static str,
    },
    /// A table that a statement names is not in the database.
    #[error("the table does not exist ({0})")]
    MissingTable(Box<Failure>),
    /// A column that a statement names is not in the database.
    #[error("the column does not exist ({0})")]
    MissingColumn(Box<Failure>),
    /// The URL or a setting cannot be used.
    #[error("{0}")]
    Configuration(String),
    /// Any other error of the database.
    #[error("{0}")]
    Database(Box<Failure>),
}

/// What is the matter with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConnectionReason {
    /// Nobody answered where the server should be: the connection was refused, the host or file is not there.
    Unreachable,
    /// The server did not answer within the time for connecting.
    NoAnswer,
    /// The server refused the login.
    Login,
    /// The server has no such database.
    NoDatabase,
    /// No encrypted connection could be made as the URL demands it.
    Tls,
    /// The server has as many connections as it takes.
    ServerFull,
    /// The server is starting up, shutting down or takes no statements.
    ServerUnavailable,
    /// The server only reads: another one became the primary, and the address still leads to the old one.
    ReadOnlyServer,
    /// An open connection broke, or the server ended it.
    Lost,
    /// The server and the driver do not understand each other: a packet too large, an answer out of step.
    Protocol,
    /// A future was dropped in the middle of a statement or a transaction, so this connection was closed.
    Abandoned,
    /// A hook of [`DbBuilder::on_connect`](crate::DbBuilder::on_connect) failed.
    Hook,
    /// The database was closed by [`Db::close`](crate::Db::close).
    DatabaseClosed,
}

/// A relation was read that its query did not load. Made by a guarded slot ([`raise`], [`with_if`]).
///
/// [`raise`]: crate::model::Rel::raise
/// [`with_if`]: crate::query::Select::with_if
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "relation `{relation}` of `{model}` was not loaded by this query; add `.with({model}::{relation}.selectin())` to it"
)]
pub struct NotLoaded {
    /// The model that the relation starts at.
    pub model: &'static str,
    /// The relation.
    pub relation: &'static str,
}

/// A constraint that refused a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violation {
    /// The table, where the server names it.
    pub table: Option<String>,
    /// The constraint's (or unique index's) name, where the server names it.
    pub constraint: Option<String>,
    /// The columns, where the server names them.
    pub columns: Vec<String>,
    /// The statement.
    pub statement: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(constraint) = &self.constraint {
            write!(f, "constraint `{constraint}` ")?;
        }
        if !self.columns.is_empty() {
            write!(f, "on {} ", self.columns.join(", "))?;
        }
        if let Some(table) = &self.table {
            write!(f, "of {table} ")?;
        }
        write!(f, "in `{}`", shortened(&self.statement))
    }
}

/// What the server said about a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// The server's code: SQLSTATE, MySQL's error number or SQLite's extended result code.
    pub code: Option<String>,
    /// The server's message, without the values in it.
    pub message: String,
    /// The statement.
    pub statement: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = &self.code {
            write!(f, " [{code}]")?;
        }
        if !self.statement.is_empty() {
            write!(f, " in `{}`", shortened(&self.statement))?;
        }
        Ok(())
    }
}

/// The statement, cut where it is long (a thousand placeholders tell nothing).
fn shortened(statement: &str) -> String {
    const SHOWN: usize = 400;
    match statement.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", statement.get(..end).unwrap_or_default()),
        None => statement.to_owned(),
    }
}
