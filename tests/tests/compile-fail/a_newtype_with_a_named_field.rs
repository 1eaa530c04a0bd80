use orm_core::prelude::*;

#[derive(DbNewtype, Clone)]
struct UserId {
    id: i64,
}

fn main() {}
