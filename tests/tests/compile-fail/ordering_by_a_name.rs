use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db, by: &str) {
    let _ = User::select().order_by(by);
}

fn main() {}
