//! placeholder docs
#![allow(dead_code)]
mod ast;
mod dialect;
pub mod error;
mod meta;
mod sql;
pub mod value;
