use orm_core::prelude::*;
use blog::*;

fn program(_: &Db, user: &User) {
    let _ = User::insert(user);
}

fn main() {}
