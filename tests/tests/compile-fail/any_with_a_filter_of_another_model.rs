use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::posts.any(User::age.gt(18))
}

fn main() {}
