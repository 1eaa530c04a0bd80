//! Every kind of relation, alone, side by side and nested.

use orm_tests::cases;
use orm_tests::models::blog::{self, Comment, Group, Post, Profile, Tag, User};
use orm_tests::models::naive;
use orm_tests::models::world::{How, Roots, Sort, Test, Want, want};
use serde_json::json;

use crate::agree;

/// A sort key.
fn by(column: &'static str) -> Sort {
    Sort { column, descending: false }
}

/// A sort key, descending.
fn down(column: &'static str) -> Sort {
    Sort { column, descending: true }
}

cases! {
    async fn a_required_to_one(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "posts", [want("author")]:
            Post::select().with(Post::author.selectin()) => 2,
            Post::select().with(Post::author.joined()) => 1,
        );
    }

    async fn an_optional_to_one(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "posts", [want("reviewer")]:
            Post::select().with(Post::reviewer.selectin()) => 2,
            Post::select().with(Post::reviewer.joined()) => 1,
        );
    }

    async fn a_has_one(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("profile")]:
            User::select().with(User::profile.selectin()) => 2,
            User::select().with(User::profile.joined()) => 1,
        );
    }

    async fn a_has_many(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("posts")]:
            User::select().with(User::posts.selectin()) => 2,
            User::select().with(User::posts.joined()) => 1,
        );
    }

    async fn a_many_to_many_from_either_end(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("groups")]:
            User::select().with(User::groups.selectin()) => 2,
            User::select().with(User::groups.joined()) => 1,
        );
        agree!(bed, world, "groups", [want("members")]:
            Group::select().with(Group::members.selectin()) => 2,
            Group::select().with(Group::members.joined()) => 1,
        );
    }

    /// A link that stands twice counts once, and one with a NULL part leads nowhere (hazards 55, 64).
    async fn a_many_to_many_whose_links_repeat(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "posts", [want("tags")]:
            Post::select().with(Post::tags.selectin()) => 2,
            Post::select().with(Post::tags.joined()) => 1,
        );
        agree!(bed, world, "tags", [want("posts").with(want("comments"))]:
            Tag::select().with(Tag::posts.selectin().with(Post::comments.selectin())) => 3,
            Tag::select().with(Tag::posts.joined().with(Post::comments.selectin())) => 2,
            Tag::select().with(Tag::posts.selectin().with(Post::comments.joined())) => 2,
            Tag::select().with(Tag::posts.joined().with(Post::comments.joined())) => 1,
        );
        // An order of the load must not part the rows of one link.
        for sort in [by("title"), down("score"), down("id")] {
            agree!(bed, world, "tags", [want("posts").sort(sort).with(want("comments").sort(down("text")))]:
                Tag::select().with(Tag::posts.selectin().order_by(naive::order::<Post>(Some(sort)))
                    .with(Post::comments.selectin().order_by(Comment::text.desc()))) => 3,
                Tag::select().with(Tag::posts.selectin().order_by(naive::order::<Post>(Some(sort)))
                    .with(Post::comments.joined().order_by(Comment::text.desc()))) => 2,
                Tag::select().with(Tag::posts.joined().order_by(naive::order::<Post>(Some(sort)))
                    .with(Post::comments.joined().order_by(Comment::text.desc()))) => 1,
            );
        }
        agree!(bed, world, "tags", [want("posts").with(want("tags"))]:
            Tag::select().with(Tag::posts.selectin().with(Post::tags.selectin())) => 3,
            Tag::select().with(Tag::posts.joined().with(Post::tags.joined())) => 1,
        );
    }

    async fn several_relations_to_one_target(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("posts"), want("reviews")]:
            User::select().with(User::posts.selectin()).with(User::reviews.selectin()) => 3,
            User::select().with(User::posts.joined()).with(User::reviews.selectin()) => 2,
            User::select().with(User::posts.selectin()).with(User::reviews.joined()) => 2,
        );
        agree!(bed, world, "posts", [want("author"), want("reviewer")]:
            Post::select().with(Post::author.selectin()).with(Post::reviewer.selectin()) => 3,
            Post::select().with(Post::author.joined()).with(Post::reviewer.selectin()) => 2,
            Post::select().with(Post::author.joined()).with(Post::reviewer.joined()) => 1,
        );
    }

    /// The same author of several posts is one key to ask for, and each post gets a copy, with what is loaded beneath it
    /// (hazard 56).
    async fn duplicate_parents_get_a_copy_each(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "posts", [want("author").with(want("groups")).with(want("profile"))]:
            Post::select().with(Post::author.joined().with(User::groups.selectin()).with(User::profile.joined())) => 2,
            Post::select().with(Post::author.selectin().with(User::groups.selectin()).with(User::profile.selectin())) => 4,
            Post::select().with(Post::author.selectin().with(User::groups.joined()).with(User::profile.joined())) => 2,
            Post::select().with(Post::author.joined().with(User::groups.joined()).with(User::profile.joined())) => 1,
        );
        // Links that repeat, under parents that repeat.
        agree!(bed, world, "comments", [want("post").with(want("tags"))]:
            Comment::select().with(Comment::post.joined().with(Post::tags.selectin())) => 2,
            Comment::select().with(Comment::post.selectin().with(Post::tags.selectin())) => 3,
            Comment::select().with(Comment::post.joined().with(Post::tags.joined())) => 1,
        );
        bed.statements.clear();
        let comments = Comment::select().with(Comment::post.joined().with(Post::tags.selectin())).all(&bed.db);
        let posts = comments.await.unwrap().iter().map(|comment| comment.post().id).collect::<Vec<_>>();
        assert_eq!(posts, [12, 11, 12, 12, 14, 15, 11]);
        let binds = &bed.statements.take()[1];
        assert!(!binds.contains("?, ?, ?, ?, ?"), "four posts, four keys: {binds}");
    }

    async fn four_levels_by_mixed_strategies(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "groups",
            [want("members").with(want("posts").with(want("comments").with(want("writer").with(want("profile")))))]:
            Group::select().with(Group::members.selectin().with(User::posts.selectin().with(Post::comments.selectin()
                .with(Comment::writer.selectin().with(User::profile.selectin()))))) => 6,
            Group::select().with(Group::members.joined().with(User::posts.joined().with(Post::comments.joined()
                .with(Comment::writer.joined().with(User::profile.joined()))))) => 1,
            Group::select().with(Group::members.joined().with(User::posts.selectin().with(Post::comments.joined()
                .with(Comment::writer.selectin().with(User::profile.joined()))))) => 3,
            Group::select().with(Group::members.selectin().with(User::posts.joined().with(Post::comments.selectin()
                .with(Comment::writer.joined().with(User::profile.selectin()))))) => 4,
        );
    }

    async fn joined_in_selectin_in_joined(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("posts").with(want("comments").with(want("writer"))).with(want("reviewer")), want("profile")]:
            User::select().with(User::profile.joined()).with(User::posts.joined().with(Post::reviewer.joined())
                .with(Post::comments.selectin().with(Comment::writer.joined()))) => 2,
            User::select().with(User::profile.selectin()).with(User::posts.selectin().with(Post::reviewer.joined())
                .with(Post::comments.joined().with(Comment::writer.selectin()))) => 4,
        );
    }

    async fn a_to_one_on_both_sides_of_a_to_many(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "posts", [want("author").with(want("posts").with(want("reviewer"))), want("reviewer")]:
            Post::select().with(Post::author.joined().with(User::posts.joined().with(Post::reviewer.joined())))
                .with(Post::reviewer.joined()) => 1,
            Post::select().with(Post::author.selectin().with(User::posts.selectin().with(Post::reviewer.selectin())))
                .with(Post::reviewer.selectin()) => 5,
        );
    }

    async fn filtered_and_ordered(bed: Bed) {
        let world = blog::small(&bed).await;
        let scored = || Test { column: "score", how: How::Eq(json!(2)) };
        agree!(bed, world, "users", [want("posts").test(scored()).sort(down("title"))]:
            User::select().with(User::posts.selectin().filter(Post::score.eq(2)).order_by(Post::title.desc())) => 2,
            User::select().with(User::posts.joined().filter(Post::score.eq(2)).order_by(Post::title.desc())) => 1,
        );
        let named = || Test { column: "name", how: How::Ne(json!("Bee")) };
        agree!(bed, world, "users", [want("groups").test(named()).sort(down("id"))]:
            User::select().with(User::groups.selectin().filter(Group::name.ne("Bee")).order_by(Group::id.desc())) => 2,
            User::select().with(User::groups.joined().filter(Group::name.ne("Bee")).order_by(Group::id.desc())) => 1,
        );
        // A filter on the parents of a chain takes their children with it.
        agree!(bed, world, "users", [want("posts").test(scored()).with(want("comments").test(Test { column: "writer_id", how: How::IsNull }))]:
            User::select().with(User::posts.joined().filter(Post::score.eq(2))
                .with(Post::comments.joined().filter(Comment::writer_id.is_null()))) => 1,
            User::select().with(User::posts.selectin().filter(Post::score.eq(2))
                .with(Post::comments.selectin().filter(Comment::writer_id.is_null()))) => 3,
        );
    }

    /// A filter or an order that reaches over other relations.
    async fn filtered_and_ordered_over_relations(bed: Bed) {
        let world = blog::small(&bed).await;
        let filter = || Post::reviewer.get(User::name).eq("ape").or(Post::comments.any(Comment::text.is_not_null()));
        let order = || (Post::author.get(User::name).desc(), Post::comments.count().desc());
        bed.statements.clear();
        let apart = User::select().with(User::posts.selectin().filter(filter()).order_by(order())).all(&bed.db).await.unwrap();
        let joined = User::select().with(User::posts.joined().filter(filter()).order_by(order())).all(&bed.db).await.unwrap();
        assert_eq!(apart, joined);
        assert_eq!(bed.statements.count(), 3);
        let ids = |user: usize| apart[user].posts().iter().map(|post| post.id).collect::<Vec<_>>();
        assert_eq!((ids(0), ids(1), ids(2), ids(3)), (vec![12, 11, 14], vec![], vec![], vec![15]));
        drop(world);
    }

    async fn null_where_it_is_told_to_be(bed: Bed) {
        let _ = blog::small(&bed).await;
        let ids = |posts: &[Post]| posts.iter().map(|post| post.id).collect::<Vec<_>>();
        for (order, wanted) in [
            (Post::score.asc(), [14, 11, 12]),
            (Post::score.asc().nulls_first(), [14, 11, 12]),
            (Post::score.asc().nulls_last(), [11, 12, 14]),
            (Post::score.desc(), [11, 12, 14]),
            (Post::score.desc().nulls_first(), [14, 11, 12]),
            (Post::score.desc().nulls_last(), [11, 12, 14]),
        ] {
            let apart = User::find(1).with(User::posts.selectin().order_by(order.clone())).one(&bed.db).await.unwrap();
            let joined = User::find(1).with(User::posts.joined().order_by(order.clone())).one(&bed.db).await.unwrap();
            assert_eq!(ids(joined.posts()), wanted, "{order:?}");
            assert_eq!(apart, joined);
        }
    }

    /// Rows that tie in the load's order follow by primary key, also where relations are joined one below the other.
    async fn ties_are_broken_by_the_key(bed: Bed) {
        let world = blog::small(&bed).await;
        for sort in [by("score"), down("score"), by("title"), down("title")] {
            let roots = || Roots { sort: Some(down("rank")), ..Roots::default() };
            let order = || naive::order::<Post>(Some(sort));
            agree!(bed, world, "users", roots(), [want("posts").sort(sort).with(want("comments").sort(down("text")))]:
                User::select().order_by(User::rank.desc())
                    .with(User::posts.selectin().order_by(order()).with(Post::comments.selectin().order_by(Comment::text.desc()))) => 3,
                User::select().order_by(User::rank.desc())
                    .with(User::posts.joined().order_by(order()).with(Post::comments.joined().order_by(Comment::text.desc()))) => 1,
                User::select().order_by(User::rank.desc())
                    .with(User::posts.selectin().order_by(order()).with(Post::comments.joined().order_by(Comment::text.desc()))) => 2,
            );
        }
    }

    /// Without an order of one's own, rows come by primary key, however they are loaded.
    async fn roots_are_in_the_order_of_the_key(bed: Bed) {
        let _world = blog::small(&bed).await;
        let ids = |users: Vec<i64>| assert_eq!(users, [1, 3, 5, 7]);
        ids(User::select().with(User::posts.raise()).all(&bed.db).await.unwrap().iter().map(|user| user.id).collect());
        ids(User::select().with(User::posts.selectin()).all(&bed.db).await.unwrap().iter().map(|user| user.id).collect());
        ids(User::select().with(User::posts.joined()).all(&bed.db).await.unwrap().iter().map(|user| user.id).collect());
    }

    async fn inside_a_transaction(bed: Bed) {
        let world = blog::small(&bed).await;
        let found = bed.db.transaction(async |tx| {
            Profile::delete().all_rows().exec(&mut *tx).await?;
            let users = User::select().with(User::profile.joined()).with(User::posts.selectin().with(Post::tags.selectin()));
            users.all(&mut *tx).await
        });
        let found = found.await.unwrap();
        assert!(found.iter().all(|user| user.profile().is_none()));
        let parts: Vec<_> = found.iter().map(|user| naive::json(user.posts())).collect();
        let wanted = world.all("users", &[want("posts").with(want("tags"))]);
        assert_eq!(parts, wanted.as_array().unwrap().iter().map(|user| user["posts"].clone()).collect::<Vec<_>>());
    }
}
