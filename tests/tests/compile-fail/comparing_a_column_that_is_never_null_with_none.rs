use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::username.eq(None)
}

fn main() {}
