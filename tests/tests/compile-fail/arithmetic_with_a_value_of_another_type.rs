use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::age + "1";
}

fn main() {}
