use orm_core::prelude::*;
use blog::*;

fn adults(age: i64) -> Filter<User> {
    User::age.ge(age)
}

fn main() {}
