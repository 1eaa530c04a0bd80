use orm_core::prelude::*;

fn page(_: loaded!(blog::User { posts, posts { comments } })) {}

fn main() {}
