use orm_core::prelude::*;
use orm_tests::blog::*;

fn filter() -> Filter<User> {
    User::posts.every(Comment::text.eq("no"))
}

fn main() {}
