//! A limit counts rows of the root, however many rows are joined to them (hazard 51); so do the verbs.

use orm_core::Error;
use orm_tests::cases;
use orm_tests::models::blog::{self, Group, Post, Tag, User};
use orm_tests::models::naive;
use orm_tests::models::world::{How, Roots, Sort, Test, Want, want};
use serde_json::json;

use crate::agree;

cases! {
    async fn every_limit_and_offset(bed: Bed) {
        let world = blog::small(&bed).await;
        for limit in 0..=5 {
            for offset in [None, Some(0), Some(1), Some(3), Some(4)] {
                let roots = || Roots { limit: Some(limit), offset, ..Roots::default() };
                let page = || match offset {
                    Some(offset) => User::select().limit(limit).offset(offset),
                    None => User::select().limit(limit),
                };
                let any = usize::from(limit > 0 && offset.unwrap_or(0) < 4);
                agree!(bed, world, "users", roots(), [want("posts")]:
                    page().with(User::posts.joined()) => 1,
                    page().with(User::posts.selectin()) => 1 + any,
                );
            }
        }
    }

    async fn an_offset_without_a_limit(bed: Bed) {
        let world = blog::small(&bed).await;
        let roots = || Roots { offset: Some(1), ..Roots::default() };
        agree!(bed, world, "users", roots(), [want("groups"), want("profile")]:
            User::select().offset(1).with(User::groups.joined()).with(User::profile.joined()) => 1,
            User::select().offset(1).with(User::groups.selectin()).with(User::profile.selectin()) => 3,
        );
    }

    /// With a filter and an order of which some keys tie and some are NULL, the pages are a partition of the whole.
    async fn filtered_and_ordered_pages(bed: Bed) {
        let world = blog::small(&bed).await;
        let test = || Test { column: "name", how: How::Ne(json!("日本")) };
        for descending in [false, true] {
            let sort = Sort { column: "rank", descending };
            let mut pages = Vec::new();
            for offset in 0..3 {
                let roots = || Roots { test: Some(test()), sort: Some(sort), limit: Some(1), offset: Some(offset) };
                let page = || User::select().filter(User::name.ne("日本")).order_by(naive::order::<User>(Some(sort))).limit(1).offset(offset);
                agree!(bed, world, "users", roots(), [want("posts").with(want("tags")), want("profile")]:
                    page().with(User::posts.joined().with(Post::tags.joined())).with(User::profile.joined()) => 1,
                    page().with(User::posts.joined().with(Post::tags.selectin())).with(User::profile.selectin()) => if pages.len() < 3 { 3 } else { 2 },
                );
                pages.extend(page().all(&bed.db).await.unwrap());
            }
            let whole = User::select().filter(User::name.ne("日本")).order_by(naive::order::<User>(Some(sort))).all(&bed.db).await.unwrap();
            assert_eq!(pages, whole);
        }
    }

    /// The root's order and filter may reach over relations while others are joined and the rows are limited.
    async fn pages_ordered_over_relations(bed: Bed) {
        let _ = blog::small(&bed).await;
        let page = || Post::select()
            .filter(Post::author.get(User::name).ne("cät"))
            .order_by((Post::author.get(User::rank).desc(), Post::comments.count().desc(), Post::title.length().asc()))
            .limit(4);
        let joined = page().with(Post::comments.joined()).with(Post::author.joined()).all(&bed.db).await.unwrap();
        let apart = page().with(Post::comments.selectin()).with(Post::author.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(joined, apart);
        assert_eq!(joined.iter().map(|post| post.id).collect::<Vec<_>>(), [16, 13, 12, 11]);
    }

    async fn verbs_count_roots(bed: Bed) {
        let _ = blog::small(&bed).await;
        let db = &bed.db;
        let all = || User::select().with(User::posts.joined().with(Post::comments.joined())).with(User::groups.selectin());
        assert_eq!(all().count(db).await.unwrap(), 4);
        assert_eq!(all().limit(3).count(db).await.unwrap(), 3);
        assert_eq!(all().offset(3).count(db).await.unwrap(), 1);
        assert!(all().exists(db).await.unwrap());
        assert!(!all().filter(User::id.eq(99)).exists(db).await.unwrap());
        assert_eq!(bed.statements.count(), 5);
        // One row of the root, of which the join makes several.
        let bee = all().filter(User::id.eq(1)).one(db).await.unwrap();
        assert_eq!((bee.posts().len(), bee.posts()[1].comments().len(), bee.groups().len()), (3, 3, 2));
        assert_eq!(User::find(1).with(User::posts.joined().with(Post::comments.joined())).with(User::groups.selectin()).one(db).await.unwrap(), bee);
        assert_eq!(all().filter(User::id.eq(1)).optional(db).await.unwrap(), Some(bee.clone()));
        assert_eq!(all().first(db).await.unwrap(), Some(bee));
        assert_eq!(all().order_by(User::id.desc()).first(db).await.unwrap().unwrap().posts().len(), 1);
        assert_eq!(all().filter(User::id.eq(99)).optional(db).await.unwrap(), None);
        assert!(matches!(all().one(db).await.unwrap_err(), Error::TooMany { model: "User" }));
        assert!(matches!(all().filter(User::id.eq(99)).one(db).await.unwrap_err(), Error::NotFound { model: "User" }));
        assert!(matches!(User::find(99).with(User::posts.joined()).one(db).await.unwrap_err(), Error::NotFound { .. }));
        assert_eq!(all().sum(User::id, db).await.unwrap(), Some(16));
        assert_eq!(all().max(User::rank, db).await.unwrap(), Some(1));
    }

    /// DISTINCT changes nothing about whole models, nor about what is joined to them.
    async fn distinct_models(bed: Bed) {
        let world = blog::small(&bed).await;
        agree!(bed, world, "users", [want("posts")]:
            User::select().distinct().with(User::posts.joined()) => 1,
            User::select().distinct().with(User::posts.selectin()) => 2,
        );
        agree!(bed, world, "tags", [want("posts")]: Tag::select().distinct().with(Tag::posts.joined()) => 1);
        let roots = || Roots { limit: Some(2), ..Roots::default() };
        agree!(bed, world, "groups", roots(), [want("members")]: Group::select().distinct().limit(2).with(Group::members.joined()) => 1);
    }
}
