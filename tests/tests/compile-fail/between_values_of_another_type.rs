use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.between(18, "30")
}

fn main() {}
