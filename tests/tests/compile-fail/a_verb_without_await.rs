#![allow(dead_code)]
#![deny(unused_must_use)]
use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(db: &Db) {
    User::delete().all_rows().exec(db);
}

fn main() {}
