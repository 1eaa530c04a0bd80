use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id, on_deleted = cascade)]
struct Post {
    #[model(primary_key)]
    id: i64,
    author_id: i64,
}

fn main() {}
