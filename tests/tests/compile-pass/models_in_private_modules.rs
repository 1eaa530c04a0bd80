mod users {
    use super::posts::Post;
    use orm_core::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users")]
    #[has_many(posts: Post, key = author_id)]
    pub struct User {
        #[model(primary_key, generated)]
        pub id: i64,
    }
}

mod posts {
    use orm_core::prelude::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "posts")]
    #[belongs_to(author: super::users::User, key = author_id)]
    pub struct Post {
        #[model(primary_key, generated)]
        pub id: i64,
        pub author_id: i64,
    }
}

use orm_core::prelude::*;

fn authors(posts: Vec<loaded!(posts::Post { author })>) -> Vec<users::User> {
    posts.iter().map(|post| post.author().clone()).collect()
}

fn main() {
    let _ = users::User::select().with(users::User::posts.selectin());
    let _ = authors;
}
