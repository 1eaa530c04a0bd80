use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::posts.any(User::age.gt(18))
}

fn main() {}
