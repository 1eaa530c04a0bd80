use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "addresses")]
struct Address {
    #[model(primary_key)]
    id: i64,
    default: bool,
}

fn main() {}
