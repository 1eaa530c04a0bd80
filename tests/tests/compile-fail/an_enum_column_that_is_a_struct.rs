use orm_core::prelude::*;

#[derive(DbEnum, Clone)]
struct Status {
    active: bool,
}

fn main() {}
