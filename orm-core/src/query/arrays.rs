//! Rows that PostgreSQL gets as one array a column: the text of the statement is the same for any number of them, and the
//! server reads ten thousand in two thirds of the time that VALUES takes.
//!
//! A text that stands in VALUES takes the type of its column; an element of an array has a type of its own. So arrays are for
//! tables whose text columns take values of the type `text`, and the server is asked once which these are.

use std::sync::Arc;

use crate::backend::{Cells, Row, Sink};
use crate::db::{ColumnNames, Lease};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::meta::{ColumnMeta, ModelMeta};
use crate::sql;
use crate::value::SqlType;

/// Which columns of a model go as arrays.
pub(super) enum Arrays {
    /// None: one row, or another server.
    Never,
    /// All but arrays, and of texts only these.
    Texts(ColumnNames),
}

impl Arrays {
    /// For so many rows of a model, on this connection.
    pub(super) async fn of(lease: &mut Lease<'_>, model: &'static ModelMeta, rows: usize) -> Result<Arrays> {
        if lease.dialect() != Dialect::Postgres || rows < 2 {
            return Ok(Arrays::Never);
        }
        if !model.columns.iter().any(is_text) {
            return Ok(Arrays::Texts(Arc::default()));
        }
        if let Some(known) = lease.tables().text_columns(model) {
            return Ok(Arrays::Texts(known));
        }
        let mut names = Names(Vec::new());
        lease.fetch(&sql::text_columns(model)?, &mut names).await?;
        let names: ColumnNames = names.0.into();
        // A table that is not there yet may be made.
        if !names.is_empty() {
            lease.tables().keep_text_columns(model, Arc::clone(&names));
        }
        Ok(Arrays::Texts(names))
    }

    /// The statement failed, perhaps for a column that has another type now.
    pub(super) fn forget(&self, lease: &Lease<'_>, model: &'static ModelMeta) {
        if let Arrays::Texts(_) = self {
            lease.tables().forget(model);
        }
    }

    /// Whether rows of these columns do.
    pub(super) fn fit(&self, columns: &[&'static ColumnMeta]) -> bool {
        let Arrays::Texts(texts) = self else { return false };
        let fits = |column: &&'static ColumnMeta| match column.sql_type {
            SqlType::Array(_) => false,
            SqlType::Text => texts.iter().any(|name| **name == *column.name),
            _ => true,
        };
        !columns.is_empty() && columns.iter().all(fits)
    }
}

fn is_text(column: &ColumnMeta) -> bool {
    column.sql_type == SqlType::Text
}

struct Names(Vec<Box<str>>);

impl Sink for Names {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        let name: String = Cells::new(row, false).take_as("pg_attribute", || "attname")?;
        self.0.push(name.into());
        Ok(())
    }
}
