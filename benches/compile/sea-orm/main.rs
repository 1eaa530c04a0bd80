//! Models in a ring, each linked to the next and the one before; some are read with both.

// Fifty models in a ring exceed the default limit.
#![recursion_limit = "1024"]

use sea_orm::entity::prelude::*;
use sea_orm::{Database, QueryOrder};

// modules

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), DbErr> {
    let db = Database::connect("sqlite::memory:").await?;
    // calls
    Ok(())
}
