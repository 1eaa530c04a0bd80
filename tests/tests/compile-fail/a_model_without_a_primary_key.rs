use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    id: i64,
}

fn main() {}
