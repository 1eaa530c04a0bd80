use orm_core::prelude::*;
use orm_tests::blog::*;

fn titles(_: &UserWith<impl Has<user::posts>>) {}

async fn program(db: &Db) -> orm_core::Result<()> {
    titles(&User::find(1).one(db).await?);
    Ok(())
}

fn main() {}
