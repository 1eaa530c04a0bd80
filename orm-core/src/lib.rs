//! placeholder docs
#![allow(dead_code)]
extern crate self as orm_core;
mod ast;
#[path = "stub/backend.rs"]
pub mod backend;
mod db {
    pub struct Lease<'a>(std::marker::PhantomData<&'a ()>);
}
pub mod error;
pub mod load;
pub mod meta;
pub mod model;
#[path = "stub/query.rs"]
pub mod query;
pub mod value;
#[doc(hidden)]
pub mod __private;

pub use error::{Error, NotLoaded, Result};
pub use load::Loads;
pub use model::*;
