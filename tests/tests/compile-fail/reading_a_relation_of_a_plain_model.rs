use orm_core::prelude::*;
use orm_tests::blog::*;

fn program(user: &User) {
    user.posts();
}

fn main() {}
