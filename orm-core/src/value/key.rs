//! Keys, compared in Rust to match children with parents.

use std::convert::Infallible;

use super::{Cell, SqlType, Value, civil, numeric_text};

/// A key's value in a form that can be ordered and compared in Rust.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u64)] // A tag of a whole word keeps moves in whole words: 8 % of the time of 100 rows of SQLite.
pub enum Key {
    /// Integers, booleans, dates and times
    Int(i64),
    /// Integers above `i64::MAX`
    Unsigned(u64),
    /// UUIDs
    Uuid([u8; 16]),
    /// Text, and numbers that compare by their text
    Text(String),
    /// Bytes
    Bytes(Vec<u8>),
    /// The parts of a composite key
    Many(Vec<Key>),
}

impl Key {
    /// The key of the parts of a row; `None` where any part is NULL (`MATCH SIMPLE`: it refers to nothing).
    #[inline]
    pub fn of_values(values: impl IntoIterator<Item = Value>) -> Option<Key> {
        let joined = Self::join(values.into_iter().map(|value| Ok::<_, Infallible>(Self::of_value(value))));
        joined.unwrap_or_else(|never| match never {})
    }

    /// Puts the parts of a key together, each of which may be NULL or unreadable; a single part stays as it is.
    ///
    /// # Errors
    /// The first of a part.
    #[inline]
    pub fn join<E>(parts: impl IntoIterator<Item = Result<Option<Key>, E>>) -> Result<Option<Key>, E> {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next().transpose()?.flatten() else { return Ok(None) };
        match parts.next() {
            None => Ok(Some(first)),
            Some(second) => Self::composite(first, std::iter::once(second).chain(parts)),
        }
    }

    fn composite<E>(
        first: Key,
        others: impl Iterator<Item = Result<Option<Key>, E>>,
    ) -> Result<Option<Key>, E> {
        let mut all = vec![first];
        for part in others {
            let Some(part) = part? else { return Ok(None) };
            all.push(part);
        }
        Ok(Some(Key::Many(all)))
    }

    /// The key of one value; `None` for NULL and for what cannot be a key. Most are integers, whose path is short.
    #[inline]
    pub fn of_value(value: Value) -> Option<Key> {
        match value {
            Value::Int(value) => Some(Key::Int(value)),
            other => Self::of_other(other),
        }
    }

    fn of_other(value: Value) -> Option<Key> {
        match value {
            Value::Null | Value::Array(_) => None,
            Value::Bool(value) => Some(Key::Int(value.into())),
            Value::Int(value) | Value::Time(value) | Value::DateTime(value) | Value::Timestamp(value) => {
                Some(Key::Int(value))
            }
            Value::Unsigned(value) => Some(Self::of_unsigned(value)),
            Value::Float(value) => Some(Self::of_float(value)),
            Value::Decimal(text) => Some(Self::of_decimal(&text)),
            Value::Text(text) | Value::Json(text) => Some(Key::Text(text)),
            Value::Bytes(bytes) => Some(Key::Bytes(bytes)),
            Value::Date(days) => Some(Key::Int(days.into())),
            Value::Uuid(bytes) => Some(Key::Uuid(bytes)),
        }
    }

    /// The key in a cell of a result whose column has type `sql`; `None` for NULL.
    ///
    /// A backend that has no such type keeps the value in another form (SQLite: dates as text), so the cell alone
    /// does not tell.
    pub fn of_cell(cell: Cell<'_>, sql: SqlType) -> Option<Key> {
        match (cell, sql) {
            (Cell::Null | Cell::Array(_), _) => None,
            (Cell::Text(text), _) => Some(Self::of_text(text, sql)),
            (Cell::Bytes(bytes), SqlType::Uuid) => Some(Self::of_uuid(bytes)),
            (Cell::Int(value), SqlType::Decimal) => Some(Self::of_decimal(&value.to_string())),
            (Cell::Unsigned(value), SqlType::Decimal) => Some(Self::of_decimal(&value.to_string())),
            (Cell::Float(value), SqlType::Decimal) => Some(Self::of_decimal(&value.to_string())),
            (Cell::Bool(value), _) => Some(Key::Int(value.into())),
            (Cell::Int(value), _) => Some(Key::Int(value)),
            (Cell::Unsigned(value), _) => Some(Self::of_unsigned(value)),
            (Cell::Float(value), _) => Some(Self::of_float(value)),
            (Cell::Json(text), _) => Some(Key::Text(text.to_owned())),
            (Cell::Bytes(bytes), _) => Some(Key::Bytes(bytes.to_vec())),
            (Cell::Date(days), _) => Some(Key::Int(days.into())),
            (Cell::Time(value) | Cell::DateTime(value) | Cell::Timestamp(value), _) => Some(Key::Int(value)),
            (Cell::Uuid(bytes), _) => Some(Key::Uuid(bytes)),
            (Cell::Numeric(bytes), _) => Some(
                numeric_text(bytes)
                    .map_or_else(|| Key::Bytes(bytes.to_vec()), |text| Self::of_decimal(&text)),
            ),
        }
    }

    fn of_unsigned(value: u64) -> Key {
        i64::try_from(value).map_or(Key::Unsigned(value), Key::Int)
    }

    /// A text in a column of type `sql`. One that is no such value stays a text: it is not NULL, and nothing equals it.
    fn of_text(text: &str, sql: SqlType) -> Key {
        let number = match sql {
            SqlType::Date => civil::parse_date(text).map(i64::from),
            SqlType::Time => civil::parse_time(text),
            SqlType::DateTime | SqlType::Timestamp => civil::parse_date_time(text).map(|parsed| parsed.0),
            SqlType::Decimal => return Self::of_decimal(text),
            _ => None,
        };
        number.map_or_else(|| Key::Text(text.to_owned()), Key::Int)
    }

    fn of_uuid(bytes: &[u8]) -> Key {
        bytes.try_into().map_or_else(|_| Key::Bytes(bytes.to_vec()), Key::Uuid)
    }

    /// `1.5` and `1.50` are one key, as in the database: a column of fixed scale adds zeros that a value drops.
    fn of_decimal(text: &str) -> Key {
        let digits = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
        Key::Text(if digits == "-0" { "0" } else { digits }.to_owned())
    }

    /// `-0.0` and `0.0` are one key, as in the database.
    fn of_float(value: f64) -> Key {
        Key::Unsigned((value + 0.0).to_bits())
    }
}
