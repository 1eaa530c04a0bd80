use orm_core::prelude::*;

#[derive(Model, Clone)]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
