//! Columns and expressions, typed by the model that they are rooted at and by the type of their value.

use std::marker::PhantomData;

use crate::ast::Node;
use crate::meta::ColumnMeta;

/// A column of model `M` whose field has type `T`, such as `User::username`. Derived.
///
/// Comparisons give a [`Filter`](super::Filter) of `M`, arithmetic and functions an [`Expr`] of `M`; both are refused where
/// another model's is wanted.
pub struct Column<M, T> {
    meta: &'static ColumnMeta,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Column<M, T> {
    /// The column with these facts; for the derive.
    #[doc(hidden)]
    pub const fn new(meta: &'static ColumnMeta) -> Self {
        Column { meta, of: PhantomData }
    }

    /// Facts about the column: its name, its type, its place.
    pub const fn meta(&self) -> &'static ColumnMeta {
        self.meta
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M, T> std::fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}::{}", self.meta.model, self.meta.field)
    }
}

/// An expression of type `T` over a row of model `M`, and over what its relations lead to.
pub struct Expr<M, T> {
    node: Node,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Expr<M, T> {
    pub(crate) fn new(node: Node) -> Self {
        Expr { node: node.checked(), of: PhantomData }
    }

    /// SQL of your own, `{}` standing for each argument in turn. It is the escape hatch for what has no method here; its
    /// type is yours to say, and is checked when a row is read.
    ///
    /// Values are bound, never written into the text: pass them as arguments with [`Expr::value`].
    ///
    /// # Errors
    /// A number of arguments other than that of `{}`, a `;` or a comment gives
    /// [`Error::InvalidQuery`](crate::Error::InvalidQuery) when the query runs, before anything is sent.
    pub fn raw<A: Expression<M>>(sql: &'static str, arguments: impl IntoIterator<Item = A>) -> Self {
        Expr::new(Node::Raw { sql, arguments: arguments.into_iter().map(Expression::node).collect() })
    }
}

impl<M, T> Clone for Expr<M, T> {
    fn clone(&self) -> Self {
        Expr { node: self.node.clone(), of: PhantomData }
    }
}

impl<M, T> std::fmt::Debug for Expr<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}

/// A column or an expression of model `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column or expression of `{M}`",
    label = "expected a column such as `{M}::id`, or an expression made of columns of `{M}`",
    note = "a related model's columns are reached through the relation: `.any(..)`, `.count()`, or `.get(..)` for a to-one"
)]
pub trait Expression<M>: Sized {
    /// The type of its value.
    type Type;

    /// The expression as data.
    #[doc(hidden)]
    fn node(self) -> Node;
}

impl<M, T> Expression<M> for Column<M, T> {
    type Type = T;

    fn node(self) -> Node {
        Node::Column(self.meta)
    }
}

impl<M, T> Expression<M> for Expr<M, T> {
    type Type = T;

    fn node(self) -> Node {
        self.node
    }
}
