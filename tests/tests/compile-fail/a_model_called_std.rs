use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "stds")]
struct Std {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
