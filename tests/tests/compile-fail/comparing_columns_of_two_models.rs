use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::id.eq(Post::author_id)
}

fn main() {}
