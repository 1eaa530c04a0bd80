use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::update().set(Post::score, 1);
}

fn main() {}
