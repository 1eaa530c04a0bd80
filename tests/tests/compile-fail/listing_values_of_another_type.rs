use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::age.in_list(["18", "19"])
}

fn main() {}
