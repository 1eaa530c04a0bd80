use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    let user = User::find(1).with(User::posts.selectin().with(Post::author.joined())).one(db).await?;
    for post in user.posts() {
        post.comments();
    }
    Ok(())
}

fn main() {}
