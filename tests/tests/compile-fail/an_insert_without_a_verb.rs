#![allow(dead_code)]
#![deny(unused_must_use)]
use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db) {
    Profile::insert(NewProfile { user_id: 1 });
}

fn main() {}
