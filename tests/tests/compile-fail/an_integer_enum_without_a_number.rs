use orm_core::prelude::*;

#[derive(DbEnum, Clone, Copy)]
#[db(integer)]
enum Status {
    Active = 1,
    Gone,
}

fn main() {}
