//! Queries: the builders that user code calls, and the verbs that run them.

mod bulk;
mod delete;
mod insert;
mod insert_many;
mod portions;
mod raw;
mod returned;
mod select;
mod update;
mod update_many;
mod verbs;

pub use delete::{Delete, delete};
pub use insert::{Insert, insert};
pub use insert_many::{InsertMany, insert_many};
pub use raw::{FromRow, Raw, RawSelect, sql, sql_dynamic};
pub use returned::ColumnSet;
pub use select::{Select, find, select};
pub use update::{Update, update};
pub use update_many::{UpdateMany, update_many};
