use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
#[many_to_many(followers: User, through = Follow, from = followed, to = follower)]
struct User {
    #[model(primary_key)]
    id: i64,
}

#[derive(Model, Clone)]
#[model(table = "follows")]
#[belongs_to(follower: User, key = follower_id)]
#[belongs_to(followee: User, key = followee_id)]
struct Follow {
    #[model(primary_key)]
    follower_id: i64,
    #[model(primary_key)]
    followee_id: i64,
}

fn main() {}
