//! Checks of keys, made while the user's code compiles; the derive calls them with the span of the attribute.

use super::{BelongsTo, Column, Model, Rel};
use crate::meta::{ColumnMeta, ModelMeta, Through};
use crate::value::{ColumnType, NotNull, Nullability, Nullable};

/// The type of a key may refer to a key of type `K`: it is the same type, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "a key of type `{Self}` cannot refer to a primary key of type `{K}`",
    label = "this key's type differs from the primary key it refers to"
)]
pub trait RefersTo<K> {}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> RefersTo<T> for T {}
#[diagnostic::do_not_recommend]
impl<T: ColumnType<Nullability = NotNull>> RefersTo<T> for Option<T> {}

/// A tuple of columns of `M` that make a key.
#[diagnostic::on_unimplemented(
    message = "a key of `{M}` has one to three columns of `{M}`",
    label = "not a key of one to three columns"
)]
pub trait KeyColumns<M> {
    /// The columns' types: one, or a tuple.
    type Types;
    /// [`Nullable`] where any column is, else [`NotNull`].
    type Nullability: Nullability;
}

/// The nullability of two columns together.
pub trait Either<Other> {
    /// [`Nullable`] where one of both is.
    type Or: Nullability;
}

impl Either<NotNull> for NotNull {
    type Or = NotNull;
}
impl Either<Nullable> for NotNull {
    type Or = Nullable;
}
impl Either<NotNull> for Nullable {
    type Or = Nullable;
}
impl Either<Nullable> for Nullable {
    type Or = Nullable;
}

impl<M, A: ColumnType> KeyColumns<M> for (Column<M, A>,) {
    type Types = A;
    type Nullability = A::Nullability;
}

impl<M, A, B> KeyColumns<M> for (Column<M, A>, Column<M, B>)
where
    A: ColumnType<Nullability: Either<B::Nullability>>,
    B: ColumnType,
{
    type Types = (A, B);
    type Nullability = <A::Nullability as Either<B::Nullability>>::Or;
}

impl<M, A, B, C> KeyColumns<M> for (Column<M, A>, Column<M, B>, Column<M, C>)
where
    A: ColumnType<Nullability: Either<B::Nullability, Or: Either<C::Nullability>>>,
    B: ColumnType,
    C: ColumnType,
{
    type Types = (A, B, C);
    type Nullability = <<A::Nullability as Either<B::Nullability>>::Or as Either<C::Nullability>>::Or;
}

#[diagnostic::do_not_recommend]
impl<A: RefersTo<K>, B: RefersTo<L>, K, L> RefersTo<(K, L)> for (A, B) {}
#[diagnostic::do_not_recommend]
impl<A: RefersTo<K>, B: RefersTo<L>, C: RefersTo<N>, K, L, N> RefersTo<(K, L, N)> for (A, B, C) {}

/// Refuses a key whose columns are not of `M`, or whose types do not match the key `K` that it refers to.
#[doc(hidden)]
pub const fn check_key<M: Model, K, C>(_: &C)
where
    C: KeyColumns<M>,
    C::Types: RefersTo<K>,
{
}

/// A key that may be set to NULL when the row that it refers to goes.
#[diagnostic::on_unimplemented(
    message = "`set_null` needs a key that may be NULL",
    label = "this column is NOT NULL: give its field the type `Option<…>`, or choose another action"
)]
pub trait AcceptsNull {}

#[diagnostic::do_not_recommend]
impl AcceptsNull for Nullable {}

/// Refuses `set_null` for a column that is NOT NULL.
#[doc(hidden)]
pub const fn check_set_null<M: Model, T>(_: &Column<M, T>)
where
    T: ColumnType<Nullability: AcceptsNull>,
{
}

/// Refuses a `has_one` whose key is not unique.
#[doc(hidden)]
#[allow(clippy::panic)] // evaluated at compile time
pub const fn check_unique(meta: &ModelMeta, columns: &[&'static ColumnMeta]) {
    if !meta.is_unique(columns) {
        panic!(
            "the key of a `has_one` must be unique: add `#[model(unique)]` to it, or declare a `has_many`"
        );
    }
}

/// The model between `Source` and `Target`; refuses one without one `belongs_to` to each end. The last two are the
/// markers of these; where one of them cannot be inferred, the attribute must say `from` or `to`.
#[doc(hidden)]
pub const fn choose_by_from_and_to<Source, Between, Target, From, To>(
    _: Option<Rel<From>>,
    _: Option<Rel<To>>,
) -> Through
where
    Source: Model,
    Target: Model,
    Between: Model + BelongsTo<Source, From> + BelongsTo<Target, To>,
{
    Through {
        model: Between::META,
        source_key: <Between as BelongsTo<Source, From>>::KEY,
        target_key: <Between as BelongsTo<Target, To>>::KEY,
    }
}
