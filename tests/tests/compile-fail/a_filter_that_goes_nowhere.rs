#![allow(dead_code)]
#![deny(unused_must_use)]
use orm_core::prelude::*;
use blog::*;

fn program(_: &Db) {
    User::age.gt(18);
}

fn main() {}
