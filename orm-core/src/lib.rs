//! placeholder docs
mod meta;
pub mod value;
