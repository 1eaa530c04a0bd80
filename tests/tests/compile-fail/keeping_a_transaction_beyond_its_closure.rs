use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    let mut kept: Option<&mut Transaction> = None;
    db.transaction(async |tx| {
        kept = Some(tx);
        Ok(())
    })
    .await
}

fn main() {}
