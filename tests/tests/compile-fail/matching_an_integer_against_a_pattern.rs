use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.like("1%")
}

fn main() {}
