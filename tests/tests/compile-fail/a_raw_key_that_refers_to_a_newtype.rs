use orm_core::prelude::*;
use orm_tests::blog::Group;

#[derive(Model, Clone)]
#[model(table = "memberships")]
#[belongs_to(group: Group, key = group_id)]
struct Member {
    #[model(primary_key)]
    id: i64,
    group_id: i64,
}

fn main() {}
