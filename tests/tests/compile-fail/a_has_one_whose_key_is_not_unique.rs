use orm_core::prelude::*;
use orm_tests::blog::Comment;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[has_one(comment: Comment, key = post_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
