use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::username.eq(18)
}

fn main() {}
