//! DELETE of all rows that fulfil a filter.

use std::marker::PhantomData;

use super::returned::writable;
use crate::ast;
use crate::db::Executor;
use crate::error::{Error, Result};
use crate::model::{Filter, Model};
use crate::sql;

/// A DELETE of all rows of `M` that fulfil a filter. Without a filter it does not run unless it says
/// [`all_rows`](Delete::all_rows).
///
/// ```
#[doc = include_str!("../example.txt")]
/// let deleted = Post::delete().filter(Post::score.lt(5).and(Post::title.contains("engine"))).exec(&db).await?;
/// assert_eq!(deleted, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a delete does nothing until `.exec(&db)` runs it"]
#[derive(Debug)]
pub struct Delete<M> {
    filter: Option<ast::Node>,
    all_rows: bool,
    model: PhantomData<fn() -> M>,
}

/// What the derive's `User::delete()` calls.
pub fn delete<M: Model>() -> Delete<M> {
    Delete { filter: None, all_rows: false, model: PhantomData }
}

impl<M: Model> Delete<M> {
    /// Only rows that fulfil the filter; called again, both must hold.
    pub fn filter(mut self, filter: Filter<M>) -> Self {
        filter.node.add_to(&mut self.filter);
        self
    }

    /// Every row of the table is meant.
    pub fn all_rows(mut self) -> Self {
        self.all_rows = true;
        self
    }

    /// Runs the delete; gives the number of rows deleted.
    ///
    /// # Errors
    /// [`Error::Unfiltered`] without a filter and without `all_rows`, and [`Error::ReadOnly`] for a read-only model, before
    /// anything is sent; else what the database says.
    pub async fn exec<'c>(self, on: impl Executor<'c>) -> Result<u64> {
        writable::<M>()?;
        if self.filter.is_none() && !self.all_rows {
            return Err(Error::Unfiltered { verb: "DELETE", model: M::META.name });
        }
        let mut lease = on.lease().await?;
        let sql = sql::delete(&ast::Delete { model: M::META, filter: self.filter }, lease.dialect())?;
        Ok(lease.execute(&sql).await?.rows_affected)
    }
}
