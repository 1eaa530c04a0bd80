//! What the examples share: the models and the report of [`chinook`], a [`Watch`] over what is sent, and [`Table`]s.

pub mod chinook;
mod statement;
mod table;
mod watch;

pub use statement::shortened;
pub use table::{Column, Table};
pub use watch::{Measured, Watch};
