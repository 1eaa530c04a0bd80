use orm_core::prelude::*;

#[derive(DbEnum, Clone)]
pub enum Status {
    Active,
    #[db(rename = "Active")]
    Present,
}

fn main() {}
