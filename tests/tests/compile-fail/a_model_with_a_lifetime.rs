use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "users")]
struct User<'a> {
    #[model(primary_key)]
    id: i64,
    name: &'a str,
}

fn main() {}
