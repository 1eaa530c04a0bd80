//! Values to and from SQLite.

use std::borrow::Cow;

use super::raw::{self, Field};
use crate::ast::Bind;
use crate::backend::bind::{Unfit, check, decimal, float, four_digit_year, invalid, signed};
use crate::error::{Error, Result};
use crate::value::{Cell, Mismatch, SqlType, Value, civil};

/// A value ready to send.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Argument<'v> {
    Null,
    Int(i64),
    Float(f64),
    Text(Cow<'v, str>),
    Bytes(Cow<'v, [u8]>),
}

impl Argument<'_> {
    pub(super) fn as_raw(&self) -> raw::Value<'_> {
        match self {
            Argument::Null => raw::Value::Null,
            Argument::Int(value) => raw::Value::Int(*value),
            Argument::Float(value) => raw::Value::Float(*value),
            Argument::Text(text) => raw::Value::Text(text),
            Argument::Bytes(bytes) => raw::Value::Bytes(bytes),
        }
    }

    /// The value with its own copy of what it borrowed.
    pub(super) fn to_owned(&self) -> Argument<'static> {
        match self {
            Argument::Null => Argument::Null,
            Argument::Int(value) => Argument::Int(*value),
            Argument::Float(value) => Argument::Float(*value),
            Argument::Text(text) => Argument::Text(Cow::Owned(text.clone().into_owned())),
            Argument::Bytes(bytes) => Argument::Bytes(Cow::Owned(bytes.clone().into_owned())),
        }
    }
}

/// The values of a statement.
pub(super) fn arguments(binds: &[Bind]) -> Result<Vec<Argument<'_>>> {
    let mut arguments = Vec::with_capacity(binds.len());
    for bind in binds {
        arguments.push(argument(bind)?);
    }
    Ok(arguments)
}

fn argument(bind: &Bind) -> Result<Argument<'_>> {
    if matches!(bind.sql_type, SqlType::Array(_)) {
        return Err(Error::Unsupported { feature: "array columns", backend: "SQLite" });
    }
    encode(&bind.value, bind.sql_type).map_err(|unfit| invalid(bind, unfit.0))
}

fn encode(value: &Value, sql: SqlType) -> Result<Argument<'_>, Unfit> {
    check(value, sql)?;
    let text = |text: String| Argument::Text(Cow::Owned(text));
    Ok(match value {
        Value::Null => Argument::Null,
        Value::Int(_) | Value::Unsigned(_) if matches!(sql, SqlType::Real | SqlType::Double) => {
            Argument::Float(float(value)?)
        }
        Value::Int(_) | Value::Unsigned(_) if sql == SqlType::Decimal => Argument::Text(decimal(value)?),
        Value::Int(_) | Value::Unsigned(_) => Argument::Int(signed(value)?),
        // SQLite would keep NULL in its place.
        Value::Float(value) if value.is_nan() => return Err(Unfit("SQLite has no NaN")),
        Value::Bool(value) => Argument::Int((*value).into()),
        Value::Float(value) => Argument::Float(*value),
        Value::Text(text) | Value::Decimal(text) | Value::Json(text) => Argument::Text(Cow::Borrowed(text)),
        Value::Bytes(bytes) => Argument::Bytes(Cow::Borrowed(bytes)),
        Value::Date(days) => text(four_digit_year(civil::format_date(*days))?),
        Value::Time(micros) => text(civil::format_time(*micros)),
        Value::DateTime(micros) | Value::Timestamp(micros) => {
            text(four_digit_year(civil::format_date_time(*micros))?)
        }
        Value::Uuid(bytes) => Argument::Bytes(Cow::Borrowed(bytes)),
        Value::Array(_) => return Err(Unfit("SQLite has no arrays")),
    })
}

/// The value of a field, by the storage class that it has: in SQLite a column's type does not bind.
pub(super) fn cell(field: Option<Field<'_>>) -> Result<Cell<'_>, Mismatch> {
    match field {
        Some(Field::Null) => Ok(Cell::Null),
        Some(Field::Int(value)) => Ok(Cell::Int(value)),
        Some(Field::Float(value)) => Ok(Cell::Float(value)),
        Some(Field::Text(text)) => {
            std::str::from_utf8(text).map(Cell::Text).map_err(|_| mismatch("text that is not UTF-8"))
        }
        Some(Field::Bytes(bytes)) => Ok(Cell::Bytes(bytes)),
        None => Err(mismatch("no such column")),
    }
}

fn mismatch(found: &'static str) -> Mismatch {
    Mismatch { expected: "a value of SQLite's", found }
}
