//! The typed surface: what the derive writes for a model, its columns and relations, and what one may say with them.

mod cardinality;
#[path = "../stub/column.rs"] // STUB
mod column;
#[path = "../stub/filter.rs"] // STUB
mod filter;
mod key;
#[path = "../stub/operand.rs"] // STUB
mod operand;
mod record;
mod related;
mod relation;
mod slot;

pub use cardinality::{Cardinality, Many, Maybe, One, ToOne};
pub use column::{Column, Expr};
pub use filter::Filter;
pub use key::{KeyColumns, RefersTo, check_key, check_many_to_many, check_unique};
pub use operand::{Operand, operand};
pub use record::{Insertable, Model, NewRow};
pub use related::Related;
pub use relation::{BelongsTo, Rel, Relation, StartsAt};
pub use slot::{Fill, Guarded, Has, IsVacant, Loaded, Part, Readable, Reads, Slot, State, Unloaded};
