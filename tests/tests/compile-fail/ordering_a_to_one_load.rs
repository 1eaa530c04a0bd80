use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = Post::select().with(Post::author.selectin().order_by(User::age.asc()));
}

fn main() {}
