use orm_core::prelude::*;

struct Refused;

async fn program(db: &Db) -> orm_core::Result<()> {
    db.transaction(async |_tx| -> Result<(), Refused> { Err(Refused) }).await
}

fn main() {}
