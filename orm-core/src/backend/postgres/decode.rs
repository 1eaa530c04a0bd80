//! Values from PostgreSQL, in the binary forms of its `…_send` functions.

use sqlx::postgres::{PgRow, PgTypeInfo, PgTypeKind, PgValueFormat};
use sqlx::{Row, TypeInfo, ValueRef};

use super::oid;
use crate::value::{Array, Cell, Mismatch};

const MALFORMED: &str = "a value in an unknown form";
const NOT_UTF8: &str = "text that is not UTF-8";

/// The value in column `index`, by the type that the server gave the column. A domain comes as its base type.
pub(in crate::backend) fn cell(row: &PgRow, index: usize) -> Result<Cell<'_>, Mismatch> {
    let value = row.try_get_raw(index).map_err(|_| mismatch("no such column"))?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    if value.format() != PgValueFormat::Binary {
        return Err(mismatch("a value in text form"));
    }
    let bytes = value.as_bytes().map_err(|_| mismatch(MALFORMED))?;
    decode(type_id(&value.type_info()), bytes).map_err(mismatch)
}

/// The id of the built-in type that the value is sent like.
fn type_id(info: &PgTypeInfo) -> u32 {
    let id = info.oid().map_or(0, |id| id.0);
    // sqlx panics when asked for the kind of a type that it could not look up; it names such a type `?`.
    if id < FIRST_CUSTOM || info.name() == "?" {
        return id;
    }
    match info.kind() {
        PgTypeKind::Enum(_) => oid::TEXT,
        PgTypeKind::Domain(base) => type_id(base),
        PgTypeKind::Array(element) => match type_id(element) {
            oid::TEXT => oid::TEXT_ARRAY,
            oid::INT4 => oid::INT4_ARRAY,
            oid::INT8 => oid::INT8_ARRAY,
            oid::NUMERIC => oid::NUMERIC_ARRAY,
            _ => id,
        },
        // The name has a schema in front where that is not in the search path.
        _ if info.name().rsplit('.').next() == Some("citext") => oid::TEXT,
        _ => id,
    }
}

/// Ids below are given out by PostgreSQL itself.
const FIRST_CUSTOM: u32 = 16_384;

fn decode(id: u32, bytes: &[u8]) -> Result<Cell<'_>, &'static str> {
    match id {
        oid::BOOL_ARRAY => array::<{ oid::BOOL }>(bytes),
        oid::INT2_ARRAY => array::<{ oid::INT2 }>(bytes),
        oid::INT4_ARRAY => array::<{ oid::INT4 }>(bytes),
        oid::INT8_ARRAY => array::<{ oid::INT8 }>(bytes),
        oid::OID_ARRAY => array::<{ oid::OID }>(bytes),
        oid::FLOAT4_ARRAY => array::<{ oid::FLOAT4 }>(bytes),
        oid::FLOAT8_ARRAY => array::<{ oid::FLOAT8 }>(bytes),
        oid::CHAR_ARRAY | oid::NAME_ARRAY | oid::TEXT_ARRAY | oid::BPCHAR_ARRAY | oid::VARCHAR_ARRAY => {
            array::<{ oid::TEXT }>(bytes)
        }
        oid::BYTEA_ARRAY => array::<{ oid::BYTEA }>(bytes),
        oid::DATE_ARRAY => array::<{ oid::DATE }>(bytes),
        oid::TIME_ARRAY => array::<{ oid::TIME }>(bytes),
        oid::TIMESTAMP_ARRAY => array::<{ oid::TIMESTAMP }>(bytes),
        oid::TIMESTAMPTZ_ARRAY => array::<{ oid::TIMESTAMPTZ }>(bytes),
        oid::NUMERIC_ARRAY => array::<{ oid::NUMERIC }>(bytes),
        oid::UUID_ARRAY => array::<{ oid::UUID }>(bytes),
        oid::JSON_ARRAY => array::<{ oid::JSON }>(bytes),
        oid::JSONB_ARRAY => array::<{ oid::JSONB }>(bytes),
        _ => scalar(id, bytes),
    }
}

fn scalar(id: u32, bytes: &[u8]) -> Result<Cell<'_>, &'static str> {
    Ok(match id {
        oid::INT8 => Cell::Int(i64::from_be_bytes(fixed(bytes)?)),
        oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::UNKNOWN | oid::CHAR => {
            Cell::Text(text(bytes)?)
        }
        oid::INT4 => Cell::Int(i32::from_be_bytes(fixed(bytes)?).into()),
        oid::INT2 => Cell::Int(i16::from_be_bytes(fixed(bytes)?).into()),
        oid::BOOL => Cell::Bool(fixed::<1>(bytes)? != [0]),
        oid::FLOAT8 => Cell::Float(f64::from_be_bytes(fixed(bytes)?)),
        oid::FLOAT4 => Cell::Float(f32::from_be_bytes(fixed(bytes)?).into()),
        oid::BYTEA => Cell::Bytes(bytes),
        oid::UUID => Cell::Uuid(fixed(bytes)?),
        oid::NUMERIC => Cell::Numeric(bytes),
        oid::TIMESTAMPTZ => Cell::Timestamp(instant(bytes)?),
        oid::TIMESTAMP => Cell::DateTime(instant(bytes)?),
        oid::DATE => Cell::Date(date(bytes)?),
        oid::TIME => Cell::Time(i64::from_be_bytes(fixed(bytes)?)),
        oid::JSON => Cell::Json(text(bytes)?),
        oid::JSONB => match bytes.split_first() {
            Some((1, json)) => Cell::Json(text(json)?),
            _ => return Err(MALFORMED),
        },
        oid::OID => Cell::Int(u32::from_be_bytes(fixed(bytes)?).into()),
        _ => return Err(name(id)),
    })
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], &'static str> {
    bytes.try_into().map_err(|_| MALFORMED)
}

fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    str::from_utf8(bytes).map_err(|_| NOT_UTF8)
}

/// Microseconds since 1970.
fn instant(bytes: &[u8]) -> Result<i64, &'static str> {
    match i64::from_be_bytes(fixed(bytes)?) {
        i64::MAX => Err("the timestamp `infinity`"),
        i64::MIN => Err("the timestamp `-infinity`"),
        micros => micros.checked_add(oid::EPOCH_MICROS).ok_or("a timestamp out of range"),
    }
}

/// Days since 1970.
fn date(bytes: &[u8]) -> Result<i32, &'static str> {
    match i32::from_be_bytes(fixed(bytes)?) {
        i32::MAX => Err("the date `infinity`"),
        i32::MIN => Err("the date `-infinity`"),
        days => days.checked_add(oid::EPOCH_DAYS).ok_or("a date out of range"),
    }
}

/// An array of one dimension or none. Its elements are all read here once, so that the iterator never ends early.
fn array<const ELEMENT: u32>(bytes: &[u8]) -> Result<Cell<'_>, &'static str> {
    let (dimensions, bytes) = word(bytes)?;
    let (_has_null, bytes) = word(bytes)?;
    let (_element, bytes) = word(bytes)?;
    if dimensions == 0 {
        return Ok(Cell::Array(Array::new(&[], element::<ELEMENT>)));
    }
    if dimensions != 1 {
        return Err("an array of more than one dimension");
    }
    let (count, bytes) = word(bytes)?;
    let (_first_index, elements) = word(bytes)?;
    let mut rest = elements;
    for _ in 0..count {
        (_, rest) = element_or_why::<ELEMENT>(rest)?;
    }
    if rest.is_empty() { Ok(Cell::Array(Array::new(elements, element::<ELEMENT>))) } else { Err(MALFORMED) }
}

fn element<const ELEMENT: u32>(bytes: &[u8]) -> Option<(Cell<'_>, &[u8])> {
    element_or_why::<ELEMENT>(bytes).ok()
}

fn element_or_why<const ELEMENT: u32>(bytes: &[u8]) -> Result<(Cell<'_>, &[u8]), &'static str> {
    let (length, rest) = word(bytes)?;
    let Ok(length) = usize::try_from(length) else { return Ok((Cell::Null, rest)) };
    let (value, rest) = rest.split_at_checked(length).ok_or(MALFORMED)?;
    Ok((scalar(ELEMENT, value)?, rest))
}

fn word(bytes: &[u8]) -> Result<(i32, &[u8]), &'static str> {
    let (word, rest) = bytes.split_first_chunk().ok_or(MALFORMED)?;
    Ok((i32::from_be_bytes(*word), rest))
}

/// The names of built-in types that are not read, so that the error can say which one it was.
fn name(id: u32) -> &'static str {
    match id {
        142 => "a value of type xml",
        600 => "a value of type point",
        650 => "a value of type cidr",
        790 => "a value of type money; cast it to numeric",
        829 => "a value of type macaddr",
        869 => "a value of type inet; cast it to text",
        1186 => "a value of type interval",
        1266 => "a value of type timetz",
        1560 | 1562 => "a bit string",
        2249 => "a row value",
        2278 => "a value of type void",
        3614 => "a value of type tsvector",
        3904 | 3906 | 3908 | 3910 | 3912 | 3926 => "a range",
        _ => "a value of a PostgreSQL type that is not read; cast it to text",
    }
}

fn mismatch(found: &'static str) -> Mismatch {
    Mismatch { expected: "a value that can be read", found }
}
