//! The derives, with what they take and what they give.

/// Makes a struct a row of a table.
///
/// The struct is the row and nothing else: one field a column, an `Option` where the column may be NULL. Relations are
/// declared beside it.
///
/// ```
/// use orm_core::Model;
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[model(table = "users")]
/// #[has_many(posts: Post, key = author_id)]
/// pub struct User {
///     #[model(primary_key, generated)]
///     pub id: i64,
///     #[model(unique)]
///     pub username: String,
///     pub email: Option<String>,
/// }
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[model(table = "posts", index(author_id, title))]
/// #[belongs_to(author: User, key = author_id, on_delete = cascade)]
/// #[many_to_many(tags: Tag, through = Tagging)]
/// pub struct Post {
///     #[model(primary_key, generated)]
///     pub id: i64,
///     pub author_id: i64,
///     pub title: String,
///     #[model(default = "0")]
///     pub score: i32,
/// }
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[model(table = "tags")]
/// pub struct Tag {
///     #[model(primary_key)]
///     pub name: String,
/// }
///
/// #[derive(Model, Debug, Clone, PartialEq)]
/// #[model(table = "taggings")]
/// #[belongs_to(post: Post, key = post_id)]
/// #[belongs_to(tag: Tag, key = tag)]
/// pub struct Tagging {
///     #[model(primary_key)]
///     pub post_id: i64,
///     #[model(primary_key, name = "tag_name")] // `Tagging::tag` is the relation
///     pub tag: String,
/// }
/// ```
///
/// # Attributes of the struct
/// - `#[model(table = "…")]`: the table's name. It must be given.
/// - `schema = "…"`: the schema that the table stands in.
/// - `rename_all = "…"`: the case of the columns' names, under serde's names (`"camelCase"`, `"SCREAMING_SNAKE_CASE"` …).
/// - `index(a, b)`, `unique(a, b)`: an index or a unique constraint over several fields; each any number of times.
/// - `read_only`: a view, or a table that is never written. There is only `select` and `find`.
/// - `module = "…"`: another name for the module of the relations, where the struct's name in snake case is taken.
///
/// # Attributes of a field
/// - `#[model(primary_key)]`: on several fields for a composite key.
/// - `generated`: the database makes the value (an integer or UUID primary key).
/// - `unique`, `index`: over this column alone.
/// - `default = "SQL"`: the column's default.
/// - `column = "…"`: the column's name, where it is not the field's.
/// - `type = "…"`: the SQL type to declare in place of the one that follows from the field's type.
/// - `name = "…"`: another Rust name for the column's constant; the column keeps its own.
///
/// # Relations
/// - `#[belongs_to(author: User, key = author_id)]`: columns of this struct refer to the other's primary key. A nullable
///   key makes the relation optional. `on_delete = …` and `on_update = …` are `no_action`, `restrict`, `cascade`,
///   `set_null` or `set_default`.
/// - `#[has_many(posts: Post, key = author_id)]`, `#[has_one(profile: Profile, key = user_id)]`: columns of the other
///   struct refer to this one's primary key. Those of a `has_one` are unique.
/// - `#[many_to_many(tags: Tag, through = Tagging)]`: `Tagging` is a model with a `belongs_to` to each end. Where it has
///   several to one end, `from = relation` and `to = relation` name the two that are meant.
///
/// A composite key is written `key(tenant_id, order_id)`, in the order of the primary key that it refers to; the columns
/// are fields' names (or constants' names where `name` gives another).
///
/// # What it gives
/// For a struct `Post`:
/// - `Post::title`, a [`Column`](crate::Column) for each field, and `Post::author`, a [`Rel`](crate::Rel) for each relation;
/// - `Post::select()`, `find(key)`, `insert(row)`, `insert_many(rows)`, `update()`, `update_many(rows, columns)` and
///   `delete()`;
/// - `NewPost`, a row to insert: every column that is not generated. One with a default is an `Option`, where `None`
///   is the default (for a nullable column `Some(None)` is NULL);
/// - `PostWith<S>`, a post with what a query loaded, which dereferences to `Post` and has a method for each relation;
/// - the module `post` with a marker for each relation (`post::author`).
///
/// These share names with what you write: a method of yours called like a column (`fn title(&self)`) does not compile
/// beside its constant. `find`, `default` and the like cannot be columns' constants: give those another `name`.
pub use orm_macros::Model;

/// Stores an enum in a column, as text or as an integer.
///
/// As text each variant is stored under its own name, or as `#[db(rename_all = "…")]` (serde's names of cases) or
/// `#[db(rename = "…")]` on the variant says:
///
/// ```
/// use orm_core::DbEnum;
///
/// #[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
/// #[db(rename_all = "snake_case")]
/// enum Status {
///     Active,
///     #[db(rename = "deleted")]
///     Gone,
/// }
///
/// #[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
/// #[db(integer)]
/// #[repr(i16)] // a SMALLINT; without it an INTEGER
/// enum Level {
///     Low = 10,
///     High = 20,
/// }
/// ```
///
/// A value of the database that no variant has is [`Error::Decode`](crate::Error::Decode) when it is read.
pub use orm_macros::DbEnum;

/// Stores a newtype in a column, as what it wraps.
///
/// ```
/// use orm_core::DbNewtype;
///
/// #[derive(DbNewtype, Debug, Clone, Copy, PartialEq)]
/// struct UserId(i64);
/// ```
pub use orm_macros::DbNewtype;

/// The type of a model with these relations loaded, fully and plainly: `loaded!(User { posts { comments }, profile })` is
/// what `User::select().with(User::posts.selectin().with(Post::comments.selectin())).with(User::profile.joined())` gives.
///
/// ```
/// # use orm_core::Model;
/// # #[derive(Model, Clone)]
/// # #[model(table = "users")]
/// # #[has_many(posts: Post, key = author_id)]
/// # struct User { #[model(primary_key)] id: i64 }
/// # #[derive(Model, Clone)]
/// # #[model(table = "posts")]
/// # #[has_many(comments: Comment, key = post_id)]
/// # struct Post { #[model(primary_key)] id: i64, author_id: i64 }
/// # #[derive(Model, Clone)]
/// # #[model(table = "comments")]
/// # struct Comment { #[model(primary_key)] id: i64, post_id: i64 }
/// use orm_core::loaded;
///
/// fn comments(user: &loaded!(User { posts { comments } })) -> usize {
///     user.posts().iter().map(|post| post.comments().len()).sum()
/// }
/// ```
pub use orm_macros::loaded;
