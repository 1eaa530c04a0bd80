use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::email.coalesce(0);
}

fn main() {}
