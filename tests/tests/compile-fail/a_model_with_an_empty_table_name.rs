use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "")]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
