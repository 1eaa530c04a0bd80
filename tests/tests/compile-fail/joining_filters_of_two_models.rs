use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::age.gt(18).or(Post::score.gt(3))
}

fn main() {}
