use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = Post::author.get(Post::title);
}

fn main() {}
