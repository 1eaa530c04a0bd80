//! INSERT, UPDATE and DELETE.

use super::inspect::any;
use super::writer::{Place, Typing, Writer};
use crate::ast::{Bind, Delete, Insert, Node, RowsForm, Update};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::{ColumnMeta, Link, ModelMeta};
use crate::value::{SqlType, Value};

impl Writer {
    pub(super) fn insert(&mut self, insert: Insert) -> Result<()> {
        if !insert.returning.is_empty() && !self.dialect.insert_returning() {
            return Err(Error::Unsupported { feature: "RETURNING", backend: self.dialect.name() });
        }
        self.check("returned columns", insert.returning.len(), self.dialect.max_columns())?;
        self.push(if insert.form == RowsForm::Copy { "COPY " } else { "INSERT INTO " });
        self.table(insert.model);
        if insert.columns.is_empty() {
            self.default_rows(&insert)?;
        } else {
            self.push(" (");
            self.list(", ", &insert.columns, |writer, column| writer.name(column.name));
            self.push(")");
            match insert.form {
                RowsForm::Values => self.rows_of_values(&insert.columns, insert.rows, insert.values),
                RowsForm::Arrays => self.rows_of_arrays(&insert.columns, insert.rows, insert.values),
                RowsForm::Copy => {
                    self.push(" FROM STDIN (FORMAT binary)");
                    self.binds.extend(arrays(&insert.columns, insert.rows, insert.values));
                }
            }
        }
        if !insert.returning.is_empty() {
            self.push(" RETURNING ");
            self.list(", ", &insert.returning, |writer, column| writer.name(column.name));
        }
        Ok(())
    }

    /// ` VALUES (…), (…)`
    fn rows_of_values(&mut self, columns: &[&'static ColumnMeta], rows: usize, values: Vec<Value>) {
        self.push(" VALUES ");
        self.again(", ", rows, |writer| {
            writer.push("(");
            writer.list(", ", columns, |writer, column| {
                writer.placeholder(column.sql_type, Typing::Inferred);
            });
            writer.push(")");
        });
        self.bind_rows(columns, values);
    }

    /// ` SELECT unnest($1::text[]), unnest($2::int8[])`: the text is the same for any number of rows. The arrays, all of one
    /// length, give their elements in step and in order
    /// (<https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTIONS-RETURNING-SET>).
    fn rows_of_arrays(&mut self, columns: &[&'static ColumnMeta], rows: usize, values: Vec<Value>) {
        self.push(" SELECT ");
        self.list(", ", arrays(columns, rows, values), |writer, array| {
            writer.push("unnest(");
            writer.bind(array, Typing::Inferred);
            writer.push(")");
        });
    }

    /// Rows that take every column's default.
    fn default_rows(&mut self, insert: &Insert) -> Result<()> {
        let rows = insert.rows;
        if self.dialect.is_mysql_like() {
            self.push(" () VALUES ");
            self.again(", ", rows, |writer| writer.push("()"));
            return Ok(());
        }
        if rows <= 1 {
            self.push(" DEFAULT VALUES");
            return Ok(());
        }
        // DEFAULT VALUES makes one row only; NULL in SQLite's integer primary key is its default.
        let (column, value) = match self.dialect {
            Dialect::Postgres => (insert.model.columns.first(), "(DEFAULT)"),
            _ => (insert.model.primary.iter().copied().find(|column| column.generated), "(NULL)"),
        };
        let Some(column) = column else {
            return Err(Error::Unsupported {
                feature: "INSERT of several rows of defaults",
                backend: self.dialect.name(),
            });
        };
        self.push(" (");
        self.name(column.name);
        self.push(") VALUES ");
        self.again(", ", rows, |writer| writer.push(value));
        Ok(())
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<()> {
        if self.needs_snapshot(update) {
            return self.update_from_snapshot(update);
        }
        self.push("UPDATE ");
        self.table_as(update.model, Place::ROOT);
        self.push(" SET ");
        self.separated(", ", &update.assignments, |writer, (column, node)| {
            writer.assigned(column);
            match node {
                Node::Bind(bind) => {
                    writer.bind(bind.clone(), Typing::Inferred);
                    Ok(())
                }
                _ => writer.node(node, Place::ROOT),
            }
        })?;
        update.filter.as_ref().map_or(Ok(()), |filter| self.filter(filter))
    }

    /// `column = `, on the left of an assignment; only MySQL wants to know of which table.
    pub(super) fn assigned(&mut self, column: &'static ColumnMeta) {
        if self.dialect.is_mysql_like() {
            self.column(Place::ROOT, column);
        } else {
            self.name(column.name);
        }
        self.push(" = ");
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<()> {
        let filter = delete.filter.as_ref();
        let mysql_like = self.dialect.is_mysql_like();
        self.push(if mysql_like { "DELETE t0 FROM " } else { "DELETE FROM " });
        self.table_as(delete.model, Place::ROOT);
        match filter {
            Some(filter) if mysql_like && reads(filter, delete.model) && !delete.model.primary.is_empty() => {
                self.join_snapshot(delete.model, &[], Some(filter))
            }
            Some(filter) => self.filter(filter),
            None => Ok(()),
        }
    }

    /// MySQL refuses to read the table that it writes, and assigns from left to right, so that a later assignment reads
    /// what an earlier one has written. In both cases the rows are read first, into a derived table.
    fn needs_snapshot(&self, update: &Update) -> bool {
        let own = |node: &Node| reads(node, update.model);
        let mut assigned: Vec<&str> = Vec::new();
        let stale = update.assignments.iter().any(|(column, node)| {
            let stale =
                any(node, true, &|node| matches!(node, Node::Column(read) if assigned.contains(&read.name)));
            assigned.push(column.name);
            stale
        });
        let needed = stale
            || update.filter.as_ref().is_some_and(own)
            || update.assignments.iter().any(|(_, node)| own(node));
        needed && self.dialect.is_mysql_like() && !update.model.primary.is_empty()
    }

    fn update_from_snapshot(&mut self, update: &Update) -> Result<()> {
        self.push("UPDATE ");
        self.table_as(update.model, Place::ROOT);
        self.join_snapshot(update.model, &update.assignments, update.filter.as_ref())?;
        self.push(" SET ");
        self.list(", ", update.assignments.iter().enumerate(), |writer, (index, (column, _))| {
            writer.assigned(column);
            writer.numbered("v.c", index);
        });
        Ok(())
    }

    /// `INNER JOIN (SELECT DISTINCT key, values FROM the same table WHERE …) AS v`. DISTINCT keeps the server from
    /// merging it into the statement, which it would then refuse.
    fn join_snapshot(
        &mut self,
        model: &'static ModelMeta,
        values: &[(&'static ColumnMeta, Node)],
        filter: Option<&Node>,
    ) -> Result<()> {
        self.push(" INNER JOIN (SELECT DISTINCT ");
        self.list(", ", model.primary.iter().enumerate(), |writer, (index, column)| {
            writer.column(Place::ROOT, column);
            writer.numbered(" AS k", index);
        });
        for (index, (_, node)) in values.iter().enumerate() {
            self.push(", ");
            self.node(node, Place::ROOT)?;
            self.numbered(" AS c", index);
        }
        self.push(" FROM ");
        self.table_as(model, Place::ROOT);
        if let Some(filter) = filter {
            self.filter(filter)?;
        }
        self.push(") AS v ON ");
        self.same_as_keys(model);
        Ok(())
    }

    /// `t0.key = v.k0 AND …`
    pub(super) fn same_as_keys(&mut self, model: &'static ModelMeta) {
        self.list(" AND ", model.primary.iter().enumerate(), |writer, (index, column)| {
            writer.column(Place::ROOT, column);
            writer.numbered(" = v.k", index);
        });
    }
}

/// One array a column, from values that come row by row.
fn arrays(columns: &[&'static ColumnMeta], rows: usize, values: Vec<Value>) -> impl Iterator<Item = Bind> {
    let mut arrays: Vec<Vec<Value>> = columns.iter().map(|_| Vec::with_capacity(rows)).collect();
    let mut values = values.into_iter();
    for _ in 0..rows {
        arrays.iter_mut().for_each(|array| array.extend(values.next()));
    }
    columns.iter().zip(arrays).map(|(column, array)| Bind {
        value: Value::Array(array),
        sql_type: SqlType::Array(&column.sql_type),
        column: Some(column),
    })
}

/// Whether an expression reads the model's table through a relation.
fn reads(node: &Node, model: &ModelMeta) -> bool {
    let same = |other: &ModelMeta| other.table == model.table && other.schema == model.schema;
    let leads_here =
        |link: &Link| same(link.target) || link.through.is_some_and(|through| same(through.model));
    any(node, true, &|node| match node {
        Node::Related { link, .. } | Node::RelatedAggregate { link, .. } => leads_here(link),
        Node::Path { links, .. } => links.iter().any(|link| leads_here(link)),
        _ => false,
    })
}
