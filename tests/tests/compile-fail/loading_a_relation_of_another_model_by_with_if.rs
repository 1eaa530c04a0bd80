use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::select().with_if(true, Post::comments.selectin());
}

fn main() {}
