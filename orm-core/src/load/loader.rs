//! A loader: a relation, a strategy and what is loaded with it.

use std::marker::PhantomData;

use super::guard::{Guard, Raise};
use super::joined::Joined;
use super::plan::{Loadable, Plan, Whole, WithLoads};
use super::selectin::SelectIn;
use crate::ast::{Node, Order};
use crate::error::Result;
use crate::meta::Link;
use crate::model::{Cardinality, Fill, Filter, IsVacant, Part, Rel, Relation, SortKeys, ToMany};

/// What `with` takes: a relation and how to load it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loader",
    label = "expected a loader such as `User::posts.selectin()`",
    note = "say how the relation is to be loaded: `.selectin()`, `.joined()` or `.raise()`"
)]
pub trait Loader: Clone + Send + 'static {
    /// The relation that it loads.
    type Relation: Relation;
}

/// A way to load related rows.
pub trait Strategy: Clone + Send + 'static {}

/// Loads relation `R` by strategy `St`; each related row is what plan `P` makes of it, and `X` tells whether all rows are
/// loaded ([`Full`]) or a part ([`Filtered`]).
#[must_use = "a loader loads nothing until it is given to `.with(..)`"]
pub struct Load<R, St, P, X = Full> {
    pub(crate) plan: P,
    pub(crate) filter: Option<Node>,
    pub(crate) order_by: Vec<Order>,
    of: PhantomData<Kind<R, St, X>>,
}

/// What tells one load's type from another's without being in it.
type Kind<R, St, X> = fn() -> (R, St, X);

/// Loads all rows of the relation.
#[derive(Debug, Clone, Copy)]
pub enum Full {}

/// Loads the rows of the relation that fulfil a filter.
#[derive(Debug, Clone, Copy)]
pub enum Filtered {}

/// How much of a relation a load gives, and in which type: a part never passes for the whole.
pub trait Extent<C: Cardinality>: 'static {
    /// What is loaded for one parent.
    type Of<T: Send + 'static>: Send + 'static;

    /// Makes it of the rows that were found.
    ///
    /// # Errors
    /// [`Error::Vanished`](crate::Error::Vanished) where one row must be there and is not.
    fn gather<T: Send + 'static>(link: &'static Link, rows: impl Iterator<Item = T>) -> Result<Self::Of<T>>;
}

impl<C: Cardinality> Extent<C> for Full {
    type Of<T: Send + 'static> = C::Of<T>;

    fn gather<T: Send + 'static>(link: &'static Link, rows: impl Iterator<Item = T>) -> Result<C::Of<T>> {
        C::gather(link, rows)
    }
}

// For every cardinality, so that a filtered to-one load is refused once, by `filter` itself.
impl<C: Cardinality> Extent<C> for Filtered {
    type Of<T: Send + 'static> = Part<T>;

    fn gather<T: Send + 'static>(_: &'static Link, rows: impl Iterator<Item = T>) -> Result<Part<T>> {
        Ok(Part::new(rows.collect()))
    }
}

impl<R, St, P: Clone, X> Clone for Load<R, St, P, X> {
    fn clone(&self) -> Self {
        Load {
            plan: self.plan.clone(),
            filter: self.filter.clone(),
            order_by: self.order_by.clone(),
            of: PhantomData,
        }
    }
}

impl<R, St, P, X> Load<R, St, P, X> {
    fn new(plan: P) -> Self {
        Load { plan, filter: None, order_by: Vec::new(), of: PhantomData }
    }

    /// The same load with another plan or extent.
    fn with_parts<Q, Y>(self, plan: impl FnOnce(P) -> Q) -> Load<R, St, Q, Y> {
        Load { plan: plan(self.plan), filter: self.filter, order_by: self.order_by, of: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Relation, St: Strategy, P: Plan, X: Extent<R::Cardinality>> Loader for Load<R, St, P, X> {
    type Relation = R;
}

impl<R: Relation> Rel<R> {
    /// Loads the relation by one statement more, for all parents at once: `SELECT … FROM target WHERE key IN (the parents'
    /// keys)`. The usual choice for to-many relations, whose rows it never repeats.
    pub fn selectin(self) -> Load<R, SelectIn, Whole<R::Target>> {
        Load::new(Whole::default())
    }

    /// Loads the relation in the parent's own statement, by LEFT JOIN. The usual choice for to-one relations; a to-many one
    /// repeats the parent's columns for each row, and one query may join only one to-many relation at a level.
    pub fn joined(self) -> Load<R, Joined, Whole<R::Target>> {
        Load::new(Whole::default())
    }

    /// Loads nothing; reading the relation gives [`NotLoaded`](crate::NotLoaded). For code that must compile against a shape
    /// with this relation and must not pay for it.
    pub fn raise(self) -> Raise<R> {
        Raise::default()
    }
}

impl<R: Relation, St: Strategy, P: Plan<Model = R::Target>, X> Load<R, St, P, X> {
    /// Loads a relation of the related rows too.
    pub fn with<L, S>(self, loader: L) -> Load<R, St, WithLoads<R::Target, S>, X>
    where
        L: Loader,
        P: Loadable<Slots: Fill<L::Relation, L, Before: IsVacant, Out = S>>,
    {
        self.with_parts(|plan| WithLoads::new(plan.into_slots().fill(loader)))
    }

    /// Loads a relation of the related rows where the condition is true when the query is built; see
    /// [`Select::with_if`](crate::query::Select::with_if).
    pub fn with_if<L, S>(self, condition: bool, loader: L) -> Load<R, St, WithLoads<R::Target, S>, X>
    where
        L: Loader,
        P: Loadable<Slots: Fill<L::Relation, Guard<L>, Before: IsVacant, Out = S>>,
    {
        self.with(Guard(condition.then_some(loader)))
    }

    /// Loads only the rows that fulfil the filter. The result is a [`Part`], which can not be mistaken for the whole.
    pub fn filter(mut self, filter: Filter<R::Target>) -> Load<R, St, P, Filtered>
    where
        R::Cardinality: ToMany,
    {
        filter.node.add_to(&mut self.filter);
        self.with_parts(|plan| plan)
    }

    /// The order of the related rows of each parent; the primary key is appended.
    pub fn order_by(mut self, keys: impl SortKeys<R::Target>) -> Self
    where
        R::Cardinality: ToMany,
    {
        self.order_by.extend(keys.into_orders());
        self
    }
}
