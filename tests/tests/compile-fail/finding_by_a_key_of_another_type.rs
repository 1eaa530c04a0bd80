use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = User::find("ada");
}

fn main() {}
