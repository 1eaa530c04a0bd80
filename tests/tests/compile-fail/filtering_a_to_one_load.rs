use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = Post::select().with(Post::author.joined().filter(User::age.gt(18)));
}

fn main() {}
