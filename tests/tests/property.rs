//! Any data, any query: selectin, joined, a naive loop and a model in plain Rust give the same.

#![allow(clippy::result_large_err)] // of proptest

use orm_core::prelude::*;
use orm_core::{Error, Result};
use orm_tests::models::blog::{
    self, Blog, Comment, Group, Membership, Post, Profile, Tag, Tagging, User, WORDS,
};
use orm_tests::models::naive;
use orm_tests::models::naive::{filter, json, order};
use orm_tests::models::world::{How, Roots, Sort, Test, Want, World, want};
use orm_tests::{Backend, Bed, cases};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

/// What is loaded.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Posts,
    PostsComments,
    PostsTags,
    PostsAndGroups,
    Groups,
    MembersPosts,
    ProfileAndReviews,
    AuthorAndReviewer,
    CommentsWriterProfile,
    AuthorPosts,
    PostAuthorGroups,
    TagsPostsComments,
    PostTags,
}

const SHAPES: [Shape; 13] = [
    Shape::Posts,
    Shape::PostsComments,
    Shape::PostsTags,
    Shape::PostsAndGroups,
    Shape::Groups,
    Shape::MembersPosts,
    Shape::ProfileAndReviews,
    Shape::AuthorAndReviewer,
    Shape::CommentsWriterProfile,
    Shape::AuthorPosts,
    Shape::PostAuthorGroups,
    Shape::TagsPostsComments,
    Shape::PostTags,
];

/// A query: a shape, what its to-many loads are filtered and ordered by, and which roots there are.
#[derive(Debug, Clone)]
struct Query {
    shape: Shape,
    roots: Roots,
    posts: Options,
    comments: Options,
    groups: Options,
    tags: Options,
    members: Options,
}

/// Of a load.
#[derive(Debug, Clone)]
struct Options {
    test: Option<Test>,
    sort: Option<Sort>,
}

impl Options {
    fn of(&self, relation: &'static str) -> Want {
        want(relation).test(self.test.clone()).sort(self.sort)
    }
}

impl Query {
    /// The same in the words of the model.
    fn wants(&self) -> (&'static str, Vec<Want>) {
        let Query { posts, comments, groups, tags, members, .. } = self;
        match self.shape {
            Shape::Posts => ("users", vec![posts.of("posts")]),
            Shape::PostsComments => ("users", vec![posts.of("posts").with(comments.of("comments"))]),
            Shape::PostsTags => ("users", vec![posts.of("posts").with(tags.of("tags"))]),
            Shape::PostsAndGroups => ("users", vec![posts.of("posts"), groups.of("groups")]),
            Shape::Groups => ("users", vec![groups.of("groups")]),
            Shape::MembersPosts => ("groups", vec![members.of("members").with(posts.of("posts"))]),
            Shape::ProfileAndReviews => ("users", vec![want("profile"), posts.of("reviews")]),
            Shape::AuthorAndReviewer => ("posts", vec![want("author"), want("reviewer")]),
            Shape::CommentsWriterProfile => {
                ("posts", vec![comments.of("comments").with(want("writer").with(want("profile")))])
            }
            Shape::AuthorPosts => ("posts", vec![want("author").with(posts.of("posts"))]),
            Shape::PostAuthorGroups => {
                ("comments", vec![want("post").with(want("author").with(groups.of("groups")))])
            }
            Shape::TagsPostsComments => ("tags", vec![posts.of("posts").with(comments.of("comments"))]),
            Shape::PostTags => ("comments", vec![want("post").with(tags.of("tags"))]),
        }
    }

    /// Runs it by the strategies: outer, inner, innermost, joined where true.
    async fn run(&self, db: &Db, by: [bool; 3]) -> Result<Value> {
        /// A load of a to-one relation by a strategy of run time, and what is done with it: both are compiled.
        macro_rules! one {
            ($joined:expr, $relation:expr, |$load:ident| $body:expr) => {
                if $joined {
                    let $load = $relation.joined();
                    $body
                } else {
                    let $load = $relation.selectin();
                    $body
                }
            };
        }
        macro_rules! many {
            ($joined:expr, $relation:expr, $options:ident, |$load:ident| $body:expr) => {
                one!($joined, $relation, |load| {
                    let $load =
                        load.filter(filter(self.$options.test.as_ref())).order_by(order(self.$options.sort));
                    $body
                })
            };
        }
        macro_rules! all {
            ($model:ident, $($load:expr),+) => { self.roots(db, $model::select()$(.with($load))+).await };
        }
        let [outer, inner, innermost] = by;
        match self.shape {
            Shape::Posts => many!(outer, User::posts, posts, |posts| all!(User, posts)),
            Shape::PostsComments => many!(outer, User::posts, posts, |posts| {
                many!(inner, Post::comments, comments, |comments| all!(User, posts.with(comments)))
            }),
            Shape::PostsTags => many!(outer, User::posts, posts, |posts| {
                many!(inner, Post::tags, tags, |tags| all!(User, posts.with(tags)))
            }),
            Shape::PostsAndGroups => many!(outer, User::posts, posts, |posts| {
                many!(inner, User::groups, groups, |groups| all!(User, posts, groups))
            }),
            Shape::Groups => many!(outer, User::groups, groups, |groups| all!(User, groups)),
            Shape::MembersPosts => many!(outer, Group::members, members, |members| {
                many!(inner, User::posts, posts, |posts| all!(Group, members.with(posts)))
            }),
            Shape::ProfileAndReviews => one!(outer, User::profile, |profile| {
                many!(inner, User::reviews, posts, |reviews| all!(User, profile, reviews))
            }),
            Shape::AuthorAndReviewer => one!(outer, Post::author, |author| {
                one!(inner, Post::reviewer, |reviewer| all!(Post, author, reviewer))
            }),
            Shape::CommentsWriterProfile => many!(outer, Post::comments, comments, |comments| {
                one!(inner, Comment::writer, |writer| {
                    one!(innermost, User::profile, |profile| all!(Post, comments.with(writer.with(profile))))
                })
            }),
            Shape::AuthorPosts => one!(outer, Post::author, |author| {
                many!(inner, User::posts, posts, |posts| all!(Post, author.with(posts)))
            }),
            Shape::PostAuthorGroups => one!(outer, Comment::post, |post| {
                one!(inner, Post::author, |author| {
                    many!(innermost, User::groups, groups, |groups| all!(
                        Comment,
                        post.with(author.with(groups))
                    ))
                })
            }),
            Shape::TagsPostsComments => many!(outer, Tag::posts, posts, |posts| {
                many!(inner, Post::comments, comments, |comments| all!(Tag, posts.with(comments)))
            }),
            Shape::PostTags => one!(outer, Comment::post, |post| {
                many!(inner, Post::tags, tags, |tags| all!(Comment, post.with(tags)))
            }),
        }
    }

    /// The roots of a query, as JSON.
    async fn roots<P>(&self, db: &Db, mut query: orm_core::query::Select<P>) -> Result<Value>
    where
        P: orm_core::load::Plan<Model: naive::Words, Row: serde::Serialize>,
    {
        query = query.filter(filter(self.roots.test.as_ref())).order_by(order(self.roots.sort));
        if let Some(limit) = self.roots.limit {
            query = query.limit(limit);
        }
        if let Some(offset) = self.roots.offset {
            query = query.offset(offset);
        }
        query.all(db).await.map(json)
    }

    /// Two to-many relations side by side.
    fn is_refused(&self, by: [bool; 3]) -> bool {
        matches!(self.shape, Shape::PostsAndGroups) && by[0] && by[1]
    }
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

/// A small number or NULL, so that there are ties.
fn number() -> impl Strategy<Value = Option<i32>> {
    prop::option::weighted(0.7, -1..3)
}

/// Rows of a blog. Keys are given out in reverse or not, so that they do not follow the rows' order.
fn blogs() -> impl Strategy<Value = Blog> {
    let users = (Just(WORDS.to_vec()).prop_shuffle(), prop::collection::vec(number(), 0..6));
    let posts = prop::collection::vec((any::<u8>(), prop::option::of(any::<u8>()), word(), number()), 0..9);
    let comments =
        prop::collection::vec((any::<u8>(), prop::option::of(any::<u8>()), prop::option::of(word())), 0..10);
    let profiles = prop::collection::vec(prop::option::of(prop::option::of(word())), 6);
    let names = || prop::collection::vec(word(), 0..4);
    let members = prop::collection::btree_set((0..6_u8, 0..4_u8), 0..9);
    let links = prop::collection::vec(
        (prop::option::weighted(0.9, any::<u8>()), prop::option::weighted(0.9, any::<u8>())),
        0..10,
    );
    (users, posts, comments, profiles, names(), members, names(), links, any::<bool>()).prop_map(
        |((names, ranks), posts, comments, profiles, groups, members, tags, links, reversed)| {
            let id =
                |base: i64, at: usize| if reversed { base + 50 - at as i64 } else { base + 3 * at as i64 };
            /// The key of one of the rows, if there are any.
            fn pick<T>(rows: &[T], at: u8, id: impl Fn(&T) -> i64) -> Option<i64> {
                rows.get(usize::from(at) % rows.len().max(1)).map(id)
            }
            let mut blog = Blog::default();
            for (at, (rank, name)) in ranks.into_iter().zip(names).enumerate() {
                blog.users.push(User { id: id(100, at), name: name.to_owned(), rank });
            }
            let user = |at| pick(&blog.users, at, |user| user.id);
            for (at, (author, reviewer, title, score)) in posts.into_iter().enumerate() {
                let Some(author_id) = user(author) else { continue };
                blog.posts.push(Post {
                    id: id(200, at),
                    author_id,
                    reviewer_id: reviewer.and_then(user),
                    title,
                    score,
                });
            }
            for (at, (post, writer, text)) in comments.into_iter().enumerate() {
                let Some(post_id) = pick(&blog.posts, post, |post| post.id) else { continue };
                blog.comments.push(Comment {
                    id: id(300, at),
                    post_id,
                    writer_id: writer.and_then(user),
                    text,
                });
            }
            for (at, (user, bio)) in blog.users.iter().zip(profiles).enumerate() {
                let Some(bio) = bio else { continue };
                blog.profiles.push(Profile { id: id(400, at), user_id: user.id, bio });
            }
            blog.groups =
                groups.into_iter().enumerate().map(|(at, name)| Group { id: id(500, at), name }).collect();
            for (user, group) in members {
                let (user, group) = (blog.users.get(usize::from(user)), blog.groups.get(usize::from(group)));
                let Some((user, group)) = user.zip(group) else { continue };
                blog.memberships.push(Membership { user_id: user.id, group_id: group.id });
            }
            blog.tags =
                tags.into_iter().enumerate().map(|(at, name)| Tag { id: id(600, at), name }).collect();
            for (at, (post, tag)) in links.into_iter().enumerate() {
                let post_id = post.and_then(|post| pick(&blog.posts, post, |post| post.id));
                let tag_id = tag.and_then(|tag| pick(&blog.tags, tag, |tag| tag.id));
                blog.taggings.push(Tagging { id: id(700, at), post_id, tag_id });
            }
            blog
        },
    )
}

/// A condition and an order of a load, or none.
fn options(
    numbers: &'static [&'static str],
    texts: &'static [&'static str],
) -> impl Strategy<Value = Options> {
    let columns: Vec<&'static str> = numbers.iter().chain(texts).copied().collect();
    let on_number = (prop::sample::select(numbers), -1..3_i32, 0..4_u8).prop_map(|(column, value, how)| {
        let how = match how {
            0 => How::Eq(value.into()),
            1 => How::Ne(value.into()),
            2 => How::Gt(value),
            _ => How::IsNull,
        };
        Test { column, how }
    });
    let on_text = (prop::sample::select(texts), word(), 0..3_u8).prop_map(|(column, value, how)| {
        let how = match how {
            0 => How::Eq(value.into()),
            1 => How::Ne(value.into()),
            _ => How::IsNull,
        };
        Test { column, how }
    });
    let sort = (prop::sample::select(columns), any::<bool>())
        .prop_map(|(column, descending)| Sort { column, descending });
    (prop::option::of(prop_oneof![on_number, on_text]), prop::option::of(sort))
        .prop_map(|(test, sort)| Options { test, sort })
}

fn queries() -> impl Strategy<Value = Query> {
    let users = || options(&["rank", "id"], &["name"]);
    let posts = || options(&["score", "reviewer_id"], &["title"]);
    let comments = || options(&["writer_id"], &["text"]);
    let named = || options(&["id"], &["name"]);
    let page = (prop::option::of(0..5_u64), prop::option::of(0..4_u64));
    let loads = (posts(), comments(), named(), named(), users());
    (prop::sample::select(&SHAPES[..]), (users(), posts(), comments(), named()), page, loads).prop_map(
        |(
            shape,
            (of_users, of_posts, of_comments, of_named),
            (limit, offset),
            (posts, comments, groups, tags, members),
        )| {
            let mut query = Query { shape, roots: Roots::default(), posts, comments, groups, tags, members };
            let Options { test, sort } = match query.wants().0 {
                "users" => of_users,
                "posts" => of_posts,
                "comments" => of_comments,
                _ => of_named,
            };
            query.roots = Roots { test, sort, limit, offset };
            query
        },
    )
}

/// Runs a query every way there is.
async fn check(bed: &Bed, world: &World, query: &Query) -> Result<(), TestCaseError> {
    let (table, wants) = query.wants();
    let expected = world.select(table, &query.roots, &wants);
    let looped = naive::select(&bed.db, table, &query.roots, &wants).await;
    prop_assert_eq!(&looped, &expected, "the naive loop");
    for number in 0..8_u8 {
        let by = [number & 1 > 0, number & 2 > 0, number & 4 > 0];
        bed.statements.clear();
        let found = query.run(&bed.db, by).await;
        let sent = bed.statements.take();
        if query.is_refused(by) {
            prop_assert!(matches!(found, Err(Error::InvalidQuery(_))), "{:?}", found);
            prop_assert!(sent.is_empty(), "{:?}", sent);
            continue;
        }
        let found = found.map_err(|error| TestCaseError::fail(format!("{by:?}: {error}\n{sent:#?}")))?;
        prop_assert_eq!(&found, &expected, "joined {:?}\n{:#?}", by, sent);
        let apart = by.iter().filter(|joined| !*joined).count();
        prop_assert!((1..=1 + apart).contains(&sent.len()), "{:?}: {:#?}", by, sent);
    }
    Ok(())
}

cases! {
    async fn every_strategy_gives_the_same(bed: Bed) {
        bed.create::<blog::Tables>().await;
        let order = blog::word_order(&bed.db).await;
        let cases = if bed.backend == Backend::Sqlite { 150 } else { 30 };
        let config = Config { cases, max_shrink_iters: 300, failure_persistence: None, ..Config::default() };
        let data = (blogs(), prop::collection::vec(queries(), 5));
        let runtime = tokio::runtime::Handle::current();
        let outcome = tokio::task::block_in_place(|| TestRunner::new(config).run(&data, |(blog, queries)| {
            runtime.block_on(async {
                blog.store(&bed.db).await;
                let world = blog.world(&order);
                for query in &queries {
                    check(&bed, &world, query).await.map_err(|failure| match failure {
                        TestCaseError::Fail(reason) => TestCaseError::fail(format!("{query:?}\n{reason}")),
                        rejected => rejected,
                    })?;
                }
                Ok(())
            })
        }));
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }
}
