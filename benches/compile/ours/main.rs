//! Models in a ring, each linked to the next and the one before; some are read with both.

use orm_core::prelude::*;

// modules

#[tokio::main(flavor = "current_thread")]
async fn main() -> orm_core::Result<()> {
    let db = Db::connect("sqlite::memory:").await?;
    // calls
    Ok(())
}
