use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User;

fn main() {}
