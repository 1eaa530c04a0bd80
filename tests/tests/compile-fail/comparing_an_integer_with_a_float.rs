use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::age.gt(17.5)
}

fn main() {}
