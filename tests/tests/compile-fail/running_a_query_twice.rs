use orm_core::prelude::*;
use blog::*;

async fn program(db: &Db) -> orm_core::Result<(u64, Vec<User>)> {
    let query = User::select().filter(User::age.gt(18));
    Ok((query.count(db).await?, query.all(db).await?))
}

fn main() {}
