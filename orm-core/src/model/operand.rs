//! What may stand on the other side of a comparison.

use super::{Column, Expr, Expression};
use crate::ast::{Bind, Node};
use crate::meta::ColumnMeta;
use crate::value::{ColumnType, NotNull, Value};

/// What a column of type `T` of model `M` can be compared with or set to: a plain value, a reference, an `Option` where the
/// column is nullable, or another column or expression of the same model.
#[diagnostic::on_unimplemented(
    message = "a column of type `{T}` cannot be compared with or set to `{Self}`",
    label = "expected `{T}`, or a column of `{M}` of that type",
    note = "values of another type are converted in Rust first, e.g. with `.into()` or `try_into()`",
    note = "an `Option`, and so `None`, is for a column whose field is an `Option`"
)]
pub trait Operand<M, T> {
    /// The operand as data; `column` is what it is compared with, for messages.
    #[doc(hidden)]
    fn into_node(self, column: Option<&'static ColumnMeta>) -> Node;
}

/// A value to bind, typed by the column's Rust type.
pub(crate) fn bind<T: ColumnType>(value: Value, column: Option<&'static ColumnMeta>) -> Bind {
    Bind { value, sql_type: T::TYPE, column }
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType> Operand<M, T> for T {
    fn into_node(self, column: Option<&'static ColumnMeta>) -> Node {
        Node::Bind(bind::<T>(self.encode(), column))
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType<Nullability = NotNull>> Operand<M, Option<T>> for T {
    fn into_node(self, column: Option<&'static ColumnMeta>) -> Node {
        Node::Bind(bind::<T>(self.encode(), column))
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType> Operand<M, T> for &T {
    fn into_node(self, column: Option<&'static ColumnMeta>) -> Node {
        Node::Bind(bind::<T>(self.clone().encode(), column))
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: ColumnType<Nullability = NotNull>> Operand<M, Option<T>> for &T {
    fn into_node(self, column: Option<&'static ColumnMeta>) -> Node {
        Node::Bind(bind::<T>(self.clone().encode(), column))
    }
}

/// Borrowed text and bytes. Not in an `Option`: then `None` alone would have two types, and `eq(None)` would not compile.
macro_rules! borrowed {
    ($borrowed:ty => $owned:ty) => {
        #[diagnostic::do_not_recommend]
        impl<M> Operand<M, $owned> for &$borrowed {
            fn into_node(self, column: Option<&'static ColumnMeta>) -> Node {
                Operand::<M, $owned>::into_node(<$owned>::from(self), column)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M> Operand<M, Option<$owned>> for &$borrowed {
            fn into_node(self, column: Option<&'static ColumnMeta>) -> Node {
                Operand::<M, $owned>::into_node(<$owned>::from(self), column)
            }
        }
    };
}

borrowed!(str => String);
borrowed!([u8] => Vec<u8>);

/// A column or expression of the same model; NULL-ness may differ on either side.
macro_rules! same_model {
    ($type:ident) => {
        #[diagnostic::do_not_recommend]
        impl<M, T: ColumnType> Operand<M, T> for $type<M, T> {
            fn into_node(self, _: Option<&'static ColumnMeta>) -> Node {
                Expression::<M>::node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, T: ColumnType<Nullability = NotNull>> Operand<M, Option<T>> for $type<M, T> {
            fn into_node(self, _: Option<&'static ColumnMeta>) -> Node {
                Expression::<M>::node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, T: ColumnType<Nullability = NotNull>> Operand<M, T> for $type<M, Option<T>> {
            fn into_node(self, _: Option<&'static ColumnMeta>) -> Node {
                Expression::<M>::node(self)
            }
        }
    };
}

same_model!(Column);
same_model!(Expr);

/// The value of an operand of a key, for the derive's `find`.
#[doc(hidden)]
pub fn equals<M, T>(column: Column<M, T>, operand: impl Operand<M, T>) -> super::Filter<M> {
    super::Filter::new(Node::binary(
        crate::ast::Binary::Eq,
        Node::Column(column.meta()),
        operand.into_node(Some(column.meta())),
    ))
}
