//! Stub.
use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, Row as _};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Outcome, Row, Sink};
use crate::ast::Bind;
use crate::dialect::Dialect;
use crate::error::{Error, Failure, Result, Violation};
use crate::value::{Cell, Mismatch, Value};

pub(super) fn cell<'r>(row: &'r SqliteRow, index: usize) -> Result<Cell<'r>, Mismatch> {
    if let Ok(value) = row.try_get::<i64, _>(index) {
        return Ok(Cell::Int(value));
    }
    Ok(row.try_get::<&str, _>(index).map(Cell::Text).unwrap_or(Cell::Null))
}

#[derive(Clone)]
pub(crate) struct Target {
    options: SqliteConnectOptions,
    memory: bool,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Target> {
        let memory = url.contains(":memory:");
        let options = if memory {
            let name = format!("/orm-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            SqliteConnectOptions::new().filename(name).vfs("memdb")
        } else {
            SqliteConnectOptions::from_str(url).map_err(|error| Error::Configuration(error.to_string()))?
        };
        Ok(Target { options: options.create_if_missing(memory || url.contains("mode=rwc")), memory })
    }

    pub(crate) fn redacted(&self) -> String {
        "sqlite".into()
    }

    pub(crate) fn is_memory(&self) -> bool {
        self.memory
    }

    pub(crate) async fn connect(&self) -> Result<Driver> {
        let options = self.options.clone().disable_statement_logging();
        Ok(Driver(SqliteConnection::connect_with(&options).await.map_err(|e| map(e, ""))?))
    }
}

pub(crate) struct Driver(SqliteConnection);

fn map(error: sqlx::Error, statement: &str) -> Error {
    let sqlx::Error::Database(database) = &error else {
        return Error::Connection { message: error.to_string() };
    };
    let code = database.code().map(|code| code.into_owned());
    if database.is_unique_violation() {
        return Error::UniqueViolation(Box::new(Violation { statement: statement.into(), ..Default::default() }));
    }
    if database.is_foreign_key_violation() {
        return Error::ForeignKeyViolation(Box::new(Violation { statement: statement.into(), ..Default::default() }));
    }
    let failure = Box::new(Failure { code, message: database.message().to_owned(), statement: statement.into() });
    match failure.code.as_deref() {
        Some("5" | "517" | "6" | "261") => Error::Busy(failure),
        Some("14") => Error::Connection { message: failure.message },
        _ => Error::Database(failure),
    }
}

impl Driver {
    pub(crate) fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    pub(crate) async fn fetch(&mut self, text: &str, binds: &[Bind], sink: &mut dyn Sink) -> Result<Outcome> {
        let mut query = sqlx::query(AssertSqlSafe(text.to_owned()));
        for bind in binds {
            query = match &bind.value {
                Value::Int(value) => query.bind(*value),
                Value::Text(value) => query.bind(value.clone()),
                _ => query.bind(None::<i64>),
            };
        }
        #[allow(deprecated)]
        let mut stream = query.fetch_many(&mut self.0);
        let mut outcome = Outcome::default();
        while let Some(item) = stream.try_next().await.map_err(|error| map(error, text))? {
            match item {
                Either::Left(result) => {
                    outcome.rows_affected = result.rows_affected();
                    outcome.last_insert_id = Some(result.last_insert_rowid());
                }
                Either::Right(row) => sink.row(Row::Sqlite(&row))?,
            }
        }
        Ok(outcome)
    }

    pub(crate) async fn run(&mut self, text: &str) -> Result<()> {
        use sqlx::Executor;
        self.0.execute(sqlx::raw_sql(AssertSqlSafe(text.to_owned()))).await.map_err(|error| map(error, text))?;
        Ok(())
    }

    pub(crate) async fn ping(&mut self) -> Result<()> {
        self.0.ping().await.map_err(|error| map(error, ""))
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.0.close().await.map_err(|error| map(error, ""))
    }
}
