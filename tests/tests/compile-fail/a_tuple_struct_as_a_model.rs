use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User(i64);

fn main() {}
