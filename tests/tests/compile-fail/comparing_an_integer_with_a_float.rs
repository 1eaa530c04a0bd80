use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.gt(17.5)
}

fn main() {}
