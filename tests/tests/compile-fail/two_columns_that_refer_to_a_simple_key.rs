use orm_core::prelude::*;
use orm_tests::blog::User;

#[derive(Model, Clone)]
#[model(table = "badges")]
#[belongs_to(user: User, key(user_id, id))]
struct Badge {
    #[model(primary_key)]
    id: i64,
    user_id: i64,
}

fn main() {}
