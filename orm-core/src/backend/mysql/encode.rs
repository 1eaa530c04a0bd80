//! Values to MariaDB and MySQL.

use sqlx::Arguments;
use sqlx::mysql::MySqlArguments;

use crate::ast::Bind;
use crate::backend::bind::{Unfit, check, decimal, float, four_digit_year, invalid, signed};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::value::{SqlType, Value, civil};

/// The values of a statement, ready to send.
pub(super) fn arguments(binds: &[Bind], dialect: Dialect) -> Result<MySqlArguments> {
    let mut arguments = MySqlArguments::default();
    arguments.reserve(binds.len(), binds.len() * 12);
    for bind in binds {
        if matches!(bind.sql_type, SqlType::Array(_)) {
            return Err(Error::Unsupported { feature: "array columns", backend: dialect.name() });
        }
        push(&mut arguments, &bind.value, bind.sql_type).map_err(|unfit| invalid(bind, unfit.0))?;
    }
    Ok(arguments)
}

/// Adds a value as the type that goes with `sql`, NULL too: the same statement always binds the same types.
fn push(arguments: &mut MySqlArguments, value: &Value, sql: SqlType) -> Result<(), Unfit> {
    check(value, sql)?;
    let is_null = matches!(value, Value::Null);
    let pushed = match sql {
        SqlType::Bool => arguments.add(match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        }),
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
            arguments.add((!is_null).then(|| signed(value)).transpose()?)
        }
        SqlType::TinyUnsigned | SqlType::SmallUnsigned | SqlType::Unsigned | SqlType::BigUnsigned => {
            arguments.add((!is_null).then(|| unsigned(value)).transpose()?)
        }
        SqlType::Real | SqlType::Double => arguments.add((!is_null).then(|| finite(value)).transpose()?),
        SqlType::Bytes | SqlType::Uuid => arguments.add(bytes(value)),
        _ => match text(value, sql)? {
            Some(Text::Borrowed(text)) => arguments.add(Some(text)),
            Some(Text::Owned(text)) => arguments.add(Some(text)),
            None => arguments.add(None::<&str>),
        },
    };
    pushed.map_err(|_| Unfit("the driver refuses it"))
}

fn unsigned(value: &Value) -> Result<u64, Unfit> {
    match value {
        Value::Unsigned(value) => Ok(*value),
        other => u64::try_from(signed(other)?).map_err(|_| Unfit("the number is out of range")),
    }
}

fn finite(value: &Value) -> Result<f64, Unfit> {
    let value = float(value)?;
    if value.is_finite() { Ok(value) } else { Err(Unfit("MariaDB and MySQL have neither NaN nor infinity")) }
}

fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Bytes(bytes) => Some(bytes),
        Value::Uuid(bytes) => Some(bytes),
        _ => None,
    }
}

type Text<'a> = std::borrow::Cow<'a, str>;

fn text(value: &Value, sql: SqlType) -> Result<Option<Text<'_>>, Unfit> {
    Ok(Some(match value {
        Value::Text(text) | Value::Json(text) | Value::Decimal(text) => text.into(),
        Value::Int(_) | Value::Unsigned(_) if sql == SqlType::Decimal => decimal(value)?,
        Value::Date(days) => four_digit_year(civil::format_date(*days))?.into(),
        Value::Time(micros) => civil::format_time(*micros).into(),
        Value::DateTime(micros) | Value::Timestamp(micros) => {
            four_digit_year(civil::format_date_time(*micros))?.into()
        }
        _ => return Ok(None),
    }))
}
