use orm_core::prelude::*;
use blog::*;

async fn program(db: &Db) -> orm_core::Result<()> {
    db.create_tables::<(User, Status)>().await
}

fn main() {}
