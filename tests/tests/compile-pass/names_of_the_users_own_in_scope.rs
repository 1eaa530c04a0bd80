use orm_core::{DbEnum, DbNewtype, Model};

#[allow(dead_code)]
mod own {
    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct String;
    pub struct Box;
    pub struct Some;
    pub struct None;
    pub struct Ok;
    pub struct Err;
    pub struct Send;
    pub struct Sized;
    pub struct Iterator;
    pub struct Into;
    pub struct From;
    pub struct Default;
    pub struct Deref;
    pub struct ColumnType;
    pub struct Value;
    pub struct S;
    pub struct L;
}
#[allow(unused_imports)]
use own::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum State {
    On,
    Off,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db(integer)]
enum Level {
    Low = 1,
    High = 2,
}

#[derive(DbNewtype, Debug, Clone, PartialEq)]
struct Key(std::string::String);

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "users")]
#[has_many(posts: Post, key = author)]
#[has_one(pinned: Pinned, key = user)]
#[many_to_many(friends: User, through = Friend, from = left, to = right)]
struct User {
    #[model(primary_key)]
    id: Key,
    state: State,
    level: std::option::Option<Level>,
    #[model(default = "''")]
    name: std::option::Option<std::string::String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "posts")]
#[belongs_to(writer: User, key = author)]
struct Post {
    #[model(primary_key, generated)]
    id: i64,
    author: Key,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pinned")]
#[belongs_to(owner: User, key = user, on_delete = cascade)]
struct Pinned {
    #[model(primary_key, generated)]
    id: i64,
    #[model(unique)]
    user: Key,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "friends")]
#[belongs_to(left: User, key = left_id)]
#[belongs_to(right: User, key = right_id)]
struct Friend {
    #[model(primary_key)]
    left_id: Key,
    #[model(primary_key)]
    right_id: Key,
}

fn main() {
    let _ = User::select().with(User::posts.selectin()).with(User::pinned.joined()).with(User::friends.selectin());
    let _: std::option::Option<orm_core::loaded!(User { posts { writer }, pinned, friends })> = std::option::Option::None;
}
