use orm_core::prelude::*;
use orm_tests::blog::*;

fn titles(_: &UserWith<impl Has<post::comments>>) {}

async fn program(db: &Db) -> orm_core::Result<()> {
    titles(&User::find(1).with(User::posts.selectin()).one(db).await?);
    Ok(())
}

fn main() {}
