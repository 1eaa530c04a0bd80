use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.eq(User::username)
}

fn main() {}
