use orm_core::prelude::*;
use orm_tests::blog::*;

fn titles(_: &UserWith<impl Has<user::posts>>) {}

async fn program(db: &Db) -> orm_core::Result<()> {
    let user = User::find(1).with_if(true, User::posts.selectin()).one(db).await?;
    titles(&user);
    Ok(())
}

fn main() {}
