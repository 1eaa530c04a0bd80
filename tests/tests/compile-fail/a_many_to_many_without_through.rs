use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
#[many_to_many(groups: blog::Group)]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
