use orm_core::prelude::*;

#[derive(DbEnum, Clone)]
enum Status {
    #[db(renam = "active")]
    Active,
}

fn main() {}
