//! The typed surface: what the derive writes for a model, its columns and relations, and what one may say with them.

mod cardinality;
mod column;
mod filter;
mod key;
mod kinds;
mod operand;
mod operators;
mod order;
mod reach;
mod record;
mod related;
mod relation;
mod slot;

pub use cardinality::{Cardinality, Many, Maybe, One, ToOne};
pub use column::{Column, Expr, Expression};
pub use filter::Filter;
pub use key::{KeyColumns, RefersTo, check_key, check_many_to_many, check_unique};
pub use kinds::{Number, Textual};
pub use operand::{Operand, equals};
pub use order::{OrderBy, SortKeys};
pub use reach::{Path, ToMany};
pub use record::{Insertable, Model, NewRow};
pub use related::Related;
pub use relation::{BelongsTo, Rel, Relation, StartsAt};
pub use slot::{Fill, Guarded, Has, IsVacant, Loaded, Part, Readable, Reads, Slot, State, Unloaded};
