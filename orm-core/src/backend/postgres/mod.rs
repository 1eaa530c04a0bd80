//! PostgreSQL.
//!
//! Values go and come in binary form. Text is sent as a value of unknown type, so that it compares with whatever the
//! column is (`varchar`, `citext`, an enum), unless the statement says `$1::text`.

mod copy;
mod decode;
mod encode;
mod failure;
mod numeric;
mod oid;
mod prepare;
#[cfg(test)]
mod tests;

pub(super) use copy::copy;
pub(super) use decode::{Kind, cell};
pub(super) use failure::classify;
pub(crate) use prepare::Prepare;

use std::sync::Arc;

use sqlx::postgres::{PgConnectOptions, PgQueryResult, PgRow};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

use super::answer::Drained;
use super::{Outcome, Reader, Row, Sink, drain, target, trusted};
use crate::ast::Bind;
use crate::error::{Error, Result};

pub(super) fn parse(url: &str) -> Result<PgConnectOptions> {
    let options: PgConnectOptions = url.parse().map_err(|_| target::unreadable("postgres"))?;
    Ok(match options.get_application_name() {
        Some(_) => options,
        None => options.application_name(env!("CARGO_PKG_NAME")),
    })
}

/// The options without those that set something for a session which pgbouncer does not keep track of, and so refuses.
pub(super) fn without_session(options: &PgConnectOptions) -> PgConnectOptions {
    // Floats come in binary form: their digits do not matter.
    options.clone().extra_float_digits(None)
}

/// Opens a connection; sqlx asks for UTC and UTF-8 in the startup message, which no setting of role or database overrides.
pub(super) async fn connect(options: &PgConnectOptions, target: &str) -> Result<PgConnection> {
    let options = options.clone().disable_statement_logging();
    options.connect().await.map_err(|error| super::failure::connecting(error, target))
}

/// Runs a statement, prepared in the way that the connection allows.
pub(super) async fn fetch(
    connection: &mut PgConnection,
    prepare: &mut Prepare,
    text: &Arc<str>,
    binds: &[Bind],
    sink: &mut dyn Sink,
) -> Result<Outcome> {
    match prepare {
        Prepare::Named => fetch_named(connection, text, binds, sink).await,
        Prepare::Unnamed(known) => prepare::fetch_unnamed(connection, known, text, binds, sink).await,
    }
}

/// Runs a statement. Where a table has changed since the statement was prepared, the prepared statements are thrown away
/// and it runs again; inside a transaction that is impossible, and the transaction must run again.
async fn fetch_named(
    connection: &mut PgConnection,
    text: &Arc<str>,
    binds: &[Bind],
    sink: &mut dyn Sink,
) -> Result<Outcome> {
    let failed = match attempt(connection, true, text, binds, sink).await? {
        Ok(drained) => return drained.finish(),
        Err(error) => error,
    };
    if !failure::is_stale_plan(&failed) {
        return Err(super::failure::classify(failed, text));
    }
    let cleared = connection.clear_cached_statements().await;
    cleared.map_err(|error| super::failure::classify(error, text))?;
    match attempt(connection, true, text, binds, sink).await? {
        Ok(drained) => drained.finish(),
        Err(again) if failure::is_aborted(&again) => Err(Error::Serialization(failure::stale_plan(text))),
        Err(again) => Err(super::failure::classify(again, text)),
    }
}

async fn attempt(
    connection: &mut PgConnection,
    named: bool,
    text: &Arc<str>,
    binds: &[Bind],
    sink: &mut dyn Sink,
) -> Result<sqlx::Result<Drained>> {
    let arguments = encode::arguments(binds)?;
    let query = sqlx::query_with(trusted(text), arguments).persistent(named);
    Ok(drain(connection.fetch_many(query), READER, sink).await)
}

const READER: Reader<PgQueryResult, PgRow, Kind> = Reader { layout: decode::layout, row, outcome };

fn row<'r>(row: &'r PgRow, layout: &'r [Kind]) -> Row<'r> {
    Row::Postgres(row, layout)
}

fn outcome(result: PgQueryResult) -> Outcome {
    Outcome { rows_affected: result.rows_affected(), last_insert_id: None }
}
