use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    for user in &User::select().with(User::groups.selectin()).all(db).await? {
        println!("{}", user.posts().len());
    }
    Ok(())
}

fn main() {}
