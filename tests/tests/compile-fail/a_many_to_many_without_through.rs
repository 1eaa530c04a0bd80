use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
#[many_to_many(groups: orm_tests::blog::Group)]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
