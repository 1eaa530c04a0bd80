//! Values from MariaDB and MySQL, in the forms of the binary protocol
//! (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).

use sqlx::mysql::{MySqlRow, MySqlTypeInfo};
use sqlx::{Column, Decode, MySql, Row, Type, TypeInfo};

use crate::value::{Cell, Mismatch, civil};

const MALFORMED: &str = "a value in an unknown form";
const NO_COLUMN: &str = "no such column";

/// How the values of a column are read.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Tiny,
    TinyUnsigned,
    Small,
    SmallUnsigned,
    Int,
    IntUnsigned,
    Big,
    BigUnsigned,
    Float,
    Double,
    Date,
    Time,
    DateTime,
    Timestamp,
    Text,
    Bytes,
    Json,
    Bits,
    Null,
    /// Not at all, and what the column holds.
    Unreadable(&'static str),
}

/// How the columns of a result are read, by the types that the server gave them.
pub(super) fn layout(row: &MySqlRow) -> Vec<Kind> {
    row.columns().iter().map(|column| Kind::of(column.type_info())).collect()
}

impl Kind {
    fn of(info: &MySqlTypeInfo) -> Kind {
        match info.name() {
            "BIGINT" => Kind::Big,
            "INT" | "MEDIUMINT" => Kind::Int,
            "BIGINT UNSIGNED" => Kind::BigUnsigned,
            "INT UNSIGNED" | "MEDIUMINT UNSIGNED" => Kind::IntUnsigned,
            // TINYINT(1) by its display width: a boolean, or a small number with a small display. Types compare by their
            // sign too.
            "BOOLEAN" | "TINYINT" if *info == <i8 as Type<MySql>>::type_info() => Kind::Tiny,
            "BOOLEAN" | "TINYINT UNSIGNED" => Kind::TinyUnsigned,
            "DATETIME" => Kind::DateTime,
            "TIMESTAMP" => Kind::Timestamp,
            "DOUBLE" => Kind::Double,
            "FLOAT" => Kind::Float,
            "SMALLINT" => Kind::Small,
            "SMALLINT UNSIGNED" | "YEAR" => Kind::SmallUnsigned,
            "DATE" => Kind::Date,
            "TIME" => Kind::Time,
            "DECIMAL" | "ENUM" | "SET" => Kind::Text,
            "JSON" => Kind::Json,
            "BIT" => Kind::Bits,
            "GEOMETRY" => Kind::Unreadable("a value of type geometry"),
            "NULL" => Kind::Null,
            // Text and bytes share their types; only the collation `binary` tells. (The name does not: it says BLOB for
            // text in a collation that ends in `_bin`, as MariaDB's JSON is.)
            _ if <str as Type<MySql>>::compatible(info) => Kind::Text,
            _ => Kind::Bytes,
        }
    }
}

/// The value in column `index`.
#[inline]
pub(in crate::backend) fn cell<'r>(
    row: &'r MySqlRow,
    layout: &[Kind],
    index: usize,
) -> Result<Cell<'r>, Mismatch> {
    // That the index is good must be known first: else the value is moved, with a description that is larger than itself.
    let Some(kind) = layout.get(index).filter(|_| index < row.len()) else { return Err(mismatch(NO_COLUMN)) };
    let Ok(value) = row.try_get_raw(index) else { return Err(mismatch(NO_COLUMN)) };
    // `is_null` of sqlx takes a zero date for NULL; there are no bytes only where the value is.
    match <&[u8] as Decode<MySql>>::decode(value) {
        Ok(bytes) => read(*kind, bytes).map_err(mismatch),
        Err(_) => Ok(Cell::Null),
    }
}

#[inline]
fn read(kind: Kind, bytes: &[u8]) -> Result<Cell<'_>, &'static str> {
    Ok(match kind {
        Kind::Tiny => Cell::Int(i8::from_le_bytes(fixed(bytes)?).into()),
        Kind::TinyUnsigned => Cell::Unsigned(u8::from_le_bytes(fixed(bytes)?).into()),
        Kind::Small => Cell::Int(i16::from_le_bytes(fixed(bytes)?).into()),
        Kind::SmallUnsigned => Cell::Unsigned(u16::from_le_bytes(fixed(bytes)?).into()),
        Kind::Int => Cell::Int(i32::from_le_bytes(fixed(bytes)?).into()),
        Kind::IntUnsigned => Cell::Unsigned(u32::from_le_bytes(fixed(bytes)?).into()),
        Kind::Big => Cell::Int(i64::from_le_bytes(fixed(bytes)?)),
        Kind::BigUnsigned => Cell::Unsigned(u64::from_le_bytes(fixed(bytes)?)),
        Kind::Float => Cell::Float(f32::from_le_bytes(fixed(bytes)?).into()),
        Kind::Double => Cell::Float(f64::from_le_bytes(fixed(bytes)?)),
        Kind::Date => Cell::Date(date(bytes)?),
        Kind::Time => Cell::Time(time(bytes)?),
        Kind::DateTime => Cell::DateTime(date_time(bytes)?),
        Kind::Timestamp => Cell::Timestamp(date_time(bytes)?),
        Kind::Text => Cell::Text(text(bytes)?),
        Kind::Bytes => Cell::Bytes(bytes),
        Kind::Json => Cell::Json(text(bytes)?),
        Kind::Bits => Cell::Unsigned(bits(bytes)?),
        Kind::Null => Cell::Null,
        Kind::Unreadable(found) => return Err(found),
    })
}

#[inline]
fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], &'static str> {
    bytes.try_into().map_err(|_| MALFORMED)
}

#[inline]
fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    str::from_utf8(bytes).map_err(|_| "text that is not UTF-8")
}

fn bits(bytes: &[u8]) -> Result<u64, &'static str> {
    if bytes.len() > 8 {
        return Err(MALFORMED);
    }
    Ok(bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte)))
}

/// Length, year (2 bytes), month, day; nothing after the length for the zero date.
fn date(bytes: &[u8]) -> Result<i32, &'static str> {
    match bytes {
        [_, year_low, year_high, month, day, ..] => {
            let year = u16::from_le_bytes([*year_low, *year_high]);
            civil::date(year.into(), (*month).into(), (*day).into()).ok_or(ZERO_DATE)
        }
        [0] => Err(ZERO_DATE),
        _ => Err(MALFORMED),
    }
}

const ZERO_DATE: &str = "a zero date (0000-00-00 or one with a zero in it), which is no date of the calendar";
const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A date, then hour, minute and second where they are not zero, then microseconds (4 bytes) where they are not.
fn date_time(bytes: &[u8]) -> Result<i64, &'static str> {
    let days = i64::from(date(bytes)?) * MICROS_PER_DAY;
    Ok(days + bytes.get(5..).map_or(Ok(0), clock)?)
}

/// Length, sign, days (4 bytes), hour, minute, second, microseconds; nothing after the length for midnight. A TIME is a
/// span: it may be negative or longer than a day.
fn time(bytes: &[u8]) -> Result<i64, &'static str> {
    match bytes {
        [0] => Ok(0),
        [_, negative, a, b, c, d, rest @ ..] => {
            let days = i64::from(u32::from_le_bytes([*a, *b, *c, *d]));
            let micros = days * MICROS_PER_DAY + clock(rest)?;
            Ok(if *negative == 0 { micros } else { -micros })
        }
        _ => Err(MALFORMED),
    }
}

fn clock(bytes: &[u8]) -> Result<i64, &'static str> {
    let ([hour, minute, second], fraction) = match bytes {
        [] => return Ok(0),
        [hour, minute, second] => ([*hour, *minute, *second], 0),
        [hour, minute, second, a, b, c, d] => {
            ([*hour, *minute, *second], u32::from_le_bytes([*a, *b, *c, *d]))
        }
        _ => return Err(MALFORMED),
    };
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Ok(seconds * MICROS_PER_SECOND + i64::from(fraction))
}

#[inline]
fn mismatch(found: &'static str) -> Mismatch {
    Mismatch { expected: "a value that can be read", found }
}
