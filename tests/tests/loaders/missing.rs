//! What is not there: no parents, no partners, NULL keys, keys that dangle, relations that were not asked for.

use orm_core::Error;
use orm_core::prelude::*;
use orm_tests::cases;
use orm_tests::models::blog::{self, Comment, Post, Profile, Tag, User};
use orm_tests::models::naive;
use orm_tests::models::world::{Roots, Want, want};
use serde::Serialize;

use crate::agree;

/// A row of which everything but the key may be NULL.
#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "blanks")]
#[belongs_to(holder: Holder, key = holder_id)]
struct Blank {
    #[model(primary_key)]
    id: i64,
    #[model(unique)]
    holder_id: Option<i64>,
    text: Option<String>,
    number: Option<i32>,
}

#[derive(Model, Serialize, Debug, Clone, PartialEq)]
#[model(table = "holders")]
#[belongs_to(blank: Blank, key = blank_id)]
#[has_one(own: Blank, key = holder_id)]
#[has_many(all: Blank, key = holder_id)]
struct Holder {
    #[model(primary_key)]
    id: i64,
    blank_id: Option<i64>,
}

/// A child whose parent may be gone: the table has no constraint.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "orphans")]
#[belongs_to(parent: Holder, key = parent_id)]
#[belongs_to(other: Holder, key = other_id)]
struct Orphan {
    #[model(primary_key)]
    id: i64,
    parent_id: i64,
    other_id: Option<i64>,
}

cases! {
    /// No parents, no keys, no statement (hazard 56).
    async fn no_parents_send_no_statement(bed: Bed) {
        let _ = blog::small(&bed).await;
        let nobody = || User::select().filter(User::id.eq(99));
        let loads = || User::posts.selectin().with(Post::comments.selectin().with(Comment::writer.selectin()));
        assert_eq!(nobody().with(loads()).with(User::groups.selectin()).with(User::profile.selectin()).all(&bed.db).await.unwrap().len(), 0);
        assert_eq!(bed.statements.count(), 1);
        // Nor do parents without children send one for grandchildren.
        let users = User::select().filter(User::id.eq(5)).with(loads()).all(&bed.db).await.unwrap();
        assert!(users[0].posts().is_empty());
        assert_eq!(bed.statements.count(), 2);
        // Nor parents of whom none has a key.
        let posts = Post::select().filter(Post::reviewer_id.is_null()).with(Post::reviewer.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(posts.iter().map(|post| (post.id, post.reviewer().is_none())).collect::<Vec<_>>(), [(12, true), (16, true)]);
        assert_eq!(bed.statements.count(), 1);
    }

    async fn empty_tables(bed: Bed) {
        bed.create::<blog::Tables>().await;
        let world = blog::Blog::default().world(&[]);
        agree!(bed, world, "users", [want("posts").with(want("tags")), want("profile")]:
            User::select().with(User::posts.selectin().with(Post::tags.selectin())).with(User::profile.selectin()) => 1,
            User::select().with(User::posts.joined().with(Post::tags.joined())).with(User::profile.joined()) => 1,
        );
    }

    /// A partner of whom everything but the key is NULL is there all the same (hazard 54).
    async fn a_row_of_nulls_is_a_row(bed: Bed) {
        bed.sql("CREATE TABLE blanks (id BIGINT NOT NULL PRIMARY KEY, holder_id BIGINT NULL, text VARCHAR(9) NULL, number INTEGER NULL)").await;
        bed.sql("CREATE TABLE holders (id BIGINT NOT NULL PRIMARY KEY, blank_id BIGINT NULL)").await;
        let blank = |id, holder_id| Blank { id, holder_id, text: None, number: None };
        Blank::insert_many([blank(1, None), blank(2, Some(12)), blank(3, Some(13))]).exec(&bed.db).await.unwrap();
        let holder = |id, blank_id| Holder { id, blank_id };
        Holder::insert_many([holder(11, Some(1)), holder(12, None), holder(13, Some(2)), holder(14, Some(9))]).exec(&bed.db).await.unwrap();
        bed.statements.clear();
        let joined = Holder::select().with(Holder::blank.joined()).with(Holder::own.joined()).with(Holder::all.joined()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        let apart = Holder::select().with(Holder::blank.selectin()).with(Holder::own.selectin()).with(Holder::all.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 4);
        assert_eq!(joined, apart);
        let keys: Vec<_> = joined.iter().map(|holder| {
            let id = |blank: &Option<Blank>| blank.as_ref().map(|blank| blank.id);
            (id(holder.blank()), id(holder.own()), holder.all().iter().map(|blank| blank.id).collect::<Vec<_>>())
        }).collect();
        assert_eq!(keys, [(Some(1), None, vec![]), (None, Some(2), vec![2]), (Some(2), Some(3), vec![3]), (None, None, vec![])]);
    }

    /// A required row that is not there is an error that names the relation, under every strategy; an optional one is none.
    async fn a_key_that_dangles(bed: Bed) {
        bed.sql("CREATE TABLE holders (id BIGINT NOT NULL PRIMARY KEY, blank_id BIGINT NULL)").await;
        bed.sql("CREATE TABLE orphans (id BIGINT NOT NULL PRIMARY KEY, parent_id BIGINT NOT NULL, other_id BIGINT NULL)").await;
        Holder::insert(Holder { id: 1, blank_id: None }).exec(&bed.db).await.unwrap();
        let orphan = |id, parent_id, other_id| Orphan { id, parent_id, other_id };
        Orphan::insert_many([orphan(1, 1, Some(8)), orphan(2, 7, None)]).exec(&bed.db).await.unwrap();
        let errors = [
            Orphan::select().with(Orphan::parent.selectin()).all(&bed.db).await.unwrap_err(),
            Orphan::select().with(Orphan::parent.joined()).all(&bed.db).await.unwrap_err(),
        ];
        for error in errors {
            assert!(matches!(error, Error::Vanished { model: "Orphan", relation: "parent" }), "{error}");
        }
        let joined = Orphan::select().with(Orphan::other.joined()).all(&bed.db).await.unwrap();
        let apart = Orphan::select().with(Orphan::other.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(joined, apart);
        assert!(joined.iter().all(|orphan| orphan.other().is_none()));
        // One that is left out by the query is nobody's error.
        assert_eq!(Orphan::select().filter(Orphan::id.eq(1)).with(Orphan::parent.joined()).one(&bed.db).await.unwrap().parent().id, 1);
    }

    async fn loads_decided_at_run_time(bed: Bed) {
        let world = blog::small(&bed).await;
        for (wanted, statements) in [(false, 1), (true, 4)] {
            bed.statements.clear();
            let users = User::select()
                .with_if(wanted, User::posts.selectin().with(Post::comments.selectin()))
                .with_if(wanted, User::profile.joined())
                .with_if(wanted, User::groups.selectin())
                .all(&bed.db).await.unwrap();
            assert_eq!(bed.statements.count(), statements);
            let wants: &[Want] = &[want("posts").with(want("comments")), want("profile"), want("groups")];
            assert_eq!(naive::json(&users), world.all("users", if wanted { wants } else { &[] }));
            for user in &users {
                assert_eq!(user.posts().is_ok(), wanted);
                assert_eq!(user.profile().is_ok(), wanted);
            }
        }
        let users = User::select().with_if(false, User::posts.joined()).with_if(true, User::groups.joined()).all(&bed.db).await.unwrap();
        let not_loaded = users[0].posts().unwrap_err();
        assert_eq!((not_loaded.model, not_loaded.relation), ("User", "posts"));
        assert!(not_loaded.to_string().contains(".with(User::posts.selectin())"), "{not_loaded}");
        assert!(users[0].groups().is_ok());
    }

    async fn nested_loads_decided_at_run_time(bed: Bed) {
        let world = blog::small(&bed).await;
        for wanted in [false, true] {
            let mut posts = want("posts");
            if wanted {
                posts = posts.with(want("comments")).with(want("author"));
            }
            agree!(bed, world, "users", [posts]:
                User::select().with(User::posts.selectin().with_if(wanted, Post::comments.selectin()).with_if(wanted, Post::author.selectin()))
                    => if wanted { 4 } else { 2 },
                User::select().with(User::posts.joined().with_if(wanted, Post::comments.joined()).with_if(wanted, Post::author.joined())) => 1,
            );
        }
    }

    /// `raise` sends nothing, and neither does reading what it left out (hazard 63).
    async fn raise_sends_nothing(bed: Bed) {
        let _ = blog::small(&bed).await;
        let users = User::select()
            .with(User::posts.selectin().with(Post::comments.raise()).with(Post::author.raise()))
            .with(User::profile.raise())
            .all(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 2);
        for user in &users {
            assert_eq!(user.profile().unwrap_err().relation, "profile");
            assert!(user.posts().iter().all(|post| post.comments().is_err() && post.author().is_err()));
        }
        assert_eq!(bed.statements.count(), 0);
        let (_, slots) = Tag::select().with(Tag::posts.raise()).first(&bed.db).await.unwrap().unwrap().into_parts();
        assert_eq!(slots.posts.into_inner(), None);
        let profiles = Profile::select().with(Profile::user.raise()).all(&bed.db).await.unwrap();
        assert!(profiles[0].user().is_err());
        assert_eq!(bed.statements.count(), 2);
    }
}
