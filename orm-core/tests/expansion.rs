//! The derive's output compiles without warnings, also inside a function, and with names of the user's in the way.
#![deny(warnings, missing_docs)]
#![allow(clippy::needless_pub_self, clippy::type_complexity)]

/// Models at the top of a module.
pub mod models {
    use orm_core::Model;

    /// A user.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "users")]
    #[has_many(posts: Post, key = author_id)]
    #[has_one(profile: Profile, key = user_id)]
    pub struct User {
        /// Key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// Name.
        #[model(unique)]
        pub username: String,
    }

    /// A profile.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "profiles")]
    #[belongs_to(user: User, key = user_id, on_delete = cascade)]
    pub struct Profile {
        /// Key.
        #[model(primary_key)]
        pub user_id: i64,
    }

    /// A post.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "posts", index(author_id, title), unique(author_id, slug))]
    #[belongs_to(author: User, key = author_id, on_delete = cascade)]
    #[belongs_to(editor: User, key = editor_id, on_delete = set_null)]
    #[has_many(comments: Comment, key = post_id)]
    #[many_to_many(tags: Tag, through = Tagging)]
    pub struct Post {
        /// Key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// Author.
        #[model(index)]
        pub author_id: i64,
        /// Editor.
        pub editor_id: Option<i64>,
        /// Title.
        pub title: String,
        /// Slug.
        pub slug: String,
        /// Score.
        #[model(default = "0")]
        pub score: Option<i32>,
    }

    /// A comment.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "comments")]
    #[belongs_to(post: Post, key = post_id)]
    pub struct Comment {
        /// Key.
        #[model(primary_key, generated)]
        pub id: i64,
        /// Post.
        pub post_id: i64,
    }

    /// A tag.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "tags")]
    pub struct Tag {
        /// Key.
        #[model(primary_key)]
        pub id: i32,
    }

    /// A tag at a post.
    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "taggings")]
    #[belongs_to(post: Post, key = post_id)]
    #[belongs_to(tag: Tag, key = tag_id)]
    pub struct Tagging {
        /// Post.
        #[model(primary_key)]
        pub post_id: i64,
        /// Tag.
        #[model(primary_key)]
        pub tag_id: i32,
    }
}

/// Names of the user's that a careless derive would trip over.
pub mod hostile {
    #![allow(dead_code, missing_docs, non_camel_case_types, non_snake_case)]
    use orm_core::Model as Derive;

    pub struct Result;
    pub struct Option;
    pub struct Vec;
    pub struct Model;
    pub struct Column;
    pub struct Clone;
    pub struct String;
    pub struct usize;
    pub struct bool;
    pub trait Send {}
    pub trait Default {}
    pub mod std {}
    pub mod core {}
    pub fn Ok() {}
    pub fn Some() {}
    pub fn None() {}
    pub fn Err() {}

    #[derive(Derive)]
    #[model(table = "s")]
    #[has_many(children: S, key = parent)]
    #[belongs_to(r#type: S, key = parent)]
    pub(crate) struct S {
        #[model(primary_key)]
        id: i64,
        parent: ::core::option::Option<i64>,
        r#match: i64,
    }
    impl ::core::clone::Clone for S {
        fn clone(&self) -> Self {
            S { id: self.id, parent: self.parent, r#match: self.r#match }
        }
    }
    pub(crate) fn columns() -> [&'static str; 3] {
        let _ = S::r#type;
        [S::id.meta().name, S::r#match.meta().name, S::parent.meta().name]
    }
    /// Visibilities.
    pub mod inner {
        use super::Derive;
        #[derive(Derive, Clone)]
        #[model(table = "s")]
        #[has_many(others: Inner, key = id)]
        pub(super) struct Inner {
            #[model(primary_key)]
            pub(super) id: i64,
        }
        #[derive(Derive, Clone)]
        #[model(table = "s", module = "deeper_module")]
        #[has_many(others: Inner, key = id)]
        pub(in crate::hostile) struct Deeper {
            #[model(primary_key)]
            pub(super) id: i64,
        }
        #[derive(Derive, Clone)]
        #[model(table = "s")]
        #[has_many(others: Inner, key = id)]
        pub(self) struct Own {
            #[model(primary_key)]
            pub(super) id: i64,
        }
    }
}

#[test]
fn names_of_the_user_do_not_disturb() {
    assert_eq!(hostile::columns(), ["id", "match", "parent"]);
}

mod reading {
    use super::models::*;
    use orm_core::{Guarded, Has, Loaded, NotLoaded, Related, loaded};

    type Tree = loaded!(User { posts { comments, author }, profile });

    pub(super) fn loaded_slots(user: &Tree) -> usize {
        let _: &Option<Profile> = user.profile();
        user.posts().iter().map(|post| post.comments().len() + post.author().username.len()).sum()
    }

    pub(super) fn by_path(user: &loaded!(super::models::User { posts })) -> usize {
        user.posts().len()
    }

    pub(super) fn guarded(user: &UserWith<user::Slots<Guarded<Vec<Post>>>>) -> Result<usize, NotLoaded> {
        Ok(user.posts()?.len())
    }

    pub(super) fn titles(user: &UserWith<impl Has<user::posts>>) -> Vec<&str> {
        user.posts().models().map(|post| post.title.as_str()).collect()
    }

    pub(super) fn optional(
        post: &PostWith<post::Slots<orm_core::Unloaded<post::author>, Loaded<Option<User>>>>,
    ) -> bool {
        post.editor().is_some()
    }
}

#[test]
fn models_stand_in_a_function() {
    use orm_core::{DbEnum, DbNewtype, Model, loaded};
    let _ = (reading::loaded_slots, reading::by_path, reading::guarded, reading::optional);
    let _ = |user: &loaded!(models::User { posts })| reading::titles(user).len();

    #[derive(Debug, Clone, Copy, PartialEq, DbNewtype)]
    struct ParentId(i64);
    #[derive(Debug, Clone, Copy, PartialEq, DbEnum)]
    #[db(rename_all = "snake_case")]
    enum State {
        VeryNew,
        #[db(rename = "gone!")]
        Gone,
    }
    #[derive(Debug, Clone, Copy, PartialEq, DbEnum)]
    #[db(integer)]
    #[repr(i16)]
    enum Level {
        Low = 10,
        High = -3,
    }

    #[derive(Model, Clone)]
    #[model(table = "parents", schema = "s", rename_all = "camelCase")]
    #[has_many(children: Child, key(parent_id, nr))]
    struct Parent {
        #[model(primary_key)]
        parent_id: ParentId,
        #[model(primary_key, name = "number")]
        nr: i16,
        state: Option<State>,
        #[model(default = "10", type = "SMALLINT")]
        level: Level,
    }
    #[derive(Model, Clone)]
    #[model(table = "children", read_only)]
    #[belongs_to(parent: Parent, key(parent_id, nr))]
    struct Child {
        #[model(primary_key)]
        id: i64,
        parent_id: ParentId,
        nr: Option<i16>,
    }
    let meta = <Parent as Model>::META;
    assert_eq!(
        meta.columns.iter().map(|column| column.name).collect::<Vec<_>>(),
        ["parentId", "nr", "state", "level"]
    );
    assert!(meta.columns.iter().all(|column| !column.unique));
    let _ = Parent::find((ParentId(1), 2_i16));
    let _ = Child::find(1);
    let _ = Parent::insert(NewParent { parent_id: ParentId(1), nr: 1, state: None, level: None });
    let _ = Parent::number;
    let cell = orm_core::value::Cell::Text("very_new");
    use orm_core::value::ColumnType;
    assert_eq!(State::decode(cell), Ok(State::VeryNew));
    assert_eq!(Level::decode(orm_core::value::Cell::Unsigned(10)), Ok(Level::Low));
    assert!(Level::decode(orm_core::value::Cell::Int(11)).is_err());
    let _ = |child: &loaded!(Child { parent { children } })| {
        child.parent().as_ref().map(|parent| parent.children().len())
    };
    let _ = (State::Gone, Level::High, |parent: Parent| parent.level == Level::Low);
}

macro_rules! node {
    ($name:ident, $table:literal, $key:ident: $type:ty, $link:ident => $target:path) => {
        #[derive(orm_core::Model, Clone)]
        #[model(table = $table)]
        #[has_many($link: $target, key = $key)]
        struct $name {
            #[model(primary_key)]
            $key: $type,
            other: Option<$type>,
        }
    };
}

#[test]
fn a_macro_may_write_models() {
    node!(Left, "lefts", id: i64, rights => Right);
    node!(Right, "rights", id: i64, lefts => self::models::User);
    assert_eq!(Left::id.meta().model, "Left");
    let _ = (Left::rights, Right::lefts, |row: Left| (row.id, row.other));
}
