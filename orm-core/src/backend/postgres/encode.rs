//! Values to PostgreSQL, in the binary forms of its `…_recv` functions.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo};
use sqlx::{Arguments, Encode, Postgres, Type};

use super::{numeric, oid};
use crate::ast::Bind;
use crate::backend::bind::{MAX_BYTES, TOO_LARGE, Unfit, check, decimal, float, invalid, signed};
use crate::error::Result;
use crate::value::{SqlType, Value};

const OUT_OF_RANGE: Unfit = Unfit("the date or time is out of range");

/// The values of a statement, ready to send.
pub(super) fn arguments(binds: &[Bind]) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    arguments.reserve(binds.len(), binds.iter().map(|bind| room(&bind.value)).sum());
    for bind in binds {
        check(&bind.value, bind.sql_type).map_err(|unfit| invalid(bind, unfit.0))?;
        arguments.add(Parameter { value: &bind.value, sql: bind.sql_type }).map_err(|error| {
            let reason = error.downcast_ref().map_or("the driver refuses it", |unfit: &Unfit| unfit.0);
            invalid(bind, reason)
        })?;
    }
    Ok(arguments)
}

/// About as many bytes as the value takes, with its length.
fn room(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) => 5 + text.len(),
        Value::Bytes(bytes) => 4 + bytes.len(),
        Value::Array(values) => 24 + 12 * values.len(),
        Value::Uuid(_) | Value::Decimal(_) => 20,
        _ => 12,
    }
}

/// A value with the type that fixes its binary form.
struct Parameter<'a> {
    value: &'a Value,
    sql: SqlType,
}

impl Type<Postgres> for Parameter<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(oid::UNKNOWN_PARAMETER))
    }
}

impl<'q> Encode<'q, Postgres> for Parameter<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Ok(write(self.value, self.sql, buffer)?)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(oid::parameter(self.sql))))
    }
}

fn write(value: &Value, sql: SqlType, out: &mut Vec<u8>) -> Result<IsNull, Unfit> {
    match value {
        Value::Null => return Ok(IsNull::Yes),
        Value::Bool(value) => out.push((*value).into()),
        Value::Int(_) | Value::Unsigned(_) | Value::Float(_) | Value::Decimal(_) => {
            write_number(value, sql, out)?
        }
        Value::Text(text) if sql == SqlType::Json => write_json(text, out),
        Value::Text(text) if text.contains('\0') => return Err(Unfit("PostgreSQL's text holds no NUL")),
        Value::Text(text) => out.extend(text.as_bytes()),
        Value::Json(text) => write_json(text, out),
        Value::Bytes(bytes) => out.extend(bytes),
        Value::Uuid(bytes) => out.extend(bytes),
        Value::Date(days) => {
            out.extend(from_2000(days.checked_sub(oid::EPOCH_DAYS), i32::MIN)?.to_be_bytes())
        }
        Value::Time(micros) => out.extend(micros.to_be_bytes()),
        Value::DateTime(micros) | Value::Timestamp(micros) => {
            out.extend(from_2000(micros.checked_sub(oid::EPOCH_MICROS), i64::MIN)?.to_be_bytes());
        }
        Value::Array(values) => write_array(values, sql, out)?,
    }
    Ok(IsNull::No)
}

/// A count that is there and not the one that stands for `-infinity`.
fn from_2000<T: PartialEq>(count: Option<T>, infinity: T) -> Result<T, Unfit> {
    count.filter(|count| *count != infinity).ok_or(OUT_OF_RANGE)
}

fn write_number(value: &Value, sql: SqlType, out: &mut Vec<u8>) -> Result<(), Unfit> {
    const OUT_OF_RANGE: Unfit = Unfit("the number is out of range");
    match oid::element(sql) {
        oid::INT2 => out.extend(i16::try_from(signed(value)?).map_err(|_| OUT_OF_RANGE)?.to_be_bytes()),
        oid::INT4 => out.extend(i32::try_from(signed(value)?).map_err(|_| OUT_OF_RANGE)?.to_be_bytes()),
        oid::INT8 => out.extend(signed(value)?.to_be_bytes()),
        oid::FLOAT4 => out.extend((float(value)? as f32).to_be_bytes()),
        oid::FLOAT8 => out.extend(float(value)?.to_be_bytes()),
        _ => numeric::write(&decimal(value)?, out).ok_or(Unfit("it is not a decimal number"))?,
    }
    Ok(())
}

/// `jsonb`, version 1: the text.
fn write_json(text: &str, out: &mut Vec<u8>) {
    out.push(1);
    out.extend(text.as_bytes());
}

/// One dimension, counted from 1.
fn write_array(values: &[Value], sql: SqlType, out: &mut Vec<u8>) -> Result<(), Unfit> {
    let SqlType::Array(element) = sql else { return Err(Unfit("it is not an array")) };
    let start = out.len();
    let has_null = values.iter().any(|value| matches!(value, Value::Null));
    out.extend(i32::from(!values.is_empty()).to_be_bytes());
    out.extend(i32::from(has_null).to_be_bytes());
    out.extend(oid::element(*element).to_be_bytes());
    if !values.is_empty() {
        out.extend(length(values.len())?);
        out.extend(1_i32.to_be_bytes());
    }
    for value in values {
        field(value, *element, out)?;
        if out.len() - start > MAX_BYTES {
            return Err(TOO_LARGE);
        }
    }
    Ok(())
}

/// A value with its length before it, which is -1 for NULL.
pub(super) fn field(value: &Value, sql: SqlType, out: &mut Vec<u8>) -> Result<(), Unfit> {
    check(value, sql)?;
    let before = out.len();
    out.extend((-1_i32).to_be_bytes());
    if let IsNull::No = write(value, sql, out)? {
        let written = length(out.len() - before - 4)?;
        if let Some(prefix) = out.get_mut(before..before + 4) {
            prefix.copy_from_slice(&written);
        }
    }
    Ok(())
}

fn length(length: usize) -> Result<[u8; 4], Unfit> {
    i32::try_from(length).map(i32::to_be_bytes).map_err(|_| Unfit("it is too long"))
}
