use orm_core::prelude::*;

#[derive(Clone)]
struct Address;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
    address: Option<Address>,
}

fn main() {}
