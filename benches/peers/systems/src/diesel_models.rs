//! diesel's tables and rows, for its own connections and for diesel-async's.

use diesel::prelude::*;
use harness::data::Entry as Plain;
use time::PrimitiveDateTime;

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        email -> Nullable<Text>,
        city -> Text,
        bio -> Nullable<Text>,
        age -> Integer,
        visits -> BigInt,
        score -> Double,
        active -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    posts (id) {
        id -> BigInt,
        author_id -> BigInt,
        title -> Text,
        body -> Nullable<Text>,
        score -> Integer,
    }
}

diesel::table! {
    comments (id) {
        id -> BigInt,
        post_id -> BigInt,
        text -> Text,
        likes -> Integer,
    }
}

diesel::table! {
    entries (id) {
        id -> BigInt,
        name -> Text,
        email -> Nullable<Text>,
        city -> Text,
        bio -> Nullable<Text>,
        age -> Integer,
        visits -> BigInt,
        score -> Double,
        active -> Bool,
        created_at -> Timestamp,
    }
}

diesel::joinable!(posts -> users (author_id));
diesel::joinable!(comments -> posts (post_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = users)]
#[allow(dead_code)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub email: Option<String>,
    pub city: String,
    pub bio: Option<String>,
    pub age: i32,
    pub visits: i64,
    pub score: f64,
    pub active: bool,
    pub created_at: PrimitiveDateTime,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = posts, belongs_to(User, foreign_key = author_id))]
#[allow(dead_code)]
pub struct Post {
    pub id: i64,
    pub author_id: i64,
    pub title: String,
    pub body: Option<String>,
    pub score: i32,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = comments, belongs_to(Post, foreign_key = post_id))]
#[allow(dead_code)]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub text: String,
    pub likes: i32,
}

// Every column is given, so that a NULL need not mean the default: then the statement has one text.
#[derive(Insertable, Clone)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct NewEntry {
    name: String,
    email: Option<String>,
    city: String,
    bio: Option<String>,
    age: i32,
    visits: i64,
    score: f64,
    active: bool,
    created_at: PrimitiveDateTime,
}

pub fn new(row: Plain) -> NewEntry {
    let Plain { name, email, city, bio, age, visits, score, active, created_at } = row;
    NewEntry { name, email, city, bio, age, visits, score, active, created_at }
}

pub type Tree = Vec<(User, Vec<(Post, Vec<Comment>)>)>;

/// Deals the children out, as diesel's guide does.
pub fn nest(users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Tree {
    let comments = comments.grouped_by(&posts);
    let posts = posts.into_iter().zip(comments).grouped_by(&users);
    users.into_iter().zip(posts).collect()
}

pub fn size(tree: &Tree) -> usize {
    let posts = tree.iter().flat_map(|(_, posts)| posts);
    tree.len() + posts.map(|(_, comments)| 1 + comments.len()).sum::<usize>()
}
