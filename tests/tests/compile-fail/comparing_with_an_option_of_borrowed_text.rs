use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter(email: Option<&str>) -> Filter<User> {
    User::email.eq(email)
}

fn main() {}
