//! The typed surface: what the derive writes for a model, its columns and relations, and what one may say with them.

mod cardinality;
#[path = "../stub/column.rs"] // STUB
mod column;
mod derive;
#[path = "../stub/filter.rs"] // STUB
mod filter;
mod key;
#[path = "../stub/operand.rs"] // STUB
mod operand;
mod record;
mod related;
mod relation;
#[cfg(feature = "serde")]
pub(crate) mod serialize;
mod slot;

pub use cardinality::{Cardinality, Many, Maybe, One, ToOne};
pub use column::{Column, Expr};
pub use derive::{DbEnum, DbNewtype, Model, loaded};
pub use filter::Filter;
pub use key::{AcceptsNull, KeyColumns, RefersTo, check_key, check_set_null, check_unique, through};
pub use operand::{Operand, operand};
pub use record::{Insertable, Model, NewRow};
pub use related::Related;
pub use relation::{BelongsTo, Named, Rel, Relation, StartsAt};
pub use slot::{Fill, Guarded, Has, IsVacant, Loaded, Part, Readable, Reads, Slot, State, Unloaded};
