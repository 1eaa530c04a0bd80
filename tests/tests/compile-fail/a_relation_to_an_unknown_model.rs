use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
#[has_many(posts: Post, key = author_id)]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
