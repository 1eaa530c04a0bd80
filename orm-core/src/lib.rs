//! placeholder docs
#![allow(dead_code, missing_docs)]
pub mod ast; pub mod backend; pub mod db; pub mod dialect; pub mod error; pub mod meta; pub mod model; pub mod observe; pub mod sql; pub mod value; pub mod load;
pub use error::*; pub use model::*; pub use db::*;
pub mod query { pub struct Select; }
