use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
#[db(integer)]
enum Status {
    Active,
    Gone,
}

fn main() {}
