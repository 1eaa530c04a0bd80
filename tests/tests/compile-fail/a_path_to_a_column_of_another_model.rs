use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = Post::author.get(Post::title);
}

fn main() {}
