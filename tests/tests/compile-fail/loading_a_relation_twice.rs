use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::select().with(User::posts.selectin()).with(User::posts.joined());
}

fn main() {}
