mod models {
    use orm_core::prelude::*;

    #[derive(Model, Clone)]
    #[model(table = "users")]
    #[has_many(posts: Post, key = author_id)]
    pub struct User {
        #[model(primary_key)]
        pub id: i64,
    }

    #[derive(Model, Clone)]
    #[model(table = "posts")]
    struct Post {
        #[model(primary_key)]
        id: i64,
        author_id: i64,
    }
}

fn main() {
    let _ = models::User::select();
}
