use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    db.create_tables::<(User, Status)>().await
}

fn main() {}
