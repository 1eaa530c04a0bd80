use orm_core::prelude::*;
use blog::*;

async fn program(tx: &Transaction) -> orm_core::Result<Vec<User>> {
    User::select().all(tx).await
}

fn main() {}
