use orm_core::prelude::*;
use orm_tests::blog::*;

async fn program(db: &Db) -> orm_core::Result<String> {
    let post = Post::find(1).with(Post::comments.selectin()).one(db).await?;
    Ok(post.author().username.clone())
}

fn main() {}
