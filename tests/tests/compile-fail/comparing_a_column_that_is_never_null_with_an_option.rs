use orm_core::prelude::*;
use blog::*;

fn named(name: Option<String>) -> Filter<User> {
    User::username.eq(name)
}

fn main() {}
