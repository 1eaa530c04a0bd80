use orm_core::prelude::*;
use orm_tests::blog::*;

fn adults(age: i64) -> Filter<User> {
    User::age.ge(age)
}

fn main() {}
