//! The models of the suite, and a plain-Rust model of what loading them must give.
//!
//! - [`blog`]: users, posts, comments and what hangs on them, with every kind of relation.
//! - [`keys`]: composite keys, and rows that refer to rows of their own table.
//! - [`world`]: the same data in memory, and the trees that a query must make of it.
//! - [`naive`]: the same trees by one query a parent.

pub mod blog;
pub mod keys;
pub mod naive;
pub mod world;
