use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[belongs_to(author: orm_tests::blog::User, key = author)]
struct Post {
    #[model(primary_key)]
    id: i64,
    author: i64,
}

fn main() {}
