use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::delete().filter(Post::score.gt(3));
}

fn main() {}
