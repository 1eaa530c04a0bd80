use orm_core::prelude::*;
use orm_tests::blog::*;

fn archive(_: &Vec<Post>) {}

async fn program(db: &Db) -> orm_core::Result<()> {
    let user = User::find(1).with(User::posts.selectin().filter(Post::score.gt(3))).one(db).await?;
    archive(user.posts());
    Ok(())
}

fn main() {}
