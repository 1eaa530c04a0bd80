use orm_core::prelude::*;
use orm_tests::blog::User;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[belongs_to(update: User, key = user_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
    user_id: i64,
}

fn main() {}
