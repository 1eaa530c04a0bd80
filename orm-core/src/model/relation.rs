//! Relations: markers that the derive makes, and the constants that queries are written with.

use std::marker::PhantomData;

use super::{Cardinality, Model};
use crate::meta::{ColumnMeta, Link};

/// A relation's marker, such as `user::posts`. Derived.
pub trait Relation: Send + Sync + 'static {
    /// The model that it starts at.
    type Source: Model;
    /// The model that it leads to.
    type Target: Model;
    /// How many rows it leads to.
    type Cardinality: Cardinality;
    /// Which columns meet which.
    const LINK: &'static Link;
}

/// The relation of a model by the hash of its name: how `loaded!` finds a marker without knowing the module that it
/// stands in. Derived.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no relation of this name",
    label = "no relation of `{Self}`",
    note = "`loaded!` names relations as the model's attributes declare them: `#[has_many(posts: Post, …)]` is `posts`"
)]
pub trait Named<const NAME: u64> {
    /// The relation's marker.
    type Marker: Relation;
}

/// A `belongs_to` of a model, as an end of a many-to-many relation through it. Derived.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `belongs_to` to `{T}`",
    label = "the model in `through` needs one `belongs_to` for each end of the relation"
)]
pub trait BelongsTo<T, R> {
    /// The referring columns.
    const KEY: &'static [&'static ColumnMeta];
}

/// A relation as a value, such as `User::posts`: what loaders, filters and paths are made from.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let users = User::select()
///     .filter(User::posts.any(Post::score.gt(0)))
///     .order_by(User::posts.count().desc())
///     .with(User::posts.selectin().order_by(Post::score.desc()))
///     .all(&db)
///     .await?;
/// assert_eq!(users[0].posts().len(), 1);
/// let by_ada = Post::select().filter(Post::author.get(User::name).eq("ada")).with(Post::author.joined()).one(&db).await?;
/// assert_eq!(by_ada.author().name, "ada");
/// # Ok(())
/// # }
/// ```
pub struct Rel<R>(PhantomData<fn() -> R>);

impl<R> Rel<R> {
    /// The relation with this marker; for the derive.
    #[doc(hidden)]
    pub const fn new() -> Self {
        Rel(PhantomData)
    }
}

impl<R> Default for Rel<R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<R> Clone for Rel<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Rel<R> {}

impl<R: Relation> std::fmt::Debug for Rel<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}::{}", R::LINK.source.name, R::LINK.name)
    }
}
