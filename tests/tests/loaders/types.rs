//! What a loaded value knows in its type, and what it is good for: parts, comparison, serialisation, functions.

use orm_core::prelude::*;
use orm_tests::cases;
use orm_tests::models::blog::{self, Post, PostWith, Profile, Tag, User, UserWith, post, user};
use serde_json::json;

/// Accepts every shape that has posts, by whatever strategy and with whatever beneath them.
fn titles(user: &UserWith<impl Has<user::posts>>) -> Vec<&str> {
    user.posts().models().map(|post| &*post.title).collect()
}

/// Whole rows or with loads, a filtered part or all: `models` gives the other model's rows.
fn bio(user: &UserWith<impl Has<user::profile> + Has<user::groups>>) -> (Option<&str>, usize) {
    let bio = user.profile().models().find_map(|profile: &Profile| profile.bio.as_deref());
    (bio, user.groups().models().count())
}

/// A shape inside of a shape.
fn commented<S>(user: &UserWith<S>) -> usize
where
    S: Has<user::posts, Value = Vec<PostWith<Commented>>>,
{
    user.posts().iter().map(|post| post.comments().len()).sum()
}

type Commented = post::Slots<
    orm_core::Unloaded<post::author>,
    orm_core::Unloaded<post::reviewer>,
    orm_core::Loaded<Vec<blog::Comment>>,
>;

fn author<S: Has<post::author>>(post: &PostWith<S>) -> &str {
    post.author().models().map(|user: &User| &*user.name).next().unwrap()
}

/// One exact shape.
#[allow(clippy::type_complexity)] // the type is the point
fn exact(users: &[loaded!(User { posts { comments { writer }, tags }, profile })]) -> usize {
    users
        .iter()
        .flat_map(|user| user.posts())
        .map(|post| {
            assert!(
                post.comments()
                    .iter()
                    .all(|comment| comment.writer().is_some() == comment.writer_id.is_some())
            );
            post.comments().len() + post.tags().len()
        })
        .sum()
}

fn plain(posts: Vec<loaded!(Post)>) -> Vec<Post> {
    posts.into_iter().map(|post| post.into_parts().0).collect()
}

/// A condition that any query for users can take.
fn seen(named: Option<&str>) -> Filter<User> {
    let any = User::posts.any(Post::title.ne(""));
    named.map_or(any.clone(), |name| any.and(User::name.eq(name)))
}

cases! {
    async fn generic_functions(bed: Bed) {
        let _ = blog::small(&bed).await;
        let whole = User::find(1).with(User::posts.selectin()).one(&bed.db).await.unwrap();
        let part = User::find(1).with(User::posts.joined().filter(Post::score.is_null())).one(&bed.db).await.unwrap();
        let deep = User::find(1).with(User::posts.joined().with(Post::comments.joined())).with(User::profile.joined())
            .with(User::groups.selectin()).one(&bed.db).await.unwrap();
        assert_eq!((titles(&whole), titles(&part)), (vec!["ape", "Bee", "ape"], vec!["ape"]));
        assert_eq!(titles(&deep), titles(&whole));
        assert_eq!(bio(&deep), (Some("100%_!"), 2));
        assert_eq!(part.posts().len(), 1);
        let posts = Post::select().with(Post::author.joined().with(User::groups.selectin())).all(&bed.db).await.unwrap();
        let names: Vec<_> = posts.iter().map(author).collect();
        assert_eq!(names, ["Bee", "Bee", "ape", "Bee", "cät", "ape"]);
    }

    async fn exact_shapes(bed: Bed) {
        let _ = blog::small(&bed).await;
        let loads = || User::posts.selectin().with(Post::tags.joined()).with(Post::comments.selectin().with(blog::Comment::writer.joined()));
        let users = User::select().with(loads()).with(User::profile.selectin()).all(&bed.db).await.unwrap();
        assert_eq!(exact(&users), 7 + 5);
        let posts = Post::select().with(Post::comments.joined()).all(&bed.db).await.unwrap();
        let found: Vec<Post> = posts.into_iter().map(|post| post.into_parts().0).collect();
        assert_eq!(found.len(), 6);
        assert!(plain(Vec::new()).is_empty());
    }

    async fn shapes_inside_of_shapes(bed: Bed) {
        let _ = blog::small(&bed).await;
        let users = User::select().with(User::posts.selectin().with(Post::comments.joined())).all(&bed.db).await.unwrap();
        assert_eq!(users.iter().map(commented).collect::<Vec<_>>(), [6, 0, 0, 1]);
    }

    async fn filters_as_values(bed: Bed) {
        let _ = blog::small(&bed).await;
        assert_eq!(User::select().filter(seen(None)).with(User::posts.joined()).count(&bed.db).await.unwrap(), 3);
        let bee = User::select().filter(seen(Some("Bee"))).with(User::posts.joined()).one(&bed.db).await.unwrap();
        assert_eq!((bee.id, bee.posts().len()), (1, 3));
        let posts = Post::select().filter(Post::title.eq("ape")).with(Post::author.joined());
        assert_eq!(posts.all(&bed.db).await.unwrap().len(), 2);
    }

    async fn parts_by_value(bed: Bed) {
        let _ = blog::small(&bed).await;
        let bee = User::find(1).with(User::posts.selectin().with(Post::tags.selectin())).with(User::profile.joined()).one(&bed.db).await.unwrap();
        let copy = bee.clone();
        assert_eq!(copy, bee);
        assert!(format!("{bee:?}").contains("Slots"), "{bee:?}");
        let (user, slots) = bee.into_parts();
        assert_eq!(user, User { id: 1, name: "Bee".to_owned(), rank: None });
        let posts = slots.posts.into_inner();
        assert_eq!(slots.profile.into_inner().unwrap().id, 32);
        let tags: Vec<Tag> = posts.into_iter().flat_map(|post| post.into_parts().1.tags.into_inner()).collect();
        assert_eq!(tags.iter().map(|tag| tag.id).collect::<Vec<_>>(), [51, 52, 51, 52, 53]);
        let other = User::find(3).with(User::posts.selectin().with(Post::tags.selectin())).with(User::profile.joined()).one(&bed.db).await.unwrap();
        assert_ne!(copy, other);
        let changed = User::find(1).with(User::posts.selectin().filter(Post::id.eq(11))).one(&bed.db).await.unwrap();
        assert_eq!(changed.posts().iter().map(|post| post.id).collect::<Vec<_>>(), [11]);
        assert_eq!(changed.into_parts().1.posts.into_inner().into_vec().len(), 1);
    }

    /// What was not loaded is absent, a relation to nothing is `null`, one to no rows is `[]` (hazard 60).
    async fn as_json(bed: Bed) {
        let _ = blog::small(&bed).await;
        let find = || User::find(5);
        let json_of = |value: serde_json::Value, relations: serde_json::Value| {
            let mut whole = json!({"id": 5, "name": "日本", "rank": 0});
            whole.as_object_mut().unwrap().extend(relations.as_object().unwrap().clone());
            assert_eq!(value, whole);
        };
        let loaded = find().with(User::posts.selectin()).with(User::profile.joined()).one(&bed.db).await.unwrap();
        json_of(serde_json::to_value(&loaded).unwrap(), json!({"posts": [], "profile": null}));
        let filtered = find().with(User::posts.selectin().filter(Post::id.gt(1))).one(&bed.db).await.unwrap();
        json_of(serde_json::to_value(&filtered).unwrap(), json!({"posts": []}));
        let guarded = |yes| find().with_if(yes, User::posts.selectin()).with_if(yes, User::profile.joined()).with(User::groups.raise());
        json_of(serde_json::to_value(guarded(true).one(&bed.db).await.unwrap()).unwrap(), json!({"posts": [], "profile": null}));
        json_of(serde_json::to_value(guarded(false).one(&bed.db).await.unwrap()).unwrap(), json!({}));
        let deep = Post::find(16).with(Post::author.joined().with(User::groups.selectin()).with(User::profile.selectin()))
            .with(Post::comments.selectin().with(blog::Comment::writer.joined())).one(&bed.db).await.unwrap();
        assert_eq!(serde_json::to_value(&deep).unwrap(), json!({
            "id": 16, "author_id": 3, "reviewer_id": null, "title": "", "score": 2, "comments": [],
            "author": {"id": 3, "name": "ape", "rank": 1, "profile": null, "groups": [{"id": 42, "name": "ape"}]},
        }));
        let text = serde_json::to_string(&deep).unwrap();
        assert_eq!(text.matches("\"id\"").count(), 3, "{text}");
    }
}
