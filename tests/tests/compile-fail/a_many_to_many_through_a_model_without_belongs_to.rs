use orm_core::prelude::*;
use orm_tests::blog::{Comment, Group};

#[derive(Model, Clone)]
#[model(table = "users")]
#[many_to_many(groups: Group, through = Comment)]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
