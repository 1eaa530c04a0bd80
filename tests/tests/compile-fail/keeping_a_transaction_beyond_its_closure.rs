use orm_core::prelude::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    let mut kept: Option<&mut Transaction> = None;
    db.transaction(async |tx| {
        kept = Some(tx);
        Ok(())
    })
    .await
}

fn main() {}
