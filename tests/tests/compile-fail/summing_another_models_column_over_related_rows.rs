use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::posts.sum(User::age);
}

fn main() {}
