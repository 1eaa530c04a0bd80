use orm_core::prelude::*;
use orm_tests::blog::{Group, Membership};

#[derive(Model, Clone)]
#[model(table = "people")]
#[many_to_many(groups: Group, through = Membership, from = user, to = group)]
struct Person {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
