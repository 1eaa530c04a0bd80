use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::update().set(User::age, "18");
}

fn main() {}
