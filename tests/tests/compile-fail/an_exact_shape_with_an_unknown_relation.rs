use orm_core::prelude::*;
use blog::*;

fn page(_: loaded!(User { posts { remarks } })) {}

fn main() {}
