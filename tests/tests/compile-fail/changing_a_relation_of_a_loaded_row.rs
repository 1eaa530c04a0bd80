use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    let user = User::find(1).with(User::posts.selectin()).one(db).await?;
    user.posts().clear();
    Ok(())
}

fn main() {}
