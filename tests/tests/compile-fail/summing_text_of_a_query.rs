use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    User::select().sum(User::username, db).await?;
    Ok(())
}

fn main() {}
