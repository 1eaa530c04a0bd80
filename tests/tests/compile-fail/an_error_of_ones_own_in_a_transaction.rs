use orm_core::prelude::*;
use orm_tests::blog::*;

struct Refused;

async fn program(db: &Db) -> orm_core::Result<()> {
    db.transaction(async |_tx| -> Result<(), Refused> { Err(Refused) }).await
}

fn main() {}
