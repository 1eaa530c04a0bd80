//! Facts about models, as data: what the derive writes down about a table, its columns and its relations.

use crate::value::{ColumnType, Nullability, SqlType};

/// Facts about a model: its table, its columns and its keys.
#[derive(Debug)]
pub struct ModelMeta {
    /// The struct's name.
    pub name: &'static str,
    /// The schema that the table stands in, where the model names one.
    pub schema: Option<&'static str>,
    /// The table's (or view's) name.
    pub table: &'static str,
    /// All columns, in the struct's order.
    pub columns: &'static [ColumnMeta],
    /// The columns of the primary key.
    pub primary: &'static [&'static ColumnMeta],
    /// Indexes and unique constraints over one or several columns.
    pub indexes: &'static [IndexMeta],
    /// Foreign keys, one a `belongs_to`.
    pub foreign_keys: &'static [ForeignKey],
    /// Whether the model is a view or a table that is never written.
    pub read_only: bool,
}

/// Facts about a column.
#[derive(Debug)]
pub struct ColumnMeta {
    /// The struct that the column belongs to.
    pub model: &'static str,
    /// The struct's field.
    pub field: &'static str,
    /// The column's name in the database.
    pub name: &'static str,
    /// The column's place in the struct, from 0.
    pub index: usize,
    /// Its SQL type.
    pub sql_type: SqlType,
    /// A type to declare in place of the one that follows from `sql_type` (`CHAR(5)`, `CITEXT`).
    pub declared_type: Option<&'static str>,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// Whether the database makes the value (an identity or auto-increment column).
    pub generated: bool,
    /// The default, as SQL.
    pub default: Option<&'static str>,
    /// Whether the column alone is unique, by constraint or as the only column of the primary key.
    pub unique: bool,
}

/// An index, or a unique constraint where `unique` is set.
#[derive(Debug)]
pub struct IndexMeta {
    /// Names of the columns in the database.
    pub columns: &'static [&'static str],
    /// Whether no two rows may agree in these columns.
    pub unique: bool,
}

/// A foreign key: columns of this table that refer to the primary key of another.
#[derive(Debug)]
pub struct ForeignKey {
    /// Names of the referring columns in the database.
    pub columns: &'static [&'static str],
    /// The model referred to. A function, so that two models may refer to each other.
    pub target: fn() -> &'static ModelMeta,
    /// What happens to this row when the other one is deleted.
    pub on_delete: Action,
    /// What happens to this row when the other one's key changes.
    pub on_update: Action,
}

/// What a foreign key does when the row that it refers to goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Action {
    /// Refuse, at the end of the statement or transaction.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Do the same to this row.
    Cascade,
    /// Set the key to NULL.
    SetNull,
    /// Set the key to its default.
    SetDefault,
}

/// Facts about a relation: which columns of which table meet which.
#[derive(Debug)]
pub struct Link {
    /// The relation's name, as the struct declares it.
    pub name: &'static str,
    /// The model that the relation starts at.
    pub source: &'static ModelMeta,
    /// The columns of the source that take part: its primary key, or for a `belongs_to` its foreign key.
    pub source_key: &'static [&'static ColumnMeta],
    /// The model that the relation leads to.
    pub target: &'static ModelMeta,
    /// The columns of the target that take part.
    pub target_key: &'static [&'static ColumnMeta],
    /// The model between, for a many-to-many relation.
    pub through: Option<Through>,
    /// Whether one source has any number of targets.
    pub to_many: bool,
}

/// The model in the middle of a many-to-many relation.
#[derive(Debug, Clone, Copy)]
pub struct Through {
    /// The model.
    pub model: &'static ModelMeta,
    /// Its columns that refer to the source.
    pub source_key: &'static [&'static ColumnMeta],
    /// Its columns that refer to the target.
    pub target_key: &'static [&'static ColumnMeta],
}

impl ColumnMeta {
    /// A column of a type with these facts; for the derive, which adds the rest by the functions below.
    pub const fn of(
        (sql_type, nullable): (SqlType, bool),
        model: &'static str,
        field: &'static str,
        name: &'static str,
        index: usize,
    ) -> ColumnMeta {
        ColumnMeta {
            model,
            field,
            name,
            index,
            sql_type,
            declared_type: None,
            nullable,
            generated: false,
            default: None,
            unique: false,
        }
    }

    /// The column, declared as `sql` in the schema.
    pub const fn declared(mut self, sql: &'static str) -> ColumnMeta {
        self.declared_type = Some(sql);
        self
    }

    /// The column, with a default.
    pub const fn defaulted(mut self, sql: &'static str) -> ColumnMeta {
        self.default = Some(sql);
        self
    }

    /// The column, unique by itself.
    pub const fn uniquely(mut self) -> ColumnMeta {
        self.unique = true;
        self
    }

    /// The column, with values that the database makes.
    pub const fn generated(mut self) -> ColumnMeta {
        self.generated = true;
        self
    }
}

/// Refuses a generated column of a type of which the database cannot make values.
#[doc(hidden)]
#[allow(clippy::panic)] // evaluated at compile time
pub const fn check_generated<T: ColumnType>() {
    if <T::Nullability as Nullability>::NULLABLE
        || !(T::TYPE.is_integer() || matches!(T::TYPE, SqlType::Uuid))
    {
        panic!(
            "the database generates integers and UUIDs that are not NULL; a column of another type takes `default = \"SQL\"`"
        );
    }
}

impl ModelMeta {
    /// The column with this index; for the derive, which knows that it is there.
    ///
    /// # Panics
    /// At compile time, where the model has no such column.
    #[allow(clippy::indexing_slicing)] // evaluated at compile time
    pub const fn column(&'static self, index: usize) -> &'static ColumnMeta {
        &self.columns[index]
    }

    /// Whether a unique constraint, an index or the primary key says that no two rows agree in these columns, in
    /// whatever order they are named.
    #[allow(clippy::indexing_slicing)] // evaluated at compile time
    pub const fn is_unique(&self, columns: &[&'static ColumnMeta]) -> bool {
        if columns.len() == 1 && columns[0].unique {
            return true;
        }
        let mut at = 0;
        while at < self.indexes.len() {
            let index = &self.indexes[at];
            if index.unique && index.columns.len() == columns.len() && holds_all(columns, index.columns) {
                return true;
            }
            at += 1;
        }
        self.is_primary(columns)
    }

    /// Whether these columns are the primary key.
    #[allow(clippy::indexing_slicing)] // evaluated at compile time
    const fn is_primary(&self, columns: &[&'static ColumnMeta]) -> bool {
        let mut at = 0;
        while at < self.primary.len() {
            if !holds(columns, self.primary[at].name) {
                return false;
            }
            at += 1;
        }
        self.primary.len() == columns.len()
    }
}

#[allow(clippy::indexing_slicing)] // evaluated at compile time
const fn holds_all(columns: &[&ColumnMeta], names: &[&str]) -> bool {
    let mut at = 0;
    while at < names.len() {
        if !holds(columns, names[at]) {
            return false;
        }
        at += 1;
    }
    true
}

#[allow(clippy::indexing_slicing)] // evaluated at compile time
const fn holds(columns: &[&ColumnMeta], name: &str) -> bool {
    let mut at = 0;
    while at < columns.len() {
        if same_text(columns[at].name, name) {
            return true;
        }
        at += 1;
    }
    false
}

#[allow(clippy::indexing_slicing)] // evaluated at compile time
const fn same_text(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}
