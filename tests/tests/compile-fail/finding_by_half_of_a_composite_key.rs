use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    let _ = Membership::find(1);
}

fn main() {}
