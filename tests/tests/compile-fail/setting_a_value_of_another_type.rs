use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::update().set(User::age, "18");
}

fn main() {}
