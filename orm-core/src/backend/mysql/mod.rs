//! MariaDB and MySQL.
//!
//! Dates, times, decimals and JSON are bound as text, which the server converts; UUIDs as 16 bytes. The session is in UTC
//! and strict: what does not fit is an error and not cut.

mod decode;
mod encode;
mod failure;
#[cfg(test)]
mod tests;

pub(super) use decode::{Kind, cell};
pub(super) use failure::classify;

use std::sync::Arc;

use sqlx::mysql::{MySqlConnectOptions, MySqlQueryResult, MySqlRow};
use sqlx::{ConnectOptions, Executor, MySqlConnection};

use super::{Outcome, Reader, Row, Sink, drain, target, trusted};
use crate::ast::Bind;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::value::Cell;

/// The state of every session. Zero dates would read as NULL, without strictness the server cuts what does not fit, and a
/// given key 0 would be taken for none.
const SESSION: &str = "SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,\
    NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'";

pub(super) fn parse(url: &str) -> Result<MySqlConnectOptions> {
    url.parse().map_err(|_| target::unreadable("mysql"))
}

/// Opens a connection and asks which server it is; two round trips beside the login.
pub(super) async fn connect(
    options: &MySqlConnectOptions,
    target: &str,
) -> Result<(MySqlConnection, Dialect)> {
    let options = options.clone().disable_statement_logging();
    // All that sqlx would set at connect is in `SESSION`.
    let options =
        options.pipes_as_concat(false).no_engine_substitution(false).timezone(None).set_names(false);
    let failed = |error| super::failure::connecting(error, target);
    let mut connection = options.connect().await.map_err(failed)?;
    connection.execute(sqlx::raw_sql(SESSION)).await.map_err(failed)?;
    let mut server = Server::default();
    let ask =
        connection.fetch_many(sqlx::raw_sql("SELECT VERSION(), @@SESSION.sql_mode, @@SESSION.time_zone"));
    drain(ask, READER, &mut server).await.map_err(failed)?.finish()?;
    Ok((connection, server.dialect(target)?))
}

/// What a server says about itself.
#[derive(Default)]
struct Server {
    version: String,
    mode: String,
    zone: String,
}

impl Sink for Server {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        for (index, field) in [&mut self.version, &mut self.mode, &mut self.zone].into_iter().enumerate() {
            if let Ok(Cell::Text(text)) = row.cell(index) {
                text.clone_into(field);
            }
        }
        Ok(())
    }
}

impl Server {
    /// # Errors
    /// [`Error::Configuration`] where something between us and the server keeps the session from being set.
    fn dialect(&self, target: &str) -> Result<Dialect> {
        if !self.mode.contains("STRICT_TRANS_TABLES") || self.zone != "+00:00" {
            return Err(Error::Configuration(format!(
                "{target}: the session could not be made strict and UTC (sql_mode `{}`, time_zone `{}`)",
                self.mode, self.zone
            )));
        }
        Ok(if self.version.contains("MariaDB") { Dialect::MariaDb } else { Dialect::MySql })
    }
}

pub(super) async fn fetch(
    connection: &mut MySqlConnection,
    dialect: Dialect,
    text: &Arc<str>,
    binds: &[Bind],
    sink: &mut dyn Sink,
) -> Result<Outcome> {
    let arguments = encode::arguments(binds, dialect)?;
    let answer = connection.fetch_many(sqlx::query_with(trusted(text), arguments));
    let drained = drain(answer, READER, sink).await;
    drained.map_err(|error| super::failure::classify(error, text))?.finish()
}

const READER: Reader<MySqlQueryResult, MySqlRow, Kind> = Reader { layout: decode::layout, row, outcome };

fn row<'r>(row: &'r MySqlRow, layout: &'r [Kind]) -> Row<'r> {
    Row::MySql(row, layout)
}

/// The server says 0 where it made no key.
fn outcome(result: MySqlQueryResult) -> Outcome {
    let made = i64::try_from(result.last_insert_id()).ok().filter(|id| *id != 0);
    Outcome { rows_affected: result.rows_affected(), last_insert_id: made }
}
