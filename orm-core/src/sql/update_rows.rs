//! UPDATE of many rows in one statement, each with values of its own.

use super::writer::{Place, Typing, Writer};
use crate::ast::UpdateRows;
use crate::dialect::Dialect;
use crate::meta::ColumnMeta;
use crate::value::SqlType;

impl Writer {
    pub(super) fn update_rows(&mut self, update: UpdateRows) {
        match self.dialect {
            Dialect::Sqlite => {
                self.push("WITH v (");
                self.value_names(&update);
                self.push(") AS (VALUES ");
                self.value_rows(&update);
                self.push(") UPDATE ");
                self.table_as(update.model, Place::ROOT);
                self.set_values(&update);
                self.push(" FROM v WHERE ");
                self.same_as_keys(update.model);
            }
            Dialect::Postgres => {
                self.push("UPDATE ");
                self.table_as(update.model, Place::ROOT);
                self.set_values(&update);
                self.push(" FROM (VALUES ");
                self.value_rows(&update);
                self.push(") AS v (");
                self.value_names(&update);
                self.push(") WHERE ");
                self.same_as_keys(update.model);
            }
            Dialect::MariaDb | Dialect::MySql => {
                self.push("UPDATE ");
                self.table_as(update.model, Place::ROOT);
                self.push(" INNER JOIN (");
                self.typed_union(&update);
                self.push(") AS v ON ");
                self.same_as_keys(update.model);
                self.set_values(&update);
            }
        }
        let columns = [update.model.primary, &update.columns].concat();
        self.bind_rows(&columns, update.values);
    }

    fn set_values(&mut self, update: &UpdateRows) {
        self.push(" SET ");
        self.list(", ", update.columns.iter().enumerate(), |writer, (index, column)| {
            writer.assigned(column);
            writer.numbered("v.c", index);
        });
    }

    fn value_names(&mut self, update: &UpdateRows) {
        self.list(", ", 0..update.model.primary.len(), |writer, index| writer.numbered("k", index));
        self.push(", ");
        self.list(", ", 0..update.columns.len(), |writer, index| writer.numbered("c", index));
    }

    fn value_rows(&mut self, update: &UpdateRows) {
        self.again(", ", update.rows, |writer| {
            writer.push("(");
            writer.list(", ", columns(update), Writer::cell);
            writer.push(")");
        });
    }

    /// A value of a derived table, where nothing tells its type.
    fn cell(&mut self, column: &'static ColumnMeta) {
        let declared = column.declared_type.filter(|_| column.sql_type == SqlType::Text);
        match (self.dialect, declared) {
            (Dialect::Postgres, Some(declared)) => {
                self.placeholder(column.sql_type, Typing::Inferred);
                self.push("::");
                self.push(unrestricted(declared));
            }
            _ => self.placeholder(column.sql_type, Typing::Explicit),
        }
    }

    /// `SELECT key AS k0, column AS c0 FROM table WHERE FALSE UNION ALL SELECT ?, ? …`: the empty first branch gives the
    /// values the types and collations of their columns.
    fn typed_union(&mut self, update: &UpdateRows) {
        let place = self.place();
        self.push("SELECT ");
        let keys = update.model.primary.len();
        self.list(", ", columns(update).enumerate(), |writer, (index, column)| {
            writer.column(place, column);
            match index.checked_sub(keys) {
                None => writer.numbered(" AS k", index),
                Some(index) => writer.numbered(" AS c", index),
            }
        });
        self.push(" FROM ");
        self.table_as(update.model, place);
        self.push(" WHERE FALSE");
        self.push(" UNION ALL SELECT ");
        self.again(" UNION ALL SELECT ", update.rows, |writer| {
            writer.list(", ", columns(update), |writer, column| {
                writer.placeholder(column.sql_type, Typing::Explicit);
            });
        });
    }
}

/// The columns that each row has values for: the primary key's, then those that change.
fn columns(update: &UpdateRows) -> impl Iterator<Item = &'static ColumnMeta> {
    update.model.primary.iter().chain(&update.columns).copied()
}

/// A declared text type without its length: a cast to `CHAR(5)` would cut a longer text, where the column refuses it.
fn unrestricted(declared: &'static str) -> &'static str {
    let Some((name, _)) = declared.split_once('(') else { return declared };
    let name = name.trim().to_ascii_lowercase();
    if matches!(name.as_str(), "char" | "character" | "bpchar" | "nchar") { "bpchar" } else { "text" }
}
