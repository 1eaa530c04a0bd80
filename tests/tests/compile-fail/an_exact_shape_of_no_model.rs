use orm_core::prelude::*;

struct User;

fn page(_: loaded!(User { posts })) {}

fn main() {}
