//! Object ids of PostgreSQL's built-in types (`src/include/catalog/pg_type.dat`).

use crate::value::SqlType;

/// Left to the server, which takes the type from where the value stands.
pub(super) const UNKNOWN_PARAMETER: u32 = 0;

pub(super) const BOOL: u32 = 16;
pub(super) const BYTEA: u32 = 17;
pub(super) const CHAR: u32 = 18;
pub(super) const NAME: u32 = 19;
pub(super) const INT8: u32 = 20;
pub(super) const INT2: u32 = 21;
pub(super) const INT4: u32 = 23;
pub(super) const TEXT: u32 = 25;
pub(super) const OID: u32 = 26;
pub(super) const JSON: u32 = 114;
pub(super) const FLOAT4: u32 = 700;
pub(super) const FLOAT8: u32 = 701;
pub(super) const UNKNOWN: u32 = 705;
pub(super) const BPCHAR: u32 = 1042;
pub(super) const VARCHAR: u32 = 1043;
pub(super) const DATE: u32 = 1082;
pub(super) const TIME: u32 = 1083;
pub(super) const TIMESTAMP: u32 = 1114;
pub(super) const TIMESTAMPTZ: u32 = 1184;
pub(super) const NUMERIC: u32 = 1700;
pub(super) const UUID: u32 = 2950;
pub(super) const JSONB: u32 = 3802;

pub(super) const BOOL_ARRAY: u32 = 1000;
pub(super) const BYTEA_ARRAY: u32 = 1001;
pub(super) const CHAR_ARRAY: u32 = 1002;
pub(super) const NAME_ARRAY: u32 = 1003;
pub(super) const INT2_ARRAY: u32 = 1005;
pub(super) const INT4_ARRAY: u32 = 1007;
pub(super) const TEXT_ARRAY: u32 = 1009;
pub(super) const BPCHAR_ARRAY: u32 = 1014;
pub(super) const VARCHAR_ARRAY: u32 = 1015;
pub(super) const INT8_ARRAY: u32 = 1016;
pub(super) const FLOAT4_ARRAY: u32 = 1021;
pub(super) const FLOAT8_ARRAY: u32 = 1022;
pub(super) const OID_ARRAY: u32 = 1028;
pub(super) const TIMESTAMP_ARRAY: u32 = 1115;
pub(super) const DATE_ARRAY: u32 = 1182;
pub(super) const TIME_ARRAY: u32 = 1183;
pub(super) const TIMESTAMPTZ_ARRAY: u32 = 1185;
pub(super) const NUMERIC_ARRAY: u32 = 1231;
pub(super) const UUID_ARRAY: u32 = 2951;
pub(super) const JSON_ARRAY: u32 = 199;
pub(super) const JSONB_ARRAY: u32 = 3807;

/// The type of a value inside an array.
pub(super) const fn element(sql: SqlType) -> u32 {
    match sql {
        SqlType::Bool => BOOL,
        SqlType::SmallInt | SqlType::TinyUnsigned => INT2,
        SqlType::Integer | SqlType::SmallUnsigned => INT4,
        SqlType::BigInt | SqlType::Unsigned | SqlType::BigUnsigned => INT8,
        SqlType::Real => FLOAT4,
        SqlType::Double => FLOAT8,
        SqlType::Text => TEXT,
        SqlType::Bytes => BYTEA,
        SqlType::Date => DATE,
        SqlType::Time => TIME,
        SqlType::DateTime => TIMESTAMP,
        SqlType::Timestamp => TIMESTAMPTZ,
        SqlType::Uuid => UUID,
        SqlType::Decimal => NUMERIC,
        SqlType::Json => JSONB,
        SqlType::Array(_) => UNKNOWN,
    }
}

/// The type that a parameter is declared with.
pub(super) const fn parameter(sql: SqlType) -> u32 {
    match sql {
        SqlType::Text => UNKNOWN_PARAMETER,
        SqlType::Array(of) => array(element(*of)),
        scalar => element(scalar),
    }
}

const fn array(element: u32) -> u32 {
    match element {
        BOOL => BOOL_ARRAY,
        INT2 => INT2_ARRAY,
        INT4 => INT4_ARRAY,
        INT8 => INT8_ARRAY,
        FLOAT4 => FLOAT4_ARRAY,
        FLOAT8 => FLOAT8_ARRAY,
        BYTEA => BYTEA_ARRAY,
        DATE => DATE_ARRAY,
        TIME => TIME_ARRAY,
        TIMESTAMP => TIMESTAMP_ARRAY,
        TIMESTAMPTZ => TIMESTAMPTZ_ARRAY,
        UUID => UUID_ARRAY,
        NUMERIC => NUMERIC_ARRAY,
        JSONB => JSONB_ARRAY,
        _ => TEXT_ARRAY,
    }
}

/// Microseconds and days from 1970-01-01, where ours count from, to 2000-01-01, where PostgreSQL's do.
pub(super) const EPOCH_MICROS: i64 = 946_684_800_000_000;
pub(super) const EPOCH_DAYS: i32 = 10_957;
