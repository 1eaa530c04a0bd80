use orm_core::prelude::*;

fn page(_: loaded!(orm_tests::blog::User { posts, posts { comments } })) {}

fn main() {}
