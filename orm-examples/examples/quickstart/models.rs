//! A blog: users write posts, others comment on them; a user may have a profile, and is in any number of groups.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users", index(status, email))]
#[has_many(posts: Post, key = author_id)]
#[has_one(profile: Profile, key = user_id)]
#[many_to_many(groups: Group, through = Membership)]
pub struct User {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub username: String,
    pub email: Option<String>,
    pub status: Status,
    #[model(default = "CURRENT_TIMESTAMP")]
    pub created_at: time::OffsetDateTime,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Active,
    Gone,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(author: User, key = author_id, on_delete = cascade)]
#[has_many(comments: Comment, key = post_id)]
pub struct Post {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(index)]
    pub author_id: i64,
    pub title: String,
    pub body: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "comments")]
#[belongs_to(post: Post, key = post_id, on_delete = cascade)]
pub struct Comment {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(index)]
    pub post_id: i64,
    pub text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "profiles")]
#[belongs_to(user: User, key = user_id, on_delete = cascade)]
pub struct Profile {
    #[model(primary_key, generated)]
    pub id: i64,
    #[model(unique)]
    pub user_id: i64,
    pub bio: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "groups")]
pub struct Group {
    #[model(primary_key, generated)]
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "memberships")]
#[belongs_to(user: User, key = user_id, on_delete = cascade)]
#[belongs_to(group: Group, key = group_id, on_delete = cascade)]
pub struct Membership {
    #[model(primary_key)]
    pub user_id: i64,
    #[model(primary_key, index)]
    pub group_id: i64,
}
