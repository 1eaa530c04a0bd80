//! Two joined to-many relations multiply each other's rows: refused before anything is sent, unless one leads to the other
//! (hazard 53).

use orm_core::{Dialect, Error};
use orm_tests::cases;
use orm_tests::models::blog::{self, Comment, Group, Post, User};
use orm_tests::models::naive;
use orm_tests::models::world::{Roots, Want, want};

use crate::agree;

/// The error names both relations and the way out.
fn is_refused<T>(result: orm_core::Result<T>, names: [&str; 2]) {
    let Err(Error::InvalidQuery(message)) = result else { panic!("not refused") };
    for part in names.into_iter().chain([".selectin()", "nothing was sent"]) {
        assert!(message.contains(part), "{message}");
    }
}

cases! {
    async fn two_joined_to_many_are_refused(bed: Bed) {
        let _ = blog::small(&bed).await;
        let db = &bed.db;
        let twice = User::select().with(User::posts.joined()).with(User::groups.joined());
        is_refused(twice.to_sql(Dialect::Sqlite), ["User::posts", "User::groups"]);
        is_refused(twice.clone().all(db).await, ["User::posts", "User::groups"]);
        is_refused(twice.clone().first(db).await, ["User::posts", "User::groups"]);
        is_refused(twice.one(db).await, ["User::posts", "User::groups"]);
        // On different branches.
        let branches = Post::select().with(Post::comments.joined()).with(Post::author.joined().with(User::groups.joined()));
        is_refused(branches.all(db).await, ["Post::comments", "User::groups"]);
        let branches = Post::select().with(Post::author.joined().with(User::groups.joined())).with(Post::tags.joined());
        is_refused(branches.all(db).await, ["User::groups", "Post::tags"]);
        // Below a chain.
        let fork = Group::select().with(Group::members.joined().with(User::posts.joined()).with(User::reviews.joined()));
        is_refused(fork.all(db).await, ["User::posts", "User::reviews"]);
        // Where the condition says so.
        let guarded = |both| User::select().with_if(both, User::posts.joined()).with(User::groups.joined());
        is_refused(guarded(true).all(db).await, ["User::posts", "User::groups"]);
        assert_eq!(bed.statements.count(), 0, "nothing is sent");
        assert_eq!(guarded(false).all(db).await.unwrap().len(), 4);
    }

    /// In a statement of its own, too: the outer one has been sent by then, the inner one is not.
    async fn refused_below_a_selectin(bed: Bed) {
        let _ = blog::small(&bed).await;
        let query = Comment::select().with(Comment::writer.selectin().with(User::posts.joined()).with(User::groups.joined()));
        is_refused(query.all(&bed.db).await, ["User::posts", "User::groups"]);
        assert_eq!(bed.statements.count(), 0, "nothing is sent");
    }

    async fn a_chain_is_allowed(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("groups"), want("posts").with(want("comments")).with(want("tags"))]:
            User::select().with(User::posts.joined().with(Post::comments.joined()).with(Post::tags.selectin())).with(User::groups.selectin()) => 3,
            User::select().with(User::posts.selectin().with(Post::comments.joined()).with(Post::tags.selectin())).with(User::groups.joined()) => 3,
            User::select().with(User::posts.selectin().with(Post::comments.selectin()).with(Post::tags.joined())).with(User::groups.joined()) => 3,
        );
        // To-many, to-one, to-many: each step leads to the next.
        agree!(bed, world, "users", [want("reviews").with(want("author").with(want("groups")))]:
            User::select().with(User::reviews.joined().with(Post::author.joined().with(User::groups.joined()))) => 1,
            User::select().with(User::reviews.selectin().with(Post::author.selectin().with(User::groups.selectin()))) => 4,
        );
    }

    /// Three posts by three comments: nothing is repeated, nothing is lost, the order holds.
    async fn three_by_three(bed: Bed) {
        bed.create::<blog::Tables>().await;
        let user = |id| User { id, name: format!("user {id}"), rank: None };
        let post = |n: i64| blog::Post { id: n, author_id: n % 2 + 1, reviewer_id: None, title: String::new(), score: None };
        let comment = |n: i64| Comment { id: n, post_id: n % 6 + 1, writer_id: None, text: None };
        let blog = blog::Blog {
            users: vec![user(2), user(1)],
            posts: (1..=6).map(post).collect(),
            comments: (1..=18).rev().map(comment).collect(),
            ..blog::Blog::default()
        };
        blog.store(&bed.db).await;
        let world = blog.world(&[]);
        agree!(bed, world, "users", [want("posts").with(want("comments"))]:
            User::select().with(User::posts.joined().with(Post::comments.joined())) => 1,
            User::select().with(User::posts.selectin().with(Post::comments.selectin())) => 3,
        );
        let users = User::select().with(User::posts.joined().with(Post::comments.joined())).all(&bed.db).await.unwrap();
        assert!(users.iter().all(|user| user.posts().len() == 3 && user.posts().iter().all(|post| post.comments().len() == 3)));
    }
}
