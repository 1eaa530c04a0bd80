use orm_core::prelude::*;
use orm_tests::blog::*;

fn query() -> impl Sized {
    User::select().filter(Post::score.gt(3))
}

fn main() {}
