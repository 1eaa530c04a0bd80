//! What is known of the tables in the database, beside what the models say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::meta::ModelMeta;

/// The names of some columns of a table.
pub(crate) type ColumnNames = Arc<[Box<str>]>;

/// A table's schema and name.
type Name = (Option<&'static str>, &'static str);

/// What the connections of a pool have asked about tables, by table. It is never more than a hint: tables change.
#[derive(Default)]
pub(crate) struct Tables {
    text_columns: Mutex<HashMap<Name, ColumnNames>>,
}

impl Tables {
    /// The columns to which text is assigned, where they were asked for.
    pub(crate) fn text_columns(&self, model: &'static ModelMeta) -> Option<ColumnNames> {
        self.known().get(&name(model)).cloned()
    }

    /// Keeps the columns to which text is assigned.
    pub(crate) fn keep_text_columns(&self, model: &'static ModelMeta, columns: ColumnNames) {
        self.known().insert(name(model), columns);
    }

    /// The table may have changed.
    pub(crate) fn forget(&self, model: &'static ModelMeta) {
        self.known().remove(&name(model));
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Name, ColumnNames>> {
        self.text_columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(model: &'static ModelMeta) -> Name {
    (model.schema, model.table)
}
