use orm_core::prelude::*;
use orm_tests::blog::User;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
    author_id: i32,
}

fn main() {}
