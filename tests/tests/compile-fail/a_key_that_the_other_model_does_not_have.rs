use orm_core::prelude::*;
use orm_tests::blog::Comment;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[has_many(comments: Comment, key = article_id)]
struct Post {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
