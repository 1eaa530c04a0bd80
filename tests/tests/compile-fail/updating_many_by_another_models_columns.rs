use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db, users: &[User]) {
    let _ = User::update_many(users, (User::age, Post::score));
}

fn main() {}
