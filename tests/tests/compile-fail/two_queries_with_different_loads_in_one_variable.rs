use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let mut query = User::select();
    query = query.with(User::posts.selectin());
}

fn main() {}
