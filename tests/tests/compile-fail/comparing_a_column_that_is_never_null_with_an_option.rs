use orm_core::prelude::*;
use orm_tests::blog::*;

fn named(name: Option<String>) -> Filter<User> {
    User::username.eq(name)
}

fn main() {}
