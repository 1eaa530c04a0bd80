use orm_core::prelude::*;
use blog::*;

async fn program(db: &Db) -> orm_core::Result<u64> {
    let users = User::select().with(User::posts.selectin()).all(db).await?;
    User::update_many(&users, (User::age,)).exec(db).await
}

fn main() {}
