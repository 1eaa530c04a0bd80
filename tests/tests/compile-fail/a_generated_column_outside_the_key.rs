use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
    #[model(generated)]
    number: i64,
}

fn main() {}
