use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::select().filter(User::posts);
}

fn main() {}
