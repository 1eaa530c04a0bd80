use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::select().with_if(true, Post::comments.selectin());
}

fn main() {}
