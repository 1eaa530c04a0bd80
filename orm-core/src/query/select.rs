//! SELECT: what is read, from which rows, in which order.

use crate::ast;
use crate::dialect::Dialect;
use crate::error::Result;
use crate::load::{Columns, Guard, Loadable, Loader, Plan, Selectable, Tree, Whole, WithLoads};
use crate::model::{Expression, Fill, Filter, IsVacant, Model, SortKeys};
use crate::sql;

/// A query for rows of a model; `P` is its plan, which says what each row becomes.
///
/// It is a value: it can be cloned, kept, returned from functions and changed step by step. It ends with a verb:
/// [`all`](Select::all), [`one`](Select::one), [`optional`](Select::optional), [`first`](Select::first),
/// [`count`](Select::count), [`exists`](Select::exists) and the aggregates.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let named = User::select().filter(User::name.starts_with("a"));
/// assert!(named.clone().exists(&db).await?);
/// let users = named.order_by(User::name.asc()).limit(20).with(User::posts.selectin()).all(&db).await?;
/// assert_eq!(users[0].posts()[0].title, "On engines");
/// # Ok(())
/// # }
/// ```
#[must_use = "a query does nothing until a verb such as `.all(&db)` runs it"]
pub struct Select<P> {
    pub(crate) plan: P,
    pub(crate) statement: ast::Select,
    /// Whether the filter holds for one row at most, so that no limit need say so.
    pub(crate) unique: bool,
}

/// All rows of `M`: what the derive's `User::select()` calls.
pub fn select<M: Model>() -> Select<Whole<M>> {
    Select { plan: Whole::default(), statement: ast::Select::new(M::META), unique: false }
}

/// The row of `M` with a primary key: what the derive's `User::find(key)` calls.
#[doc(hidden)]
pub fn find<M: Model>(key: impl IntoIterator<Item = Filter<M>>) -> Select<Whole<M>> {
    Select { unique: true, ..select().filter(Filter::all_of(key)) }
}

impl<P: Clone> Clone for Select<P> {
    fn clone(&self) -> Self {
        Select { plan: self.plan.clone(), statement: self.statement.clone(), unique: self.unique }
    }
}

impl<P: Plan> std::fmt::Debug for Select<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Select").field(&P::Model::META.name).field(&self.statement).finish()
    }
}

impl<P: Plan> Select<P> {
    /// Only rows that fulfil the filter; called again, both must hold.
    pub fn filter(mut self, filter: Filter<P::Model>) -> Self {
        filter.node.add_to(&mut self.statement.filter);
        self
    }

    /// [`filter`](Select::filter), where the condition is true when the query is built.
    pub fn filter_if(self, condition: bool, filter: Filter<P::Model>) -> Self {
        if condition { self.filter(filter) } else { self }
    }

    /// The order of the rows: a sort key, a tuple, or any collection made at run time; called again, further keys. The
    /// primary key is appended, so that the order is always total.
    pub fn order_by(mut self, keys: impl SortKeys<P::Model>) -> Self {
        self.statement.order_by.extend(keys.into_orders());
        self
    }

    /// At most this many rows of the model, however many related rows are joined to them. Without an `order_by` they are the
    /// first in order of the primary key.
    pub fn limit(mut self, rows: u64) -> Self {
        self.statement.limit = Some(rows);
        self
    }

    /// Passes over this many rows of the model first.
    pub fn offset(mut self, rows: u64) -> Self {
        self.statement.offset = Some(rows);
        self
    }

    /// No two rows that agree in everything selected: `SELECT DISTINCT`. For whole models, which have a key, it changes
    /// nothing; it is for [`columns`](Select::columns).
    pub fn distinct(mut self) -> Self {
        self.statement.distinct = true;
        self
    }

    /// Loads a relation of each row; the type of the rows says so.
    // The result's slots are a parameter, found through the bound: named by a path of it, they would turn a bound that does
    // not hold into "no method `with`".
    pub fn with<L, S>(self, loader: L) -> Select<WithLoads<P::Model, S>>
    where
        L: Loader,
        P: Loadable<Slots: Fill<L::Relation, L, Before: IsVacant, Out = S>>,
    {
        let slots = self.plan.into_slots().fill(loader);
        Select { plan: WithLoads::new(slots), statement: self.statement, unique: self.unique }
    }

    /// Loads a relation where the condition is true when the query is built. The slot is guarded: reading it gives a
    /// `Result`, whose error names the relation and the missing loader.
    pub fn with_if<L, S>(self, condition: bool, loader: L) -> Select<WithLoads<P::Model, S>>
    where
        L: Loader,
        P: Loadable<Slots: Fill<L::Relation, Guard<L>, Before: IsVacant, Out = S>>,
    {
        self.with(Guard(condition.then_some(loader)))
    }

    /// Columns or expressions instead of models: a tuple gives tuples, a single one its values. Only these are fetched.
    pub fn columns<C: Selectable<P::Model>>(self, columns: C) -> Select<Columns<P::Model, C>> {
        Select { plan: Columns::new(columns), statement: self.statement, unique: self.unique }
    }

    /// The text that [`all`](Select::all) would send to a server of this dialect, without that of its selectin loaders.
    ///
    /// # Errors
    /// What running the query would give before anything is sent.
    pub fn to_sql(&self, dialect: Dialect) -> Result<String> {
        let mut select = self.statement.clone();
        self.plan.clone().start(&mut Tree { select: &mut select, at: ast::Select::ROOT })?;
        Ok(sql::select(&select, ast::Shape::Rows, dialect)?.text.as_ref().to_owned())
    }
}

impl<M: Model, C: Selectable<M>> Select<Columns<M, C>> {
    /// One row for each group of rows that agree in this expression; called again, in all of them.
    pub fn group_by(mut self, key: impl Expression<M>) -> Self {
        self.statement.group_by.push(key.node());
        self
    }

    /// Only groups that fulfil the filter, which may speak of aggregates.
    pub fn having(mut self, filter: Filter<M>) -> Self {
        filter.node.add_to(&mut self.statement.having);
        self
    }
}
