use orm_core::prelude::*;
use blog::*;

fn program(_: &Db, user: i64) {
    let _ = Membership::find((user, user));
}

fn main() {}
