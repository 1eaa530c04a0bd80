//! UPDATE of all rows that fulfil a filter.

use std::marker::PhantomData;

use super::returned::writable;
use crate::ast;
use crate::db::Executor;
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::model::{Column, Filter, Model, Operand};
use crate::sql;
use crate::value::ColumnType;

/// An UPDATE of all rows of `M` that fulfil a filter. Without a filter it does not run unless it says
/// [`all_rows`](Update::all_rows).
///
/// ```
#[doc = include_str!("../example.txt")]
/// // UPDATE posts SET score = score + ? WHERE author_id = ?
/// let changed = Post::update().set(Post::score, Post::score + 1).filter(Post::author_id.eq(ada.id)).exec(&db).await?;
/// assert_eq!(changed, 1);
/// assert!(Post::update().set(Post::score, 0).exec(&db).await.is_err()); // every row? say `.all_rows()`
/// # Ok(())
/// # }
/// ```
#[must_use = "an update does nothing until `.exec(&db)` runs it"]
#[derive(Debug)]
pub struct Update<M> {
    assignments: Vec<(&'static ColumnMeta, ast::Node)>,
    filter: Option<ast::Node>,
    all_rows: bool,
    model: PhantomData<fn() -> M>,
}

/// What the derive's `User::update()` calls.
pub fn update<M: Model>() -> Update<M> {
    Update { assignments: Vec::new(), filter: None, all_rows: false, model: PhantomData }
}

impl<M: Model> Update<M> {
    /// Sets a column to a value, or to an expression over the row as it was (`Post::score + 1`).
    pub fn set<T: ColumnType>(mut self, column: Column<M, T>, value: impl Operand<M, T>) -> Self {
        self.assignments.push((column.meta(), value.into_node(Some(column.meta()))));
        self
    }

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

    /// Runs the update; gives the number of rows that fulfil the filter, changed or not.
    ///
    /// # Errors
    /// [`Error::Unfiltered`] without a filter and without `all_rows`, [`Error::ReadOnly`] for a read-only model, and
    /// [`Error::InvalidQuery`] where nothing is set, before anything is sent; else what the database says.
    pub async fn exec<'c>(self, on: impl Executor<'c>) -> Result<u64> {
        writable::<M>()?;
        if self.filter.is_none() && !self.all_rows {
            return Err(Error::Unfiltered { verb: "UPDATE", model: M::META.name });
        }
        if self.assignments.is_empty() {
            let model = M::META.name;
            return Err(Error::InvalidQuery(format!(
                "an update of {model} sets nothing: add `.set({model}::…, …)`"
            )));
        }
        let update = ast::Update { model: M::META, assignments: self.assignments, filter: self.filter };
        let mut lease = on.lease().await?;
        let sql = sql::update(&update, lease.dialect())?;
        Ok(lease.execute(&sql).await?.rows_affected)
    }
}
