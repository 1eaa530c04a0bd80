use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::update().set(User::username, None);
}

fn main() {}
