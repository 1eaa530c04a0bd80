use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(tx: &Transaction) -> orm_core::Result<Vec<User>> {
    User::select().all(tx).await
}

fn main() {}
