use orm_core::prelude::*;

struct Post;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[belongs_to(parent: Post, key = parent_id)]
struct Comment {
    #[model(primary_key)]
    id: i64,
    parent_id: i64,
}

fn main() {}
