use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db, with_posts: bool) -> orm_core::Result<usize> {
    let user = User::find(1).with_if(with_posts, User::posts.selectin()).one(db).await?;
    Ok(user.posts().len())
}

fn main() {}
