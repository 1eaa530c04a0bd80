//! Sort keys.

use std::marker::PhantomData;

use crate::ast::{Node, Nulls, Order};

/// A sort key of model `M`, made by `asc()` or `desc()`. It does not name the column's type, so that a query can choose its
/// order at run time.
///
/// Without [`nulls_first`](OrderBy::nulls_first) or [`nulls_last`](OrderBy::nulls_last), NULL sorts before everything
/// else, so first ascending and last descending, on every backend.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let key = if std::env::args().count() > 7 { User::name.desc() } else { User::email.asc().nulls_last() };
/// let users = User::select().order_by(key).all(&db).await?;
/// # assert_eq!(users.len(), 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a sort key does nothing until it is given to `order_by`"]
pub struct OrderBy<M> {
    order: Order,
    of: PhantomData<fn() -> M>,
}

impl<M> OrderBy<M> {
    pub(crate) fn new(node: Node, descending: bool) -> Self {
        OrderBy { order: Order { node, descending, nulls: None }, of: PhantomData }
    }

    /// NULL comes first.
    pub fn nulls_first(mut self) -> Self {
        self.order.nulls = Some(Nulls::First);
        self
    }

    /// NULL comes last.
    pub fn nulls_last(mut self) -> Self {
        self.order.nulls = Some(Nulls::Last);
        self
    }
}

impl<M> Clone for OrderBy<M> {
    fn clone(&self) -> Self {
        OrderBy { order: self.order.clone(), of: PhantomData }
    }
}

impl<M> std::fmt::Debug for OrderBy<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.order.fmt(f)
    }
}

/// What `order_by` takes: one sort key of `M`, a tuple, or any collection of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a sort key of `{M}`",
    label = "expected e.g. `{M}::id.asc()`, a tuple of two or three, or a collection of such"
)]
pub trait SortKeys<M> {
    /// The keys as data, in order.
    #[doc(hidden)]
    fn into_orders(self) -> Vec<Order>;
}

#[diagnostic::do_not_recommend]
impl<M> SortKeys<M> for OrderBy<M> {
    fn into_orders(self) -> Vec<Order> {
        vec![self.order]
    }
}

#[diagnostic::do_not_recommend]
impl<M> SortKeys<M> for Vec<OrderBy<M>> {
    fn into_orders(self) -> Vec<Order> {
        self.into_iter().map(|key| key.order).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<M> SortKeys<M> for Option<OrderBy<M>> {
    fn into_orders(self) -> Vec<Order> {
        self.into_iter().map(|key| key.order).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<M, const N: usize> SortKeys<M> for [OrderBy<M>; N] {
    fn into_orders(self) -> Vec<Order> {
        self.into_iter().map(|key| key.order).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<M> SortKeys<M> for (OrderBy<M>, OrderBy<M>) {
    fn into_orders(self) -> Vec<Order> {
        vec![self.0.order, self.1.order]
    }
}

#[diagnostic::do_not_recommend]
impl<M> SortKeys<M> for (OrderBy<M>, OrderBy<M>, OrderBy<M>) {
    fn into_orders(self) -> Vec<Order> {
        vec![self.0.order, self.1.order, self.2.order]
    }
}
