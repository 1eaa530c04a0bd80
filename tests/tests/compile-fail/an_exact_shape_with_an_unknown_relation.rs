use orm_core::prelude::*;
use orm_tests::blog::*;

fn page(_: loaded!(User { posts { remarks } })) {}

fn main() {}
