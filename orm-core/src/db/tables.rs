//! What is known of the tables in the database, beside what the models say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::meta::ModelMeta;
use crate::sql::TableColumn;

/// The columns of a table.
pub(crate) type TableColumns = Arc<[TableColumn]>;

/// A table's schema and name.
type Name = (Option<&'static str>, &'static str);

/// What the connections of a pool have asked about tables, by table. It is never more than a hint: tables change.
#[derive(Default)]
pub(crate) struct Tables {
    columns: Mutex<HashMap<Name, TableColumns>>,
}

impl Tables {
    /// The columns of the table, where they were asked for.
    pub(crate) fn columns(&self, model: &'static ModelMeta) -> Option<TableColumns> {
        self.known().get(&name(model)).cloned()
    }

    /// Keeps the columns of the table.
    pub(crate) fn keep(&self, model: &'static ModelMeta, columns: TableColumns) {
        self.known().insert(name(model), columns);
    }

    /// The table may have changed.
    pub(crate) fn forget(&self, model: &'static ModelMeta) {
        self.known().remove(&name(model));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Name, TableColumns>> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(model: &'static ModelMeta) -> Name {
    (model.schema, model.table)
}
