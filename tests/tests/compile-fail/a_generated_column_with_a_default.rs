use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key, generated, default = "1")]
    id: i64,
}

fn main() {}
