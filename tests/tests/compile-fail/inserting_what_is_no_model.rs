use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::insert(("ada", 18));
}

fn main() {}
