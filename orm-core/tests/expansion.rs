//! The derive's output compiles without warnings, also inside a function, and with names of the user's in the way.
#![deny(warnings, missing_docs)]
#![allow(non_snake_case)]

/// Models at the top of a module.
pub mod models {
    use orm_core::Model;

    /// A user.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users")]
    #[has_many(posts: Post, key = author_id)]
    #[has_one(profile: Profile, key = user_id)]
    pub struct User {
        /// Key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// Name.
        #[model(unique)]
        pub username: String,
    }

    /// A profile.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "profiles")]
    #[belongs_to(user: User, key = user_id, on_delete = cascade)]
    pub struct Profile {
        /// Key.
        #[model(primary_key)]
        pub user_id: i64,
    }

    /// A post.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "posts", index(author_id, title), unique(author_id, slug))]
    #[belongs_to(author: User, key = author_id, on_delete = cascade)]
    #[belongs_to(editor: User, key = editor_id, on_delete = set_null)]
    #[has_many(comments: Comment, key = post_id)]
    #[many_to_many(tags: Tag, through = Tagging)]
    pub struct Post {
        /// Key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// Author.
        #[model(index)]
        pub author_id: i64,
        /// Editor.
        pub editor_id: Option<i64>,
        /// Title.
        pub title: String,
        /// Slug.
        pub slug: String,
        /// Score.
        #[model(default = "0")]
        pub score: Option<i32>,
    }

    /// A comment.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "comments")]
    #[belongs_to(post: Post, key = post_id)]
    pub struct Comment {
        /// Key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// Post.
        pub post_id: i64,
    }

    /// A tag.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "tags")]
    pub struct Tag {
        /// Key.
        #[model(primary_key)]
        pub id: i32,
    }

    /// A tag at a post.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "taggings")]
    #[belongs_to(post: Post, key = post_id)]
    #[belongs_to(tag: Tag, key = tag_id)]
    pub struct Tagging {
        /// Post.
        #[model(primary_key)]
        pub post_id: i64,
        /// Tag.
        #[model(primary_key)]
        pub tag_id: i32,
    }
}
