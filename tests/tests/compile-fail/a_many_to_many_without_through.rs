use orm_core::prelude::*;
use orm_tests::blog::Group;

#[derive(Model, Clone)]
#[model(table = "users")]
#[many_to_many(groups: Group)]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
