use orm_core::prelude::*;
use blog::*;

async fn program(db: &Db) -> orm_core::Result<Vec<Post>> {
    db.transaction(async |tx| {
        User::delete().all_rows().exec(tx).await?;
        Post::select().all(tx).await
    })
    .await
}

fn main() {}
