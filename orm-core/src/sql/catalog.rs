//! Questions about the tables of the database.

use super::Sql;
use crate::ast::{Bind, Node};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::ModelMeta;
use crate::value::{SqlType, Value};

/// Domains are what they are made of.
const TEXT_COLUMNS: &str = "SELECT a.attname::text FROM pg_catalog.pg_attribute AS a \
    INNER JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid \
    WHERE a.attrelid = pg_catalog.to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped \
    AND (coalesce(nullif(t.typbasetype, 0), t.oid) = 25 OR EXISTS (SELECT 1 FROM pg_catalog.pg_cast AS c \
    WHERE c.castsource = 25 AND c.casttarget = coalesce(nullif(t.typbasetype, 0), t.oid) AND c.castcontext IN ('a', 'i')))";

/// The names of the columns of a model's table to which PostgreSQL assigns a value of the type `text`: `text` itself (25),
/// `varchar`, `char(n)`, `citext`; not enums or `inet`, which take such a value only where it comes without a type.
///
/// # Errors
/// As for [`select`](super::select).
pub(crate) fn text_columns(model: &'static ModelMeta) -> Result<Sql> {
    let mut table = String::new();
    if let Some(schema) = model.schema {
        Dialect::Postgres.quote(schema, &mut table)?;
        table.push('.');
    }
    Dialect::Postgres.quote(model.table, &mut table)?;
    let table = Bind { value: Value::Text(table), sql_type: SqlType::Text, column: None };
    super::raw(TEXT_COLUMNS, &[Node::Bind(table)], Dialect::Postgres)
}
