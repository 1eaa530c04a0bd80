use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key, generated)]
    name: String,
}

fn main() {}
