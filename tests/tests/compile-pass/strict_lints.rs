#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, dead_code)]
#![deny(unused, nonstandard_style, rust_2018_idioms, future_incompatible, trivial_casts, unused_results)]
//! A program under strict lints.

/// Models.
pub mod models {
    use orm_core::prelude::*;

    /// A status.
    #[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Status {
        /// There.
        Active,
        /// Gone.
        Gone,
    }

    /// A key.
    #[derive(DbNewtype, Debug, Clone, Copy, PartialEq, Eq)]
    pub struct UserId(pub i64);

    /// A user.
    #[derive(Model, Debug, Clone, PartialEq, Eq)]
    #[model(table = "users", index(status, email))]
    #[has_many(posts: Post, key = author_id)]
    pub struct User {
        /// The key.
        #[model(primary_key)]
        pub id: UserId,
        /// The address.
        pub email: Option<String>,
        /// The status.
        #[model(default = "'Active'")]
        pub status: Status,
    }

    /// A post.
    #[derive(Model, Debug, Clone, PartialEq, Eq)]
    #[model(table = "posts")]
    #[belongs_to(author: User, key = author_id, on_delete = cascade)]
    pub struct Post {
        /// The key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// The author.
        pub author_id: UserId,
    }
}

fn main() {
    let _query = models::User::select().with(models::User::posts.selectin());
    let _new = models::NewPost { author_id: models::UserId(1) };
}
