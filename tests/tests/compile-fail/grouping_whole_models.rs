use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::select().group_by(User::age);
}

fn main() {}
