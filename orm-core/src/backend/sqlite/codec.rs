//! Values to and from SQLite.

use sqlx::sqlite::{SqliteArguments, SqliteRow, SqliteValueRef};
use sqlx::{Arguments, Decode, Row, Sqlite, TypeInfo, ValueRef};

use crate::ast::Bind;
use crate::backend::bind::{Unfit, check, decimal, float, four_digit_year, invalid, signed};
use crate::error::{Error, Result};
use crate::value::{Cell, Mismatch, SqlType, Value, civil};

/// The values of a statement, ready to send.
pub(super) fn arguments(binds: &[Bind]) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(binds.len(), 0);
    for bind in binds {
        if matches!(bind.sql_type, SqlType::Array(_)) {
            return Err(Error::Unsupported { feature: "array columns", backend: "SQLite" });
        }
        push(&mut arguments, &bind.value, bind.sql_type).map_err(|unfit| invalid(bind, unfit.0))?;
    }
    Ok(arguments)
}

fn push(arguments: &mut SqliteArguments, value: &Value, sql: SqlType) -> Result<(), Unfit> {
    check(value, sql)?;
    let pushed = match value {
        Value::Null => arguments.add(None::<i64>),
        Value::Int(_) | Value::Unsigned(_) if matches!(sql, SqlType::Real | SqlType::Double) => {
            arguments.add(float(value)?)
        }
        Value::Int(_) | Value::Unsigned(_) if sql == SqlType::Decimal => {
            arguments.add(decimal(value)?.into_owned())
        }
        Value::Int(_) | Value::Unsigned(_) => arguments.add(signed(value)?),
        // SQLite would keep NULL in its place.
        Value::Float(value) if value.is_nan() => return Err(Unfit("SQLite has no NaN")),
        Value::Bool(value) => arguments.add(*value),
        Value::Float(value) => arguments.add(*value),
        Value::Text(text) | Value::Decimal(text) | Value::Json(text) => arguments.add(text.as_str()),
        Value::Bytes(bytes) => arguments.add(bytes.as_slice()),
        Value::Date(days) => arguments.add(four_digit_year(civil::format_date(*days))?),
        Value::Time(micros) => arguments.add(civil::format_time(*micros)),
        Value::DateTime(micros) | Value::Timestamp(micros) => {
            arguments.add(four_digit_year(civil::format_date_time(*micros))?)
        }
        Value::Uuid(bytes) => arguments.add(bytes.as_slice()),
        Value::Array(_) => return Err(Unfit("SQLite has no arrays")),
    };
    pushed.map_err(|_| Unfit("the driver refuses it"))
}

/// The value in column `index`, by the storage class that the value has: in SQLite a column's type does not bind.
pub(in crate::backend) fn cell(row: &SqliteRow, index: usize) -> Result<Cell<'_>, Mismatch> {
    let value = row.try_get_raw(index).map_err(|_| mismatch("no such column"))?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    let class = value.type_info();
    match class.name() {
        "INTEGER" => decode(value).map(Cell::Int),
        "TEXT" => decode(value).map(Cell::Text),
        "REAL" => decode(value).map(Cell::Float),
        "BLOB" => decode(value).map(Cell::Bytes),
        _ => Err(mismatch("a value of an unknown storage class")),
    }
}

/// The value as a type that fits its storage class: only text can fail.
fn decode<'r, T: Decode<'r, Sqlite>>(value: SqliteValueRef<'r>) -> Result<T, Mismatch> {
    T::decode(value).map_err(|_| mismatch("text that is not UTF-8"))
}

fn mismatch(found: &'static str) -> Mismatch {
    Mismatch { expected: "a value of SQLite's", found }
}
