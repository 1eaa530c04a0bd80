use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<Group> {
    Group::id.eq(7)
}

fn main() {}
