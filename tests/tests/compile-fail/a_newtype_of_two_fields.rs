use orm_core::prelude::*;

#[derive(DbNewtype, Clone)]
struct Money(i64, i32);

fn main() {}
