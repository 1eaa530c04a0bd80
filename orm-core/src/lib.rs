//! placeholder docs
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
mod ast;
mod backend;
mod db;
mod dialect;
mod error;
mod meta;
pub mod observe;
mod sql;
pub mod value;
pub use db::{Db, DbBuilder, Executor, Lease, PoolStatus, Scope, Transaction, TxOptions};
pub use error::{Error, Failure, NotLoaded, Result, Violation};
