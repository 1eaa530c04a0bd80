//! Values from PostgreSQL, in the binary forms of its `…_send` functions.

use sqlx::postgres::{PgColumn, PgRow, PgTypeInfo, PgTypeKind, PgValueFormat};
use sqlx::{Column, Row, TypeInfo};

use super::oid;
use crate::value::{Array, Cell, Mismatch};

const MALFORMED: &str = "a value in an unknown form";
const NO_COLUMN: &str = "no such column";
const NOT_UTF8: &str = "text that is not UTF-8";

/// How the values of a column are read.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Text,
    Bytes,
    Uuid,
    Numeric,
    Date,
    Time,
    DateTime,
    Timestamp,
    Json,
    Jsonb,
    Array(for<'a> fn(&'a [u8]) -> Result<Cell<'a>, &'static str>),
    /// Not at all, and what the column holds.
    Unreadable(&'static str),
}

/// How the columns of a result are read, by the types that the server gave them. A domain is read as its base type.
pub(super) fn layout(row: &PgRow) -> Vec<Kind> {
    let binary = row.try_get_raw(0).is_ok_and(|value| value.format() == PgValueFormat::Binary);
    let kind_of = |column: &PgColumn| match binary {
        true => Kind::of(type_id(column.type_info())),
        false => Kind::Unreadable("a value in text form"),
    };
    row.columns().iter().map(kind_of).collect()
}

/// The value in column `index`.
#[inline]
pub(in crate::backend) fn cell<'r>(
    row: &'r PgRow,
    layout: &[Kind],
    index: usize,
) -> Result<Cell<'r>, Mismatch> {
    let Some(kind) = layout.get(index) else { return Err(mismatch(NO_COLUMN)) };
    // By reference: a value's description is larger than the value and slow to move.
    match &row.try_get_raw(index) {
        Ok(value) => match value.as_bytes() {
            Ok(bytes) => read(*kind, bytes).map_err(mismatch),
            // There are no bytes only where the value is NULL.
            Err(_) => Ok(Cell::Null),
        },
        Err(_) => Err(mismatch(NO_COLUMN)),
    }
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

impl Kind {
    /// Of the built-in type with this id.
    fn of(id: u32) -> Kind {
        match id {
            oid::BOOL_ARRAY => Kind::Array(array::<{ oid::BOOL }>),
            oid::INT2_ARRAY => Kind::Array(array::<{ oid::INT2 }>),
            oid::INT4_ARRAY => Kind::Array(array::<{ oid::INT4 }>),
            oid::INT8_ARRAY => Kind::Array(array::<{ oid::INT8 }>),
            oid::OID_ARRAY => Kind::Array(array::<{ oid::OID }>),
            oid::FLOAT4_ARRAY => Kind::Array(array::<{ oid::FLOAT4 }>),
            oid::FLOAT8_ARRAY => Kind::Array(array::<{ oid::FLOAT8 }>),
            oid::CHAR_ARRAY | oid::NAME_ARRAY | oid::TEXT_ARRAY | oid::BPCHAR_ARRAY | oid::VARCHAR_ARRAY => {
                Kind::Array(array::<{ oid::TEXT }>)
            }
            oid::BYTEA_ARRAY => Kind::Array(array::<{ oid::BYTEA }>),
            oid::DATE_ARRAY => Kind::Array(array::<{ oid::DATE }>),
            oid::TIME_ARRAY => Kind::Array(array::<{ oid::TIME }>),
            oid::TIMESTAMP_ARRAY => Kind::Array(array::<{ oid::TIMESTAMP }>),
            oid::TIMESTAMPTZ_ARRAY => Kind::Array(array::<{ oid::TIMESTAMPTZ }>),
            oid::NUMERIC_ARRAY => Kind::Array(array::<{ oid::NUMERIC }>),
            oid::UUID_ARRAY => Kind::Array(array::<{ oid::UUID }>),
            oid::JSON_ARRAY => Kind::Array(array::<{ oid::JSON }>),
            oid::JSONB_ARRAY => Kind::Array(array::<{ oid::JSONB }>),
            _ => Kind::scalar(id),
        }
    }

    const fn scalar(id: u32) -> Kind {
        match id {
            oid::BOOL => Kind::Bool,
            oid::INT2 => Kind::Int2,
            oid::INT4 => Kind::Int4,
            oid::INT8 => Kind::Int8,
            oid::OID => Kind::Oid,
            oid::FLOAT4 => Kind::Float4,
            oid::FLOAT8 => Kind::Float8,
            oid::TEXT | oid::VARCHAR | oid::BPCHAR | oid::NAME | oid::UNKNOWN | oid::CHAR => Kind::Text,
            oid::BYTEA => Kind::Bytes,
            oid::UUID => Kind::Uuid,
            oid::NUMERIC => Kind::Numeric,
            oid::DATE => Kind::Date,
            oid::TIME => Kind::Time,
            oid::TIMESTAMP => Kind::DateTime,
            oid::TIMESTAMPTZ => Kind::Timestamp,
            oid::JSON => Kind::Json,
            oid::JSONB => Kind::Jsonb,
            _ => Kind::Unreadable(name(id)),
        }
    }
}

#[inline]
fn read(kind: Kind, bytes: &[u8]) -> Result<Cell<'_>, &'static str> {
    Ok(match kind {
        Kind::Bool => Cell::Bool(fixed::<1>(bytes)? != [0]),
        Kind::Int2 => Cell::Int(i16::from_be_bytes(fixed(bytes)?).into()),
        Kind::Int4 => Cell::Int(i32::from_be_bytes(fixed(bytes)?).into()),
        Kind::Int8 => Cell::Int(i64::from_be_bytes(fixed(bytes)?)),
        Kind::Oid => Cell::Int(u32::from_be_bytes(fixed(bytes)?).into()),
        Kind::Float4 => Cell::Float(f32::from_be_bytes(fixed(bytes)?).into()),
        Kind::Float8 => Cell::Float(f64::from_be_bytes(fixed(bytes)?)),
        Kind::Text => Cell::Text(text(bytes)?),
        Kind::Bytes => Cell::Bytes(bytes),
        Kind::Uuid => Cell::Uuid(fixed(bytes)?),
        Kind::Numeric => Cell::Numeric(bytes),
        Kind::Date => Cell::Date(date(bytes)?),
        Kind::Time => Cell::Time(i64::from_be_bytes(fixed(bytes)?)),
        Kind::DateTime => Cell::DateTime(instant(bytes)?),
        Kind::Timestamp => Cell::Timestamp(instant(bytes)?),
        Kind::Json => Cell::Json(text(bytes)?),
        Kind::Jsonb => match bytes.split_first() {
            Some((1, json)) => Cell::Json(text(json)?),
            _ => return Err(MALFORMED),
        },
        Kind::Array(array) => array(bytes)?,
        Kind::Unreadable(found) => return Err(found),
    })
}

#[inline]
fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], &'static str> {
    bytes.try_into().map_err(|_| MALFORMED)
}

#[inline]
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
    Ok((read(const { Kind::scalar(ELEMENT) }, value)?, rest))
}

fn word(bytes: &[u8]) -> Result<(i32, &[u8]), &'static str> {
    let (word, rest) = bytes.split_first_chunk().ok_or(MALFORMED)?;
    Ok((i32::from_be_bytes(*word), rest))
}

/// The names of built-in types that are not read, so that the error can say which one it was.
const fn name(id: u32) -> &'static str {
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

#[inline]
fn mismatch(found: &'static str) -> Mismatch {
    Mismatch { expected: "a value that can be read", found }
}
