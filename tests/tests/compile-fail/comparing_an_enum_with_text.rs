use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::status.eq("active")
}

fn main() {}
