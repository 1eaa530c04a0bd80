use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[belongs_to(update: orm_tests::blog::User, key = user_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
    user_id: i64,
}

fn main() {}
