//! Values from MariaDB and MySQL, in the forms of the binary protocol
//! (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).

use sqlx::mysql::{MySqlRow, MySqlTypeInfo};
use sqlx::{Decode, MySql, Row, Type, TypeInfo, ValueRef};

use crate::value::{Cell, Mismatch, civil};

const MALFORMED: &str = "a value in an unknown form";

/// The value in column `index`, by the type that the server gave the column.
pub(in crate::backend) fn cell(row: &MySqlRow, index: usize) -> Result<Cell<'_>, Mismatch> {
    let value = row.try_get_raw(index).map_err(|_| mismatch("no such column"))?;
    let info = value.type_info().into_owned();
    // `is_null` of sqlx takes a zero date for NULL; there are no bytes only where the value is.
    match <&[u8] as Decode<MySql>>::decode(value) {
        Ok(bytes) => decode(&info, bytes).map_err(mismatch),
        Err(_) => Ok(Cell::Null),
    }
}

fn decode<'r>(info: &MySqlTypeInfo, bytes: &'r [u8]) -> Result<Cell<'r>, &'static str> {
    Ok(match info.name() {
        "BIGINT" => Cell::Int(i64::from_le_bytes(fixed(bytes)?)),
        "INT" | "MEDIUMINT" => Cell::Int(i32::from_le_bytes(fixed(bytes)?).into()),
        "BIGINT UNSIGNED" => Cell::Unsigned(u64::from_le_bytes(fixed(bytes)?)),
        "INT UNSIGNED" | "MEDIUMINT UNSIGNED" => Cell::Unsigned(u32::from_le_bytes(fixed(bytes)?).into()),
        // TINYINT(1) by its display width: a boolean, or a small number with a small display.
        "BOOLEAN" | "TINYINT" | "TINYINT UNSIGNED" => tiny(info, fixed(bytes)?),
        "DATETIME" => Cell::DateTime(date_time(bytes)?),
        "TIMESTAMP" => Cell::Timestamp(date_time(bytes)?),
        "DOUBLE" => Cell::Float(f64::from_le_bytes(fixed(bytes)?)),
        "FLOAT" => Cell::Float(f32::from_le_bytes(fixed(bytes)?).into()),
        "SMALLINT" => Cell::Int(i16::from_le_bytes(fixed(bytes)?).into()),
        "SMALLINT UNSIGNED" | "YEAR" => Cell::Unsigned(u16::from_le_bytes(fixed(bytes)?).into()),
        "DATE" => Cell::Date(date(bytes)?),
        "TIME" => Cell::Time(time(bytes)?),
        "DECIMAL" | "ENUM" | "SET" => Cell::Text(text(bytes)?),
        "JSON" => Cell::Json(text(bytes)?),
        "BIT" => Cell::Unsigned(bits(bytes)?),
        "GEOMETRY" => return Err("a value of type geometry"),
        "NULL" => Cell::Null,
        // Text and bytes share their types; only the collation `binary` tells. (The name does not: it says BLOB for
        // text in a collation that ends in `_bin`, as MariaDB's JSON is.)
        _ if <str as Type<MySql>>::compatible(info) => Cell::Text(text(bytes)?),
        _ => Cell::Bytes(bytes),
    })
}

fn tiny<'r>(info: &MySqlTypeInfo, [byte]: [u8; 1]) -> Cell<'r> {
    // Compares the kind and the sign.
    if *info == <u8 as Type<MySql>>::type_info() {
        Cell::Unsigned(byte.into())
    } else {
        Cell::Int(byte.cast_signed().into())
    }
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], &'static str> {
    bytes.try_into().map_err(|_| MALFORMED)
}

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
            let (month, day) = (u32::from(*month), u32::from(*day));
            let days = civil::days_from_civil(year.into(), month, day);
            if civil::civil_from_days(days) == (year.into(), month, day) { Ok(days) } else { Err(ZERO_DATE) }
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

fn mismatch(found: &'static str) -> Mismatch {
    Mismatch { expected: "a value that can be read", found }
}
