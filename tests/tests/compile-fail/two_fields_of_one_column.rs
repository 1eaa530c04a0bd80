use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
    name: String,
    #[model(column = "Name")]
    full_name: String,
}

fn main() {}
