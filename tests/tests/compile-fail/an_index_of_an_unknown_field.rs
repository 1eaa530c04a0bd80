use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users", index(emial))]
struct User {
    #[model(primary_key)]
    id: i64,
    email: String,
}

fn main() {}
