use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = Membership::find(1);
}

fn main() {}
