//! The verbs that end a select and run it.

use super::Select;
use crate::ast::{self, Shape};
use crate::db::Executor;
use crate::error::{Error, Result};
use crate::load::{Plan, Tree, fetch};
use crate::model::{Expr, Expression, Model, Number};
use crate::sql;
use crate::value::{ColumnType, NotNull};

impl<P: Plan> Select<P> {
    /// All rows.
    ///
    /// # Errors
    /// What the database says; [`Error::InvalidQuery`] or [`Error::QueryTooComplex`] before anything is sent.
    pub async fn all<'c>(self, on: impl Executor<'c>) -> Result<Vec<P::Row>> {
        let Select { plan, mut statement, .. } = self;
        let mut lease = on.lease().await?;
        fetch(plan, &mut statement, &mut lease).await
    }

    /// The one row that there is.
    ///
    /// # Errors
    /// [`Error::NotFound`] for none, [`Error::TooMany`] for more than one; else as [`all`](Select::all).
    pub async fn one<'c>(self, on: impl Executor<'c>) -> Result<P::Row> {
        self.optional(on).await?.ok_or(Error::NotFound { model: P::Model::META.name })
    }

    /// The one row, or `None`.
    ///
    /// # Errors
    /// [`Error::TooMany`] for more than one; else as [`all`](Select::all).
    pub async fn optional<'c>(mut self, on: impl Executor<'c>) -> Result<Option<P::Row>> {
        if !self.unique && self.statement.limit.is_none_or(|limit| limit > 2) {
            self.statement.limit = Some(2);
        }
        let mut rows = self.all(on).await?;
        let row = rows.pop();
        if rows.is_empty() { Ok(row) } else { Err(Error::TooMany { model: P::Model::META.name }) }
    }

    /// The first row in the query's order (without one, in that of the primary key), or `None`.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn first<'c>(mut self, on: impl Executor<'c>) -> Result<Option<P::Row>> {
        if !self.unique {
            self.statement.limit = Some(self.statement.limit.map_or(1, |limit| limit.min(1)));
        }
        Ok(self.all(on).await?.into_iter().next())
    }

    /// How many rows the query gives: `SELECT COUNT(*)`. Joined relations do not count; loaders load nothing.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn count<'c>(self, on: impl Executor<'c>) -> Result<u64> {
        let count: i64 = self.ask(Shape::Count, on).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Whether the query gives any row: `SELECT EXISTS (SELECT 1 …)`.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn exists<'c>(self, on: impl Executor<'c>) -> Result<bool> {
        self.ask(Shape::Exists, on).await
    }

    /// The sum of an expression over the query's rows, `None` where there is none.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn sum<'c, T: Number>(
        self,
        of: impl Expression<P::Model, Type = T>,
        on: impl Executor<'c>,
    ) -> Result<Option<T::Sum>> {
        self.aggregate(Expr::<P::Model, T>::new(of.node()).sum(), on).await
    }

    /// The average of an expression over the query's rows, `None` where there is none.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn avg<'c, T: Number>(
        self,
        of: impl Expression<P::Model, Type = T>,
        on: impl Executor<'c>,
    ) -> Result<Option<T::Average>> {
        self.aggregate(Expr::<P::Model, T>::new(of.node()).avg(), on).await
    }

    /// The least value of an expression over the query's rows, `None` where there is none.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn min<'c, T: ColumnType>(
        self,
        of: impl Expression<P::Model, Type = T>,
        on: impl Executor<'c>,
    ) -> Result<Option<T::Plain>> {
        self.aggregate(Expr::<P::Model, T>::new(of.node()).min(), on).await
    }

    /// The greatest value of an expression over the query's rows, `None` where there is none.
    ///
    /// # Errors
    /// As [`all`](Select::all).
    pub async fn max<'c, T: ColumnType>(
        self,
        of: impl Expression<P::Model, Type = T>,
        on: impl Executor<'c>,
    ) -> Result<Option<T::Plain>> {
        self.aggregate(Expr::<P::Model, T>::new(of.node()).max(), on).await
    }

    /// Asks for an aggregate over the rows.
    async fn aggregate<'c, T>(
        self,
        aggregate: Expr<P::Model, Option<T>>,
        on: impl Executor<'c>,
    ) -> Result<Option<T>>
    where
        T: ColumnType<Nullability = NotNull, Plain = T>,
    {
        let mut select = self.statement;
        if select.distinct || !select.group_by.is_empty() || select.having.is_some() {
            return Err(Error::InvalidQuery(format!(
                "sum, avg, min and max are of rows of {}, and a distinct or grouped query has others; select the aggregate \
                 with `.columns(..)`",
                P::Model::META.name
            )));
        }
        select.push(ast::Select::ROOT, aggregate.node());
        answer(P::Model::META.name, &select, Shape::Aggregate, on).await
    }

    /// Asks for one value about the rows, such as their number.
    async fn ask<'c, T: ColumnType>(self, shape: Shape, on: impl Executor<'c>) -> Result<T> {
        let mut select = self.statement;
        // What is selected decides how many distinct rows and groups there are.
        self.plan.start(&mut Tree { select: &mut select, at: ast::Select::ROOT })?;
        answer(P::Model::META.name, &select, shape, on).await
    }
}

async fn answer<'c, T: ColumnType>(
    model: &'static str,
    select: &ast::Select,
    shape: Shape,
    on: impl Executor<'c>,
) -> Result<T> {
    let mut lease = on.lease().await?;
    let sql = sql::select(select, shape, lease.dialect())?;
    let mut answer = Answer { model, value: None };
    lease.fetch(&sql, &mut answer).await?;
    answer.value.ok_or(Error::NotFound { model })
}

/// Keeps the one value of a result of one row.
struct Answer<T> {
    model: &'static str,
    value: Option<T>,
}

impl<T: ColumnType> crate::backend::Sink for Answer<T> {
    fn row(&mut self, row: crate::backend::Row<'_>) -> Result<()> {
        self.value =
            Some(crate::backend::Cells::new(row, false).take_as(self.model, || "a selected expression")?);
        Ok(())
    }
}
