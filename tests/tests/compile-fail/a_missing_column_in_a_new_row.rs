use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::insert(NewUser { username: "ada".into(), email: None, status: Status::Active });
}

fn main() {}
