use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::insert(("ada", 18));
}

fn main() {}
