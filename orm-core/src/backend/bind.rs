//! What every backend asks of a value before it is sent.

use std::borrow::Cow;

use crate::ast::Bind;
use crate::error::Error;
use crate::value::{SqlType, Value};

/// How many bytes one value may have.
pub(super) const MAX_BYTES: usize = 64 << 20;

const OUT_OF_RANGE: Unfit = Unfit("the number is out of range");
pub(super) const TOO_LARGE: Unfit = Unfit("it is larger than 64 MiB");

/// Why a value cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unfit(pub(super) &'static str);

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unfit {}

/// The error for a value that cannot be sent, with the column that it is for.
pub(super) fn invalid(bind: &Bind, reason: &'static str) -> Error {
    let column = match bind.column {
        Some(column) => format!("{}.{}", column.model, column.field),
        None => "a bound value".to_owned(),
    };
    Error::InvalidValue { column, reason }
}

/// Checks what no backend takes: a value of another kind than its type, an integer outside its type, too many bytes. What
/// is in an array is not looked at.
pub(super) fn check(value: &Value, sql: SqlType) -> Result<(), Unfit> {
    match (sql, value) {
        (_, Value::Text(_) | Value::Bytes(_) | Value::Json(_) | Value::Decimal(_) | Value::Array(_))
            if value.size() > MAX_BYTES =>
        {
            Err(TOO_LARGE)
        }
        (_, Value::Null)
        | (SqlType::Bool, Value::Bool(_))
        | (SqlType::Real | SqlType::Double, Value::Float(_) | Value::Int(_) | Value::Unsigned(_))
        | (SqlType::Text, Value::Text(_))
        | (SqlType::Bytes, Value::Bytes(_))
        | (SqlType::Date, Value::Date(_))
        | (SqlType::Time, Value::Time(_))
        | (SqlType::DateTime, Value::DateTime(_))
        | (SqlType::Timestamp, Value::Timestamp(_))
        | (SqlType::Uuid, Value::Uuid(_))
        | (SqlType::Decimal, Value::Decimal(_) | Value::Int(_) | Value::Unsigned(_))
        | (SqlType::Json, Value::Json(_) | Value::Text(_)) => Ok(()),
        (SqlType::Array(SqlType::Array(_)), _) => Err(Unfit("arrays have one dimension")),
        // What is in it is checked when it is written: in one pass.
        (SqlType::Array(_), Value::Array(_)) => Ok(()),
        (_, Value::Int(_) | Value::Unsigned(_)) => in_range(value, sql),
        _ => Err(Unfit("it is of another kind than the column's type")),
    }
}

/// The integer as the signed 64-bit number that PostgreSQL, SQLite and signed columns hold.
pub(super) fn signed(value: &Value) -> Result<i64, Unfit> {
    match value {
        Value::Int(value) => Ok(*value),
        Value::Unsigned(value) => i64::try_from(*value).map_err(|_| OUT_OF_RANGE),
        _ => Err(Unfit("it is not an integer")),
    }
}

/// The number as a floating-point number.
pub(super) fn float(value: &Value) -> Result<f64, Unfit> {
    match value {
        Value::Float(value) => Ok(*value),
        Value::Int(value) => Ok(*value as f64),
        Value::Unsigned(value) => Ok(*value as f64),
        _ => Err(Unfit("it is not a number")),
    }
}

/// The decimal number as text.
pub(super) fn decimal(value: &Value) -> Result<Cow<'_, str>, Unfit> {
    match value {
        Value::Decimal(text) => Ok(text.into()),
        Value::Int(value) => Ok(value.to_string().into()),
        Value::Unsigned(value) => Ok(value.to_string().into()),
        _ => Err(Unfit("it is not a decimal number")),
    }
}

/// The date as text. Years of another length than four carry a sign: MariaDB and MySQL have no such years, and on SQLite such
/// text would not sort as time does.
#[cfg(any(feature = "sqlite", feature = "mysql"))]
pub(super) fn four_digit_year(date: String) -> Result<String, Unfit> {
    if date.starts_with(['+', '-']) { Err(Unfit("the year is not between 0 and 9999")) } else { Ok(date) }
}

fn in_range(value: &Value, sql: SqlType) -> Result<(), Unfit> {
    let value = match value {
        Value::Int(value) => i128::from(*value),
        Value::Unsigned(value) => i128::from(*value),
        _ => return Err(Unfit("it is not an integer")),
    };
    let (low, high): (i128, i128) = match sql {
        SqlType::SmallInt => (i16::MIN.into(), i16::MAX.into()),
        SqlType::Integer => (i32::MIN.into(), i32::MAX.into()),
        SqlType::BigInt => (i64::MIN.into(), i64::MAX.into()),
        SqlType::TinyUnsigned => (0, u8::MAX.into()),
        SqlType::SmallUnsigned => (0, u16::MAX.into()),
        SqlType::Unsigned => (0, u32::MAX.into()),
        SqlType::BigUnsigned => (0, u64::MAX.into()),
        _ => return Err(Unfit("it is of another kind than the column's type")),
    };
    if (low..=high).contains(&value) { Ok(()) } else { Err(OUT_OF_RANGE) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_checked_against_the_type_of_their_column() {
        for (sql, low, high) in [
            (SqlType::SmallInt, -32_768, 32_767),
            (SqlType::Integer, -2_147_483_648, 2_147_483_647),
            (SqlType::TinyUnsigned, 0, 255),
            (SqlType::SmallUnsigned, 0, 65_535),
            (SqlType::Unsigned, 0, 4_294_967_295),
        ] {
            for fits in [low, high] {
                assert_eq!(check(&Value::Int(fits), sql), Ok(()), "{sql:?} {fits}");
            }
            for not in [low - 1, high + 1] {
                assert_eq!(check(&Value::Int(not), sql), Err(OUT_OF_RANGE), "{sql:?} {not}");
            }
        }
        assert_eq!(check(&Value::Unsigned(u64::MAX), SqlType::BigUnsigned), Ok(()));
        assert_eq!(check(&Value::Unsigned(u64::MAX), SqlType::BigInt), Err(OUT_OF_RANGE));
        assert_eq!(signed(&Value::Unsigned(u64::MAX)), Err(OUT_OF_RANGE));
    }

    #[test]
    fn a_value_of_another_kind_or_too_large_a_one_is_refused() {
        assert!(check(&Value::Text("1".into()), SqlType::Integer).is_err());
        assert!(check(&Value::Int(1), SqlType::Text).is_err());
        assert!(check(&Value::Int(1), SqlType::Bool).is_err());
        assert_eq!(check(&Value::Bytes(vec![0; MAX_BYTES]), SqlType::Bytes), Ok(()));
        assert!(check(&Value::Bytes(vec![0; MAX_BYTES + 1]), SqlType::Bytes).is_err());
    }
}
