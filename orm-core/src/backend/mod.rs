//! Stub of the drivers: SQLite only, good enough to run the tests of `db`.
mod row;
mod sqlite;

pub(crate) use row::{Cells, Row};
pub(crate) use sqlite::Driver;
pub(crate) use sqlite::Target;

use crate::dialect::Dialect;
use crate::error::{Error, Result};

pub(crate) trait Sink: Send {
    fn row(&mut self, row: Row<'_>) -> Result<()>;
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) rows_affected: u64,
    pub(crate) last_insert_id: Option<i64>,
}

pub(crate) fn is_disconnect(error: &Error) -> bool {
    matches!(error, Error::Connection { .. })
}

pub(crate) fn loses_transaction(error: &Error, _dialect: Dialect) -> bool {
    matches!(error, Error::Deadlock(_))
        || matches!(error, Error::Database(failure) if matches!(failure.code.as_deref(), Some("13" | "10" | "7")))
}
