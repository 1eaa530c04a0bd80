#![allow(dead_code)]
use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(_: &Db, user: User) -> UserWith<user::Slots> {
    UserWith { row: (user, user::Slots::default()) }
}

fn main() {}
