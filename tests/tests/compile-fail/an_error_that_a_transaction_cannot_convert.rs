use orm_core::prelude::*;

struct Refused;

async fn program(db: &Db) -> Result<(), Refused> {
    db.transaction_as(async |_tx| -> Result<(), Refused> { Err(Refused) }).await
}

fn main() {}
