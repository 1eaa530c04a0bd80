use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::username.eq(None)
}

fn main() {}
