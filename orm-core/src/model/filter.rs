//! Conditions on a model's rows.

use std::marker::PhantomData;

use crate::ast::Node;

/// A condition on a row of model `M`: what `filter` takes, and a type that functions can take and return.
///
/// Any number of terms may be joined; nesting (`not` of `not` of …, alternating `and` and `or`) is capped at 256 levels,
/// past which the query gives [`Error::QueryTooComplex`](crate::Error::QueryTooComplex) before anything is sent.
///
/// ```
#[doc = include_str!("../example.txt")]
/// fn reachable(name: Option<&str>) -> Filter<User> {
///     let filters = name.into_iter().map(|name| User::name.eq(name));
///     Filter::all_of(filters).and(User::email.is_not_null())
/// }
/// assert_eq!(User::select().filter(reachable(Some("ada"))).count(&db).await?, 0);
/// assert_eq!(User::select().filter(!reachable(None)).count(&db).await?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a filter does nothing until it is given to a query"]
pub struct Filter<M> {
    pub(crate) node: Node,
    of: PhantomData<fn() -> M>,
}

impl<M> Filter<M> {
    pub(crate) fn new(node: Node) -> Self {
        Filter { node: node.checked(), of: PhantomData }
    }

    /// Both conditions hold.
    pub fn and(self, other: Filter<M>) -> Filter<M> {
        Filter { node: self.node.and(other.node), of: PhantomData }
    }

    /// One of the conditions holds.
    pub fn or(self, other: Filter<M>) -> Filter<M> {
        Filter { node: self.node.or(other.node), of: PhantomData }
    }

    /// The condition does not hold. SQL's third value stays: where the condition is NULL, so is its negation.
    #[allow(clippy::should_implement_trait)] // `!filter` works too
    pub fn not(self) -> Filter<M> {
        Filter::new(self.node.negate())
    }

    /// All conditions hold; with none, every row fulfils it.
    pub fn all_of(filters: impl IntoIterator<Item = Filter<M>>) -> Filter<M> {
        Filter::new(Node::And(filters.into_iter().map(|filter| filter.node).collect()))
    }

    /// One of the conditions holds; with none, no row fulfils it.
    pub fn any_of(filters: impl IntoIterator<Item = Filter<M>>) -> Filter<M> {
        Filter::new(Node::Or(filters.into_iter().map(|filter| filter.node).collect()))
    }
}

impl<M> std::ops::Not for Filter<M> {
    type Output = Filter<M>;

    fn not(self) -> Filter<M> {
        Filter::not(self)
    }
}

impl<M> Clone for Filter<M> {
    fn clone(&self) -> Self {
        Filter { node: self.node.clone(), of: PhantomData }
    }
}

impl<M> std::fmt::Debug for Filter<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}
