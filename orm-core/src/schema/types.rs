//! The column types of each dialect.

use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::value::SqlType;

/// The declared type of a column; `keyed` where it is part of a key or an index, which MariaDB and MySQL allow for text and
/// bytes of limited length only.
pub(super) fn declared(column: &ColumnMeta, keyed: bool, dialect: Dialect) -> Result<String> {
    match column.declared_type {
        Some(declared) => Ok(declared.to_owned()),
        None => sql_type(column.sql_type, keyed, dialect),
    }
}

fn sql_type(sql_type: SqlType, keyed: bool, dialect: Dialect) -> Result<String> {
    match dialect {
        Dialect::Sqlite => sqlite(sql_type).map(str::to_owned),
        Dialect::Postgres => postgres(sql_type),
        Dialect::MariaDb | Dialect::MySql => mysql(sql_type, keyed, dialect).map(str::to_owned),
    }
}

fn sqlite(sql_type: SqlType) -> Result<&'static str> {
    Ok(match sql_type {
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::TinyUnsigned
        | SqlType::SmallUnsigned
        | SqlType::Unsigned
        | SqlType::BigUnsigned => "INTEGER",
        SqlType::Real | SqlType::Double => "REAL",
        SqlType::Text
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Decimal
        | SqlType::Json => "TEXT",
        SqlType::Bytes | SqlType::Uuid => "BLOB",
        SqlType::Array(_) => return Err(no_arrays(Dialect::Sqlite)),
    })
}

fn postgres(sql_type: SqlType) -> Result<String> {
    Ok(match sql_type {
        SqlType::Bool => "boolean",
        SqlType::SmallInt | SqlType::TinyUnsigned => "smallint",
        SqlType::Integer | SqlType::SmallUnsigned => "integer",
        SqlType::BigInt | SqlType::Unsigned | SqlType::BigUnsigned => "bigint",
        SqlType::Real => "real",
        SqlType::Double => "double precision",
        SqlType::Text => "text",
        SqlType::Bytes => "bytea",
        SqlType::Date => "date",
        SqlType::Time => "time",
        SqlType::DateTime => "timestamp",
        SqlType::Timestamp => "timestamptz",
        SqlType::Uuid => "uuid",
        SqlType::Decimal => "numeric",
        SqlType::Json => "jsonb",
        SqlType::Array(element) => return Ok(format!("{}[]", postgres(*element)?)),
    }
    .to_owned())
}

fn mysql(sql_type: SqlType, keyed: bool, dialect: Dialect) -> Result<&'static str> {
    Ok(match sql_type {
        SqlType::Bool => "BOOLEAN",
        SqlType::SmallInt => "SMALLINT",
        SqlType::Integer => "INT",
        SqlType::BigInt => "BIGINT",
        SqlType::TinyUnsigned => "TINYINT UNSIGNED",
        SqlType::SmallUnsigned => "SMALLINT UNSIGNED",
        SqlType::Unsigned => "INT UNSIGNED",
        SqlType::BigUnsigned => "BIGINT UNSIGNED",
        SqlType::Real => "FLOAT",
        SqlType::Double => "DOUBLE",
        SqlType::Text if keyed => "VARCHAR(255)",
        SqlType::Text => "LONGTEXT",
        SqlType::Bytes if keyed => "VARBINARY(255)",
        SqlType::Bytes => "LONGBLOB",
        SqlType::Date => "DATE",
        SqlType::Time => "TIME(6)",
        // TIMESTAMP ends in 2038; the session runs in UTC, so DATETIME holds the same point in time.
        SqlType::DateTime | SqlType::Timestamp => "DATETIME(6)",
        SqlType::Uuid => "BINARY(16)",
        // Holds every value that has at most 28 digits before and after the point.
        SqlType::Decimal => "DECIMAL(56, 28)",
        SqlType::Json => "JSON",
        SqlType::Array(_) => return Err(no_arrays(dialect)),
    })
}

fn no_arrays(dialect: Dialect) -> Error {
    Error::Unsupported { feature: "array columns", backend: dialect.name() }
}

/// The default as the dialect wants it: MariaDB and MySQL ask for the column's precision.
pub(super) fn default<'a>(column: &ColumnMeta, default: &'a str, dialect: Dialect) -> &'a str {
    let is_time = matches!(column.sql_type, SqlType::DateTime | SqlType::Timestamp);
    if dialect.is_mysql_like() && is_time && default.eq_ignore_ascii_case("CURRENT_TIMESTAMP") {
        "CURRENT_TIMESTAMP(6)"
    } else {
        default
    }
}

/// Whether SQLite takes the type in a STRICT table.
pub(super) fn is_strict(declared: &str) -> bool {
    ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"].iter().any(|name| declared.eq_ignore_ascii_case(name))
}
