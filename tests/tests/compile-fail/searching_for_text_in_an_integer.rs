use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.contains("1")
}

fn main() {}
