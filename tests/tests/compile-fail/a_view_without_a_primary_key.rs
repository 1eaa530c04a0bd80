use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(table = "top_posts", read_only)]
struct TopPost {
    title: String,
}

fn main() {}
