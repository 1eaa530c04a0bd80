//! How many rows go to PostgreSQL: as one array a column, so that the text of the statement is the same for any number of
//! them; and thousands of them, whose keys nobody wants back, by COPY.
//!
//! A text that stands in VALUES takes the type of its column; an element of an array has a type of its own, and what is copied
//! has its column's or is misread. So the server is asked for the columns: once a table, and again after each COPY. What was
//! copied holds a lock on the table, so that the second answer is about the columns that it went into.

use std::sync::Arc;

use crate::ast::RowsForm;
use crate::backend::{Cells, Row, Sink};
use crate::db::{Lease, TableColumns};
use crate::dialect::Dialect;
use crate::error::{Error, Failure, Result};
use crate::meta::{ColumnMeta, ModelMeta};
use crate::sql::{self, TableColumn};

/// From how many rows on COPY is worth its round trips: a transaction around it, and the question.
const COPY_ROWS: usize = 2_000;

/// How rows of a model are sent on a connection.
pub(super) struct Bulk {
    model: &'static ModelMeta,
    /// Of the table; `None` where rows go as values.
    columns: Option<TableColumns>,
    copies: bool,
}

impl Bulk {
    /// For so many rows, which may be copied where nothing is to be returned.
    pub(super) async fn of(
        lease: &mut Lease<'_>,
        model: &'static ModelMeta,
        rows: usize,
        may_copy: bool,
    ) -> Result<Bulk> {
        let copies = may_copy && rows >= COPY_ROWS;
        let columns = match lease.dialect() {
            // What was asked for before is of another transaction, which may have seen other tables.
            Dialect::Postgres if copies && lease.in_transaction() => Some(ask(lease, model).await?),
            Dialect::Postgres if rows > 1 => Some(known(lease, model).await?),
            _ => None,
        };
        Ok(Bulk { model, columns, copies })
    }

    /// Whether some of the rows may be copied.
    pub(super) fn may_copy(&self) -> bool {
        self.copies && self.columns.is_some()
    }

    /// How so many rows of these columns are sent.
    pub(super) fn form(&self, columns: &[&'static ColumnMeta], rows: usize) -> RowsForm {
        let Some(known) = &self.columns else { return RowsForm::Values };
        match rows {
            COPY_ROWS.. if self.copies && all(columns, known, TableColumn::takes_copy_of) => RowsForm::Copy,
            2.. if all(columns, known, TableColumn::takes_elements_of) => RowsForm::Arrays,
            _ => RowsForm::Values,
        }
    }

    /// Asks again, after rows were copied, whether the columns are what they were taken for.
    ///
    /// # Errors
    /// [`Error::Serialization`] where they are not: the transaction must run again.
    pub(super) async fn check(&self, lease: &mut Lease<'_>, copied: &[&'static ColumnMeta]) -> Result<()> {
        if all(copied, &ask(lease, self.model).await?, TableColumn::takes_copy_of) {
            return Ok(());
        }
        Err(Error::Serialization(Box::new(Failure {
            code: None,
            message: "the columns of the table changed before rows were copied into it".to_owned(),
            statement: format!("COPY {}", self.model.table),
        })))
    }

    /// A statement failed, perhaps for a column that has another type now.
    pub(super) fn forget(&self, lease: &Lease<'_>) {
        if self.columns.is_some() {
            lease.tables().forget(self.model);
        }
    }
}

/// Whether each of the model's columns is in the table, and the table's column takes it; not where there is none.
fn all(
    columns: &[&'static ColumnMeta],
    known: &[TableColumn],
    takes: fn(&TableColumn, &ColumnMeta) -> bool,
) -> bool {
    let takes = |column: &&'static ColumnMeta| {
        known.iter().any(|known| known.name == column.name && takes(known, column))
    };
    !columns.is_empty() && columns.iter().all(takes)
}

/// The columns of the table as they were when they were asked for last.
async fn known(lease: &mut Lease<'_>, model: &'static ModelMeta) -> Result<TableColumns> {
    if let Some(known) = lease.tables().columns(model) {
        return Ok(known);
    }
    ask(lease, model).await
}

async fn ask(lease: &mut Lease<'_>, model: &'static ModelMeta) -> Result<TableColumns> {
    let mut columns = Columns(Vec::new());
    lease.fetch(&sql::table_columns(model)?, &mut columns).await?;
    let columns: TableColumns = columns.0.into();
    // A table that is not there yet may be made.
    if !columns.is_empty() {
        lease.tables().keep(model, Arc::clone(&columns));
    }
    Ok(columns)
}

struct Columns(Vec<TableColumn>);

impl Sink for Columns {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        let mut cells = Cells::new(row, false);
        self.0.push(TableColumn {
            name: cells.take_as("pg_attribute", || "attname")?,
            type_name: cells.take_as("pg_type", || "typname")?,
            takes_text: cells.take_as("pg_cast", || "castcontext")?,
            is_copied: cells.take_as("pg_class", || "relkind")?,
        });
        Ok(())
    }
}
