use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: Db) -> orm_core::Result<Vec<User>> {
    User::select().all(db).await
}

fn main() {}
