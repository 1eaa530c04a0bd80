use orm_core::prelude::*;
use blog::*;

fn archive(user: &UserWith<impl Has<user::posts, Value = Vec<Post>>>) -> usize {
    user.posts().len()
}

async fn program(db: &Db) -> orm_core::Result<usize> {
    Ok(archive(&User::find(1).with(User::posts.selectin().filter(Post::score.gt(3))).one(db).await?))
}

fn main() {}
