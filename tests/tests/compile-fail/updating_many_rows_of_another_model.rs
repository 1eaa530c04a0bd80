use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db, posts: &[Post]) {
    let _ = User::update_many(posts, (User::age,));
}

fn main() {}
