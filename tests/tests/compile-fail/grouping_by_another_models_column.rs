use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::select().columns(User::id.count()).group_by(Post::score);
}

fn main() {}
