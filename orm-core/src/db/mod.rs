//! The database as its users hold it: [`Db`] with its pool, [`Transaction`], and what runs statements.
//!
//! A connection is a state machine of our own around the driver ([`connection`]): a future that is dropped half-way, a
//! statement that failed, a scope that was never closed all leave their mark in it, and what carries a mark neither
//! commits nor goes back to the pool. So every future of this library may be dropped at any await.

// Without a driver there is nothing to close.
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(clippy::drop_non_drop)
)]

mod builder;
mod connection;
mod context;
mod database;
mod executor;
mod held;
mod holders;
mod hooks;
mod lent;
mod options;
mod pool;
mod pulse;
mod session;
mod settings;
mod tables;
mod tally;
mod transaction;

#[cfg(all(test, feature = "sqlite"))]
mod tests;

pub use builder::DbBuilder;
pub use database::{Db, Observing};
pub use executor::Executor;
pub(crate) use executor::Lease;
pub use holders::PoolHolder;
pub use hooks::NewConnection;
pub use lent::SqlxConnection;
pub use options::TxOptions;
pub use pool::PoolStatus;
pub use settings::Pooler;
pub(crate) use tables::TableColumns;
pub use transaction::Transaction;
