//! The models of the compile-fail and compile-pass programs: a blog, small and with one of each kind.
#![allow(missing_docs)]

use orm_core::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Active,
    Gone,
}

#[derive(DbNewtype, Debug, Clone, Copy, PartialEq)]
pub struct GroupId(pub i64);

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
#[has_many(posts: Post, key = author_id)]
#[has_one(profile: Profile, key = user_id)]
#[many_to_many(groups: Group, through = Membership)]
pub struct User {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub username: String,
    pub email: Option<String>,
    pub age: i32,
    pub status: Status,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "profiles")]
#[belongs_to(user: User, key = user_id)]
pub struct Profile {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub user_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id)]
#[belongs_to(editor: User, key = editor_id)]
#[has_many(comments: Comment, key = post_id)]
pub struct Post {
    #[model(primary_key, generated)]
    pub id: i64,
    pub author_id: i64,
    pub editor_id: Option<i64>,
    pub title: String,
    pub score: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments")]
#[belongs_to(post: Post, key = post_id)]
pub struct Comment {
    #[model(primary_key, generated)]
    pub id: i64,
    pub post_id: i64,
    pub text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "groups")]
pub struct Group {
    #[model(primary_key)]
    pub id: GroupId,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "memberships")]
#[belongs_to(user: User, key = user_id)]
#[belongs_to(group: Group, key = group_id)]
pub struct Membership {
    #[model(primary_key)]
    pub user_id: i64,
    #[model(primary_key)]
    pub group_id: GroupId,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "top_posts", read_only)]
pub struct TopPost {
    #[model(primary_key)]
    pub id: i64,
    pub title: String,
}
