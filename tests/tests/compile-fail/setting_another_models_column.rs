use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::update().set(Post::score, 1);
}

fn main() {}
