use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    let _ = User::username.avg();
}

fn main() {}
