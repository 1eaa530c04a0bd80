use orm_core::prelude::*;
use blog::*;

fn filter() -> Filter<User> {
    User::id.eq(Post::author_id)
}

fn main() {}
