use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::select().order_by(User::age.gt(18));
}

fn main() {}
