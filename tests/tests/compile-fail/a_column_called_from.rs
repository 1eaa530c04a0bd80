use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "mails")]
struct Mail {
    #[model(primary_key)]
    id: i64,
    from: String,
}

fn main() {}
