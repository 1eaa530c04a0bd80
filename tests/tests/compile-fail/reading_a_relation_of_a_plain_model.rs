use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    let user = User::find(1).one(db).await?;
    user.posts();
    Ok(())
}

fn main() {}
