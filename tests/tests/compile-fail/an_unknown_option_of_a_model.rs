use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(tabel = "users", table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
