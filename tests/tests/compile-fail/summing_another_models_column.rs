use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    User::select().sum(Post::score, db).await?;
    Ok(())
}

fn main() {}
