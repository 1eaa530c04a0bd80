use orm_core::prelude::*;
use orm_tests::blog::Comment;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[has_many(comments: Comment, key = post_id)]
struct Post {
    #[model(primary_key)]
    id: String,
}

fn main() {}
