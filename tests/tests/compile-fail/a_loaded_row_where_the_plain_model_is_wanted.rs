use orm_core::prelude::*;
use blog::*;

async fn program(db: &Db) -> orm_core::Result<Vec<User>> {
    User::select().with(User::posts.selectin()).all(db).await
}

fn main() {}
