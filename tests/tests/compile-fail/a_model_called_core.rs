use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "cores")]
struct Core {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
