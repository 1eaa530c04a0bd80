use orm_core::prelude::*;

#[derive(Clone)]
struct UserId(i64);

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: UserId,
}

fn main() {}
