//! Loaders: which related rows a query loads, and by which strategy.
//!
//! A select runs in columns: each row is decoded once, by position, into the model's `Vec` and, for each slot, a batch of
//! links between parents and children. Then every slot that needs statements of its own resolves for all parents at once,
//! and the children are dealt out: moved on their last use, cloned before.

mod columns;
mod guard;
mod joined;
mod keys;
mod loader;
mod plan;
mod rows;
mod selectin;
mod slots;
mod stitch;

pub use columns::{Columns, Selectable};
pub use guard::{Guard, Raise};
pub use joined::Joined;
pub use loader::{Extent, Filtered, Full, Load, Loader, Strategy};
pub use plan::{Batch, Loadable, Plan, Whole, WithLoads};
pub(crate) use rows::fetch;
pub use selectin::SelectIn;
pub use slots::{Loads, SlotBatch, SlotLoad, Tree};
