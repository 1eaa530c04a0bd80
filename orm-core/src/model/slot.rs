//! Slots: what a loaded value knows, in its type, about each relation of its model.
//!
//! A slot is [`Unloaded`], [`Loaded`] or [`Guarded`]. The derive makes a struct of slots for each model and one
//! accessor a relation, which exists for slots that [`Reads`] accepts. The blanket impls are marked
//! `do_not_recommend`, so that rustc reports the bound that the user's code failed and not what lies behind it.

use std::fmt::Debug;
use std::marker::PhantomData;

use super::{Cardinality, Model, Related, Relation};
use crate::error::NotLoaded;

/// The slot of a relation that the query did not load. It holds nothing and gives nothing.
pub struct Unloaded<R>(PhantomData<fn() -> R>);

/// The slot of a relation that the query loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded<V>(pub(crate) V);

/// The slot of a relation that was loaded or not, as the query decided at run time.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let wanted = false;
/// let user = User::select().with_if(wanted, User::posts.selectin()).one(&db).await?;
/// let error = user.posts().unwrap_err();
/// assert!(error.to_string().contains(".with(User::posts.selectin())"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded<V>(pub(crate) Option<V>);

/// The rows of a relation that a load was asked to filter: a part, which never passes for the whole.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let user = User::select().with(User::posts.selectin().filter(Post::score.gt(5))).one(&db).await?;
/// let popular: &Part<Post> = user.posts();
/// assert!(popular.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T>(pub(crate) Vec<T>);

impl<R> Default for Unloaded<R> {
    fn default() -> Self {
        Unloaded(PhantomData)
    }
}

impl<R> Clone for Unloaded<R> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<R> PartialEq for Unloaded<R> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<R> Eq for Unloaded<R> {}

impl<R> Debug for Unloaded<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unloaded")
    }
}

impl<V> Loaded<V> {
    pub(crate) fn new(value: V) -> Self {
        Loaded(value)
    }

    /// The loaded value.
    pub fn into_inner(self) -> V {
        self.0
    }
}

impl<V> Guarded<V> {
    pub(crate) fn new(value: Option<V>) -> Self {
        Guarded(value)
    }

    /// The loaded value, where the query loaded it.
    pub fn into_inner(self) -> Option<V> {
        self.0
    }
}

impl<T> Part<T> {
    pub(crate) fn new(rows: Vec<T>) -> Self {
        Part(rows)
    }

    /// The rows that fulfil the load's filter.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> std::ops::Deref for Part<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> IntoIterator for Part<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Part<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// What a full load of `R` gives.
type Full<R> = <<R as Relation>::Cardinality as Cardinality>::Of<<R as Relation>::Target>;

/// The three states of a slot, and what an accessor gives for each. Total, so that reading an unloaded slot is one
/// error and not two: for [`Unloaded`] it names what a full load would give.
pub trait State<R: Relation> {
    /// What the accessor returns.
    type Access<'a>
    where
        Self: 'a;
}

impl<R: Relation> State<R> for Unloaded<R> {
    type Access<'a> = &'a Full<R>;
}

impl<R: Relation, V> State<R> for Loaded<V> {
    type Access<'a>
        = &'a V
    where
        V: 'a;
}

impl<R: Relation, V> State<R> for Guarded<V> {
    type Access<'a>
        = Result<&'a V, NotLoaded>
    where
        V: 'a;
}

/// A state that can be read: loaded or guarded.
pub trait Readable<R: Relation>: State<R> {
    /// What the accessor returns.
    fn access(&self) -> Self::Access<'_>;
}

impl<R: Relation, V> Readable<R> for Loaded<V> {
    fn access(&self) -> &V {
        &self.0
    }
}

impl<R: Relation, V> Readable<R> for Guarded<V> {
    fn access(&self) -> Result<&V, NotLoaded> {
        self.0.as_ref().ok_or(NotLoaded { model: R::Source::META.name, relation: R::LINK.name })
    }
}

/// A struct of slots that has one for `R`. Derived.
pub trait Slot<R: Relation> {
    /// The slot's state.
    type State: State<R>;
    /// The slot.
    fn slot(&self) -> &Self::State;
}

/// Slots of which the one for `R` can be read: the bound behind every accessor.
pub trait Reads<R: Relation>: Slot<R> {
    /// What the accessor returns.
    fn read(&self) -> <Self::State as State<R>>::Access<'_>;
}

#[diagnostic::do_not_recommend]
impl<R: Relation, S: Slot<R, State: Readable<R>>> Reads<R> for S {
    fn read(&self) -> <Self::State as State<R>>::Access<'_> {
        self.slot().access()
    }
}

/// Slots of which the one for `R` is loaded, for certain: the bound for functions that need a relation, whatever else
/// was loaded.
///
/// `fn titles(user: &UserWith<impl Has<user::posts>>)` accepts every shape that has posts.
#[diagnostic::on_unimplemented(
    message = "relation `{R}` was not loaded by this query",
    label = "`{R}` is not loaded for certain",
    note = "add a loader to the query that made this value, such as `.with(User::posts.selectin())`",
    note = "one that is loaded by `with_if` or `raise` may be missing: read it and match on the `Result`"
)]
pub trait Has<R: Relation>: Reads<R> + Slot<R, State = Loaded<<Self as Has<R>>::Value>> {
    /// The loaded value.
    type Value: Related<R::Target>;
}

#[diagnostic::do_not_recommend]
impl<R: Relation, S, V> Has<R> for S
where
    S: Slot<R, State = Loaded<V>>,
    V: Related<R::Target>,
{
    type Value = V;
}

/// A slot that has no loader yet.
#[diagnostic::on_unimplemented(
    message = "a relation is loaded twice by this query",
    label = "this relation already has a loader",
    note = "one loader a relation: put its `.filter(..)`, `.order_by(..)` and nested `.with(..)` into one"
)]
pub trait IsVacant {}

#[diagnostic::do_not_recommend]
impl<R> IsVacant for Unloaded<R> {}

/// A struct of slots into which a loader (or a loaded value) for `R` can be put. Derived, for every state of the slot:
/// whether it is vacant is asked beside it, in words of its own.
#[diagnostic::on_unimplemented(
    message = "relation `{R}` does not start at the model that it is loaded for",
    label = "a relation of another model",
    note = "nest it in a loader that leads to its model: `.with(outer.selectin().with(inner.selectin()))`"
)]
pub trait Fill<R, L> {
    /// What the slot holds before.
    type Before;
    /// The slots with the new content.
    type Out;
    /// Puts it in.
    fn fill(self, content: L) -> Self::Out;
}
