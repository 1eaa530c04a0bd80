use orm_core::prelude::*;

#[derive(Clone)]
struct Address;

#[derive(DbNewtype, Clone)]
struct Home(Address);

fn main() {}
