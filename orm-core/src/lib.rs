//! placeholder docs
#![allow(dead_code, unused_imports, unreachable_pub, missing_docs)]
mod ast;
mod backend;
mod dialect;
mod error;
mod meta;
pub mod value;
pub use error::{Error, Result};
