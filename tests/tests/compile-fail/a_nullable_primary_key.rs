use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: Option<i64>,
}

fn main() {}
