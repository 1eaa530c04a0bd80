//! What the tests of the drivers share.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use super::{Driver, Outcome, Row, Sink, Target};
use crate::ast::Bind;
use crate::error::{Error, Result};
use crate::value::{Cell, ColumnType, Mismatch, SqlType, Value, numeric_text};

pub(super) fn block_on<F: Future + Send>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A connection to a server, or `None` (and a line) where there is none; on CI there must be one.
pub(super) async fn server(variable: &str, usual: &str) -> Option<Driver> {
    let url = std::env::var(variable).unwrap_or_else(|_| usual.to_owned());
    match Target::parse(&url).unwrap().connect().await {
        Ok(driver) => Some(driver),
        Err(error) if std::env::var_os("CI").is_some() => panic!("{variable}: {error}"),
        Err(error) => {
            eprintln!("skipped, for {variable} cannot be reached: {error}");
            None
        }
    }
}

pub(super) fn bind(sql_type: SqlType, value: Value) -> Bind {
    Bind { value, sql_type, column: None }
}

/// What a test makes of a cell.
pub(super) type Take<T> = for<'a> fn(Result<Cell<'a>, Mismatch>) -> T;

/// Keeps what `take` makes of the first cell of each row.
pub(super) struct Firsts<T> {
    pub(super) take: Take<T>,
    pub(super) found: Vec<T>,
}

impl<T: Send> Sink for Firsts<T> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        self.found.push((self.take)(row.cell(0)));
        Ok(())
    }
}

/// Runs a statement and gives what `take` makes of the first column.
pub(super) async fn firsts<T: Send>(
    driver: &mut Driver,
    text: &str,
    binds: &[Bind],
    take: Take<T>,
) -> Result<Vec<T>> {
    let mut sink = Firsts { take, found: Vec::new() };
    driver.fetch(&text.into(), binds, &mut sink).await?;
    Ok(sink.found)
}

/// A cell as an owned value, in the words of [`Value`]; a decimal in PostgreSQL's binary form as text.
pub(super) fn owned(cell: Result<Cell<'_>, Mismatch>) -> Value {
    match cell.unwrap() {
        Cell::Null => Value::Null,
        Cell::Bool(value) => Value::Bool(value),
        Cell::Int(value) => Value::Int(value),
        Cell::Unsigned(value) => Value::Unsigned(value),
        Cell::Float(value) => Value::Float(value),
        Cell::Text(text) => Value::Text(text.to_owned()),
        Cell::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
        Cell::Date(value) => Value::Date(value),
        Cell::Time(value) => Value::Time(value),
        Cell::DateTime(value) => Value::DateTime(value),
        Cell::Timestamp(value) => Value::Timestamp(value),
        Cell::Uuid(bytes) => Value::Uuid(bytes),
        Cell::Numeric(bytes) => Value::Decimal(numeric_text(bytes).unwrap()),
        Cell::Json(text) => Value::Json(text.to_owned()),
        Cell::Array(elements) => Value::Array(elements.map(|element| owned(Ok(element))).collect()),
    }
}

/// What came in place of a readable value.
pub(super) fn unreadable(cell: Result<Cell<'_>, Mismatch>) -> String {
    cell.err().map_or_else(|| "readable".to_owned(), |mismatch| mismatch.found.to_owned())
}

/// Whether the value cannot be read as a `T`.
pub(super) fn refused<T: ColumnType>(cell: Result<Cell<'_>, Mismatch>) -> bool {
    cell.and_then(T::decode).is_err()
}

/// Runs a statement for its effect.
pub(super) async fn execute(driver: &mut Driver, text: &str, binds: &[Bind]) -> Result<Outcome> {
    driver.fetch(&text.into(), binds, &mut Firsts { take: |_| (), found: Vec::new() }).await
}

/// Refuses every row.
pub(super) struct Refusing(pub(super) usize);

impl Sink for Refusing {
    fn row(&mut self, _: Row<'_>) -> Result<()> {
        self.0 += 1;
        Err(Error::InvalidQuery("refused".to_owned()))
    }
}
