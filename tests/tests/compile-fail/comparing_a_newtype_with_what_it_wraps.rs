use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<Group> {
    Group::id.eq(7)
}

fn main() {}
