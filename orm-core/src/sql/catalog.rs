//! What PostgreSQL's catalog says about the columns of a table, and what follows for how rows are sent.

use super::Sql;
use super::token::postgres_type;
use crate::ast::{Bind, Node};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::{ColumnMeta, ModelMeta};
use crate::value::{SqlType, Value};

/// A column: its name, its type (of a domain the one that it is made of) where that is built in, whether a value of the type
/// `text` (25) is assigned to it, and whether COPY does to its table what INSERT does. Rules and policies do not hold for
/// COPY, and a key that is always generated is written over.
const COLUMNS: &str = "SELECT a.attname::text, \
    CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace AND a.atttypid = t.oid THEN t.typname::text ELSE '' END, \
    t.oid = 25 OR EXISTS (SELECT 1 FROM pg_catalog.pg_cast AS k WHERE k.castsource = 25 AND k.casttarget = t.oid \
    AND k.castcontext IN ('a', 'i')), \
    r.relkind IN ('r', 'p') AND NOT r.relhasrules AND NOT r.relrowsecurity AND a.attidentity <> 'a' \
    AND pg_catalog.current_setting('transaction_isolation') = 'read committed' \
    FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS r ON r.oid = a.attrelid \
    INNER JOIN pg_catalog.pg_type AS d ON d.oid = a.atttypid \
    INNER JOIN pg_catalog.pg_type AS t ON t.oid = coalesce(nullif(d.typbasetype, 0), d.oid) \
    WHERE a.attrelid = pg_catalog.to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/// A column as the catalog has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableColumn {
    pub(crate) name: String,
    /// Empty for a type that is not built in.
    pub(crate) type_name: String,
    pub(crate) takes_text: bool,
    pub(crate) is_copied: bool,
}

impl TableColumn {
    /// Whether it takes the elements of an array that is sent for a column of the model: a text has the type `text` then, which
    /// enums and `inet` refuse where they would take it without a type.
    pub(crate) fn takes_elements_of(&self, column: &ColumnMeta) -> bool {
        match column.sql_type {
            SqlType::Array(_) => false,
            SqlType::Text => self.takes_text,
            _ => true,
        }
    }

    /// Whether it has the very type that a column of the model is sent as, so that its binary form can be copied.
    pub(crate) fn takes_copy_of(&self, column: &ColumnMeta) -> bool {
        let is_same = match column.sql_type {
            SqlType::Array(_) => false,
            SqlType::Text => matches!(&*self.type_name, "text" | "varchar" | "bpchar"),
            other => self.type_name == postgres_type(other),
        };
        self.is_copied && is_same
    }
}

/// Asks for the columns of a model's table, each as a [`TableColumn`].
///
/// # Errors
/// As for [`select`](super::select).
pub(crate) fn table_columns(model: &'static ModelMeta) -> Result<Sql> {
    let mut table = String::new();
    if let Some(schema) = model.schema {
        Dialect::Postgres.quote(schema, &mut table)?;
        table.push('.');
    }
    Dialect::Postgres.quote(model.table, &mut table)?;
    let table = Bind { value: Value::Text(table), sql_type: SqlType::Text, column: None };
    super::raw(COLUMNS, &[Node::Bind(table)], Dialect::Postgres)
}
