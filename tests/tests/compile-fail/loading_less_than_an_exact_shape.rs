use orm_core::prelude::*;
use orm_tests::blog::*;

fn page(_: loaded!(User { posts, profile })) {}

async fn program(db: &Db) -> orm_core::Result<()> {
    page(User::find(1).with(User::posts.selectin()).one(db).await?);
    Ok(())
}

fn main() {}
