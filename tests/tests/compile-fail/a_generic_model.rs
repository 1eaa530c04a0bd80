use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User<T> {
    #[model(primary_key)]
    id: T,
}

fn main() {}
