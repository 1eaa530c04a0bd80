use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::select().with(User::posts.selectin().with(User::profile.joined()));
}

fn main() {}
