//! SQLite.
//!
//! How values are kept: booleans and integers as INTEGER, floats as REAL, text and JSON as TEXT, bytes as BLOB, UUIDs as a
//! BLOB of 16 bytes, decimals as TEXT, dates and times as TEXT in the form of `CURRENT_TIMESTAMP`, timestamps in UTC.
//!
//! SQLite reads a double-quoted name that is no column as text, and sqlx gives no way to turn that off: the renderer
//! qualifies columns with their table's alias, which is never taken for text.

mod codec;
mod failure;
mod options;
#[cfg(test)]
mod tests;

pub(super) use codec::cell;
pub(super) use failure::classify;
pub(super) use options::Options;

use sqlx::sqlite::{SqliteQueryResult, SqliteRow};
use sqlx::{Executor, SqliteConnection};

use super::{Outcome, Reader, Row, Sink, drain, trusted};
use crate::ast::Bind;
use crate::error::Result;

pub(super) async fn fetch(
    connection: &mut SqliteConnection,
    text: &str,
    binds: &[Bind],
    sink: &mut dyn Sink,
) -> Result<Outcome> {
    let arguments = codec::arguments(binds)?;
    let answer = connection.fetch_many(sqlx::query_with(trusted(text), arguments));
    let reader = Reader { layout: |_| Vec::new(), row, outcome };
    let drained = drain(answer, reader, sink).await;
    drained.map_err(|error| super::failure::classify(error, text))?.finish()
}

fn row<'r>(row: &'r SqliteRow, _: &'r [()]) -> Row<'r> {
    Row::Sqlite(row)
}

fn outcome(result: SqliteQueryResult) -> Outcome {
    Outcome { rows_affected: result.rows_affected(), last_insert_id: Some(result.last_insert_rowid()) }
}
