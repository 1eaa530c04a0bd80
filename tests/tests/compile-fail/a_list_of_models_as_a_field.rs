use orm_core::prelude::*;
use orm_tests::blog::Post;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User {
    #[model(primary_key)]
    id: i64,
    posts: Vec<Post>,
}

fn main() {}
