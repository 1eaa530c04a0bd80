//! The database as its users hold it: [`Db`] with its pool, [`Transaction`], and what runs statements.
//!
//! A connection is a state machine of our own around the driver ([`connection`]): a future that is dropped half-way, a
//! statement that failed, a scope that was never closed all leave their mark in it, and what carries a mark neither
//! commits nor goes back to the pool. So every future of this library may be dropped at any await.

mod builder;
mod connection;
mod database;
mod executor;
mod held;
mod holders;
mod options;
mod pool;
mod tally;
mod transaction;

#[cfg(all(test, feature = "sqlite"))]
mod tests;

pub use builder::DbBuilder;
pub use database::Db;
pub use executor::Executor;
pub(crate) use executor::Lease;
pub use options::TxOptions;
pub use pool::PoolStatus;
pub use transaction::Transaction;
