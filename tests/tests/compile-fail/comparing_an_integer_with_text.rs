use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.eq("18")
}

fn main() {}
