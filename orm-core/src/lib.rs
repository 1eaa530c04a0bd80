//! A typed async ORM in which you cannot touch what you did not load.
//!
//! Which related rows a query loads, and by which strategy, is written in the query and carried in the type of its result:
//! reading a relation that was not loaded does not compile. There is no lazy loading, so there is no N+1.
//!
//! Start with the derive [`macro@Model`], [`Db::connect`], and the queries that a model begins: [`query::Select`] and its verbs,
//! [`query::Insert`], [`query::Update`], [`query::Delete`]. [`Rel`] makes loaders and speaks of related rows in filters;
//! [`Column`] and [`Expr`] make filters and sort keys.

// The derives name this crate, and so do models in its own unit tests.
#[cfg(test)]
extern crate self as orm_core;

mod ast;
mod backend;
mod db;
mod dialect;
mod error;
pub mod load;
pub mod meta;
pub mod model;
mod observe;
pub mod query;
mod schema;
mod sql;
pub mod value;

pub use db::{
    Db, DbBuilder, Executor, NewConnection, Observing, PoolHolder, PoolStatus, Pooler, SqlxConnection,
    Transaction, TxOptions,
};
pub use dialect::Dialect;
pub use error::{ConnectionReason, Error, Failure, NotLoaded, Result, Violation};
pub use model::{
    Column, DbEnum, DbNewtype, Expr, Expression, Filter, Guarded, Has, Insertable, Loaded, Model, NewRows,
    Operand, OrderBy, Part, Reads, Rel, Related, Relation, Slot, SortKeys, State, Unloaded, loaded,
};
pub use observe::{CloseReason, Event, Observer, PoolEvent};
pub use query::{sql, sql_dynamic};
pub use schema::Tables;

/// Everything that code with models and queries names: `use orm_core::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Column, Db, DbEnum, DbNewtype, Expr, Filter, Has, Model, OrderBy, Part, Related, Transaction,
        TxOptions, loaded,
    };
}

#[doc(hidden)]
pub mod __private;

/// The README's code blocks, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
