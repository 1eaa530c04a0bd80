//! The trees of [`world`](super::world) by a loop: one query a parent and relation, the way that must never be needed.

use std::future::Future;
use std::pin::Pin;

use orm_core::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::blog::{Comment, Group, Membership, Post, Profile, Tag, Tagging, User};
use super::world::{How, Roots, Sort, Test, Want, fact, put};

/// Sort keys and filters of a model, by the words of [`super::world`].
pub trait Words: Model + Serialize {
    /// The condition.
    fn filter(test: &Test) -> Filter<Self>;
    /// The sort key.
    fn order(sort: Sort) -> OrderBy<Self>;
}

macro_rules! words {
    ($model:ident: $($column:ident $kind:ident),+) => {
        impl Words for $model {
            fn filter(test: &Test) -> Filter<Self> {
                $(if test.column == stringify!($column) {
                    return match &test.how {
                        How::Eq(value) => $model::$column.eq(words!(@$kind value)),
                        How::Ne(value) => $model::$column.ne(words!(@$kind value)),
                        How::Gt(least) => words!(@gt $kind $model::$column, *least),
                        How::IsNull => $model::$column.is_null(),
                    };
                })+
                panic!("no filter by {}", test.column)
            }

            fn order(sort: Sort) -> OrderBy<Self> {
                $(if sort.column == stringify!($column) {
                    return if sort.descending { $model::$column.desc() } else { $model::$column.asc() };
                })+
                panic!("no order by {}", sort.column)
            }
        }
    };
    (@text $value:ident) => { $value.as_str().unwrap().to_owned() };
    (@number $value:ident) => { i32::try_from($value.as_i64().unwrap()).unwrap() };
    (@key $value:ident) => { $value.as_i64().unwrap() };
    (@gt text $column:expr, $least:expr) => { $column.gt($least.to_string()) };
    (@gt number $column:expr, $least:expr) => { $column.gt($least) };
    (@gt key $column:expr, $least:expr) => { $column.gt(i64::from($least)) };
}

words!(User: id key, name text, rank number);
words!(Post: id key, title text, score number, reviewer_id key);
words!(Comment: id key, text text, writer_id key);
words!(Profile: id key, bio text);
words!(Group: id key, name text);
words!(Tag: id key, name text);

/// The conditions of an optional test: none, where there is none.
pub fn filter<M: Words>(test: Option<&Test>) -> Filter<M> {
    Filter::all_of(test.map(M::filter))
}

/// The sort keys of an optional sort.
pub fn order<M: Words>(sort: Option<Sort>) -> Vec<OrderBy<M>> {
    sort.map(M::order).into_iter().collect()
}

/// Any value as JSON.
pub fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// These rows of the table with these relations, by a loop.
pub async fn select(db: &Db, table: &'static str, roots: &Roots, wants: &[Want]) -> Value {
    let all = match table {
        "users" => rows::<User>(db, Filter::all_of([]), roots).await,
        "posts" => rows::<Post>(db, Filter::all_of([]), roots).await,
        "comments" => rows::<Comment>(db, Filter::all_of([]), roots).await,
        "tags" => rows::<Tag>(db, Filter::all_of([]), roots).await,
        "groups" => rows::<Group>(db, Filter::all_of([]), roots).await,
        other => panic!("no root {other}"),
    };
    let mut grown = Vec::new();
    for row in all {
        grown.push(grow(db, table, row, wants).await);
    }
    Value::Array(grown)
}

fn grow<'a>(
    db: &'a Db,
    table: &'static str,
    mut row: Value,
    wants: &'a [Want],
) -> Pin<Box<dyn Future<Output = Value> + Send + 'a>> {
    Box::pin(async move {
        for want in wants {
            let fact = fact(table, want.relation);
            let mut children = Vec::new();
            for child in related(db, table, &row, want).await {
                children.push(grow(db, fact.target, child, &want.nested).await);
            }
            put(&mut row, want.relation, fact.kind, children);
        }
        row
    })
}

async fn rows<M: Words>(db: &Db, own: Filter<M>, roots: &Roots) -> Vec<Value> {
    let mut query = orm_core::query::select::<M>()
        .filter(own.and(filter(roots.test.as_ref())))
        .order_by(order::<M>(roots.sort));
    if let Some(limit) = roots.limit {
        query = query.limit(limit);
    }
    if let Some(offset) = roots.offset {
        query = query.offset(offset);
    }
    // No order asked for is no order promised: the loop sorts by the primary key.
    let mut rows: Vec<Value> = query.all(db).await.unwrap().into_iter().map(json).collect();
    if roots.sort.is_none() && roots.limit.is_none() && roots.offset.is_none() {
        rows.sort_by_key(|row| row["id"].as_i64());
    }
    rows
}

async fn related(db: &Db, table: &str, row: &Value, want: &Want) -> Vec<Value> {
    let roots = Roots { test: want.test.clone(), sort: want.sort, ..Roots::default() };
    let key = |column: &str| row[column].as_i64();
    let id = key("id").unwrap();
    match (table, want.relation) {
        ("users", "posts") => rows(db, Post::author_id.eq(id), &roots).await,
        ("users", "reviews") => rows(db, Post::reviewer_id.eq(id), &roots).await,
        ("users", "profile") => rows(db, Profile::user_id.eq(id), &roots).await,
        ("users", "groups") => {
            let links = Membership::select().filter(Membership::user_id.eq(id)).all(db).await.unwrap();
            rows(db, Group::id.in_list(links.iter().map(|link| link.group_id)), &roots).await
        }
        ("groups", "members") => {
            let links = Membership::select().filter(Membership::group_id.eq(id)).all(db).await.unwrap();
            rows(db, User::id.in_list(links.iter().map(|link| link.user_id)), &roots).await
        }
        ("posts", "author") => rows(db, User::id.in_list(key("author_id")), &roots).await,
        ("posts", "reviewer") => rows(db, User::id.in_list(key("reviewer_id")), &roots).await,
        ("posts", "comments") => rows(db, Comment::post_id.eq(id), &roots).await,
        ("posts", "tags") => {
            let links = Tagging::select().filter(Tagging::post_id.eq(id)).all(db).await.unwrap();
            rows(db, Tag::id.in_list(links.iter().filter_map(|link| link.tag_id)), &roots).await
        }
        ("tags", "posts") => {
            let links = Tagging::select().filter(Tagging::tag_id.eq(id)).all(db).await.unwrap();
            rows(db, Post::id.in_list(links.iter().filter_map(|link| link.post_id)), &roots).await
        }
        ("comments", "post") => rows(db, Post::id.in_list(key("post_id")), &roots).await,
        ("comments", "writer") => rows(db, User::id.in_list(key("writer_id")), &roots).await,
        ("profiles", "user") => rows(db, User::id.in_list(key("user_id")), &roots).await,
        other => panic!("no relation {other:?}"),
    }
}
