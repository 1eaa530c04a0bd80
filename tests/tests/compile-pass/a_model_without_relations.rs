use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
}

async fn program(db: &Db) -> orm_core::Result<Option<User>> {
    let _: Option<(loaded!(User), loaded!(User {}))> = None;
    User::insert(NewUser { id: 1 }).exec(db).await?;
    User::find(1).optional(db).await
}

fn main() {
    let _ = program;
}
