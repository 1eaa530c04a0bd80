use orm_core::prelude::*;
use orm_tests::blog::Membership;

#[derive(Model, Clone)]
#[model(table = "badges")]
#[belongs_to(membership: Membership, key = user_id)]
struct Badge {
    #[model(primary_key)]
    id: i64,
    user_id: i64,
}

fn main() {}
