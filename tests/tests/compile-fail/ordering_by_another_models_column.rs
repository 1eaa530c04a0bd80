use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::select().order_by(Post::score.desc());
}

fn main() {}
