//! Loaders: which related rows a query loads, and by which strategy.

mod slots;

pub use slots::{Loads, SlotBatch, SlotLoad, Tree};
