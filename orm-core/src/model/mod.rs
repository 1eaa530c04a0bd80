//! The typed surface: what the derive writes for a model, its columns and relations, and what one may say with them.

mod cardinality;
mod column;
mod derive;
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
#[cfg(feature = "serde")]
pub(crate) mod serialize;
mod slot;

pub use cardinality::{Cardinality, Many, Maybe, One, ToOne};
pub use column::{Column, Expr, Expression};
pub use derive::{DbEnum, DbNewtype, Model, loaded};
pub use filter::Filter;
pub use key::{KeyColumns, check_key, check_set_null, check_unique, choose_by_from_and_to};
pub use kinds::Number;
pub use operand::{Operand, equals};
pub use order::{OrderBy, SortKeys};
pub use reach::ToMany;
pub(crate) use record::AlikeRows;
pub use record::{Insertable, Model, NewRows};
pub use related::Related;
pub use relation::{BelongsTo, Named, Rel, Relation};
pub use slot::{Fill, Guarded, Has, IsVacant, Loaded, Part, Reads, Slot, State, Unloaded};
