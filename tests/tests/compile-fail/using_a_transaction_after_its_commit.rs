use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    let mut tx = db.begin().await?;
    tx.commit().await?;
    User::delete().all_rows().exec(&mut tx).await?;
    Ok(())
}

fn main() {}
