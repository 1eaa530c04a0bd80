use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
    name: &'static str,
}

fn main() {}
