#![allow(dead_code)]
#![deny(unused_must_use)]
use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    User::age.gt(18);
}

fn main() {}
