use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
enum User {
    Active,
}

fn main() {}
