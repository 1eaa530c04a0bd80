use orm_core::prelude::*;
use blog::*;

fn program(_: &Db, posts: &[Post]) {
    let _ = User::update_many(posts, (User::age,));
}

fn main() {}
