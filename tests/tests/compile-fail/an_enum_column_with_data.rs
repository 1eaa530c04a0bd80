use orm_core::prelude::*;

#[derive(DbEnum, Clone)]
enum Status {
    Active,
    Gone(String),
}

fn main() {}
