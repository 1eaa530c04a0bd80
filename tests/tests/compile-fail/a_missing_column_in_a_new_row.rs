use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::insert(NewUser { username: "ada".into(), email: None, status: Status::Active });
}

fn main() {}
