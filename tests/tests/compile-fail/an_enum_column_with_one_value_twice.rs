use orm_core::prelude::*;

#[derive(DbEnum, Clone)]
enum Status {
    Active,
    #[db(rename = "active")]
    Present,
}

fn main() {}
