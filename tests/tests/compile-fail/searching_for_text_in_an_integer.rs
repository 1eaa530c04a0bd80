use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::age.contains("1")
}

fn main() {}
