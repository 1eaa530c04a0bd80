use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<Vec<usize>> {
    let users = User::select().with(User::groups.selectin()).all(db).await?;
    Ok(users.iter().map(|user| user.posts().len()).collect())
}

fn main() {}
