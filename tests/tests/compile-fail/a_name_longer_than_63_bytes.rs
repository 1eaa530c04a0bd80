use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "a_table_whose_name_is_much_longer_than_any_database_would_ever_take")]
struct User {
    #[model(primary_key)]
    id: i64,
}

fn main() {}
