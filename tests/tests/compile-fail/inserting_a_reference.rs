use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db, user: &User) {
    let _ = User::insert(user);
}

fn main() {}
