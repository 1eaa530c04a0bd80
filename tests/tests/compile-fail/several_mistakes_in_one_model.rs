use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "", indx(name))]
struct User {
    id: i64,
    #[model(uniqe)]
    name: Option<Option<String>>,
}

fn main() {}
