//! What one may say about the rows that a relation leads to, without loading them.

use super::kinds::Number;
use super::{Cardinality, Expr, Expression, Filter, Many, Maybe, One, Rel, Relation};
use crate::ast::{Function, Node, Quantifier};
use crate::value::{ColumnType, NotNull};

fn related<R: Relation>(quantifier: Quantifier, filter: Option<Node>) -> Filter<R::Source> {
    Filter::new(Node::Related { link: R::LINK, quantifier, filter: filter.map(Into::into) })
}

fn aggregate<R: Relation, T: ColumnType>(function: Function, argument: Option<Node>) -> Node {
    Node::RelatedAggregate {
        link: R::LINK,
        function,
        argument: argument.map(Into::into),
        filter: None,
        sql_type: T::TYPE,
    }
}

impl<R: Relation> Rel<R> {
    /// Some row of the relation fulfils the filter: `EXISTS (SELECT 1 FROM target WHERE … AND filter)`.
    pub fn any(self, filter: Filter<R::Target>) -> Filter<R::Source> {
        related::<R>(Quantifier::Any, Some(filter.node))
    }

    /// No row of the relation fulfils the filter: `NOT EXISTS (…)`.
    pub fn none(self, filter: Filter<R::Target>) -> Filter<R::Source> {
        related::<R>(Quantifier::None, Some(filter.node))
    }

    /// Every row of the relation fulfils the filter; also where there is no row. A row for which the filter is NULL does
    /// not fulfil it.
    pub fn every(self, filter: Filter<R::Target>) -> Filter<R::Source> {
        related::<R>(Quantifier::Every, Some(filter.node))
    }

    /// The relation leads to some row.
    pub fn exists(self) -> Filter<R::Source> {
        related::<R>(Quantifier::Any, None)
    }

    /// The relation leads to no row.
    pub fn is_empty(self) -> Filter<R::Source> {
        related::<R>(Quantifier::None, None)
    }

    /// How many rows the relation leads to: a scalar subquery, so that it multiplies no rows.
    pub fn count(self) -> Expr<R::Source, i64> {
        Expr::new(aggregate::<R, i64>(Function::Count, None))
    }

    /// The sum of an expression over the relation's rows; NULL where there is none.
    pub fn sum<E>(self, of: E) -> Expr<R::Source, Option<<E::Type as Number>::Sum>>
    where
        E: Expression<R::Target, Type: Number>,
    {
        Expr::new(aggregate::<R, <E::Type as Number>::Sum>(Function::Sum, Some(of.node())))
    }

    /// The average of an expression over the relation's rows; NULL where there is none.
    pub fn avg<E>(self, of: E) -> Expr<R::Source, Option<<E::Type as Number>::Average>>
    where
        E: Expression<R::Target, Type: Number>,
    {
        Expr::new(aggregate::<R, <E::Type as Number>::Average>(Function::Avg, Some(of.node())))
    }

    /// The least value of an expression over the relation's rows; NULL where there is none.
    pub fn min<E, T>(self, of: E) -> Expr<R::Source, Option<T>>
    where
        E: Expression<R::Target, Type: ColumnType<Plain = T>>,
        T: ColumnType<Nullability = NotNull>,
    {
        Expr::new(aggregate::<R, T>(Function::Min, Some(of.node())))
    }

    /// The greatest value of an expression over the relation's rows; NULL where there is none.
    pub fn max<E, T>(self, of: E) -> Expr<R::Source, Option<T>>
    where
        E: Expression<R::Target, Type: ColumnType<Plain = T>>,
        T: ColumnType<Nullability = NotNull>,
    {
        Expr::new(aggregate::<R, T>(Function::Max, Some(of.node())))
    }

    /// A column, or an expression, of the one row that the relation leads to: an implicit LEFT JOIN. Through a nullable
    /// relation the value is an `Option`. Paths nest: `Comment::post.get(Post::author.get(User::username))`.
    pub fn get<E, T, V>(self, of: E) -> Expr<R::Source, V>
    where
        R::Cardinality: Path<Of<T> = V>,
        E: Expression<R::Target, Type = T>,
        T: ColumnType,
    {
        Expr::new(of.node().over(R::LINK))
    }
}

/// The cardinality of a relation that leads to at most one row, so that a column of that row has one value.
#[diagnostic::on_unimplemented(
    message = "this relation leads to many rows, so a column of them has no single value",
    label = "`get` is for to-one relations",
    note = "ask about the rows instead: `.any(..)`, `.count()`, `.sum(..)`, `.min(..)`"
)]
pub trait Path: Cardinality {
    /// The type of a column of type `T` seen through the relation.
    type Of<T: ColumnType>: ColumnType;
}

#[diagnostic::do_not_recommend]
impl Path for One {
    type Of<T: ColumnType> = T;
}

#[diagnostic::do_not_recommend]
impl Path for Maybe {
    type Of<T: ColumnType> = Option<T::Plain>;
}

/// The relation leads to any number of rows: what `filter` and `order_by` of a load ask for.
#[diagnostic::on_unimplemented(
    message = "a to-one load takes no `filter`, no `order_by` and no `limit`",
    label = "this relation leads to one row at most",
    note = "filter the query itself through the relation: `.filter(Post::author.get(User::status).eq(..))`"
)]
pub trait ToMany: Cardinality {}

#[diagnostic::do_not_recommend]
impl ToMany for Many {}
