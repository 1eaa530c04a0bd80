//! UPDATE of rows in hand, each with values of its own.

use std::collections::HashSet;
use std::marker::PhantomData;

use super::portions::{Portions, execute_as_one};
use super::returned::{ColumnSet, writable};
use crate::ast;
use crate::db::Executor;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::meta::ColumnMeta;
use crate::model::Model;
use crate::sql::{self, Sql};
use crate::value::{Key, Value};

/// How many rows one statement updates at most; the number of binds and the size of the values may allow fewer.
const MAX_ROWS: usize = 500;

/// An UPDATE of many rows to the values that they have in hand, found by primary key: one statement for as many rows as the
/// backend's limits allow. All statements are one transaction.
///
/// ```
#[doc = include_str!("../example.txt")]
/// let mut posts = Post::select().all(&db).await?;
/// for post in &mut posts {
///     post.score += 10;
/// }
/// assert_eq!(Post::update_many(&posts, (Post::score,)).exec(&db).await?, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "an update does nothing until `.exec(&db)` runs it"]
pub struct UpdateMany<M> {
    columns: Vec<&'static ColumnMeta>,
    /// Row by row: the primary key's values, then one a column.
    values: Vec<Value>,
    rows: usize,
    model: PhantomData<fn() -> M>,
}

/// What the derive's `User::update_many(rows, columns)` calls.
pub fn update_many<'a, M, I, C>(rows: I, columns: C) -> UpdateMany<M>
where
    M: Model,
    I: IntoIterator<Item = &'a M>,
    C: ColumnSet<M>,
{
    let mut written = Vec::new();
    columns.columns(&mut written);
    let mut values = Vec::new();
    let mut count = 0;
    for model in rows {
        values.extend(M::META.primary.iter().chain(&written).map(|column| model.value(column.index)));
        count += 1;
    }
    UpdateMany { columns: written, values, rows: count, model: PhantomData }
}

impl<M: Model> UpdateMany<M> {
    /// Runs the update; gives the number of rows that were found by their key. Fewer than were given means that some are not
    /// in the table.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for a read-only model and [`Error::InvalidQuery`] without a column, with one of the primary key, or
    /// with a row given twice, before anything is sent; else what the database says, and then no row is changed.
    ///
    /// Two rows that swap a unique value are refused ([`Error::UniqueViolation`]) where the server looks at the constraint row
    /// by row: everywhere, but for a deferred constraint of PostgreSQL.
    pub async fn exec<'c>(self, on: impl Executor<'c>) -> Result<u64> {
        writable::<M>()?;
        let is_key = |column: &&ColumnMeta| M::META.primary.iter().any(|key| key.index == column.index);
        if self.columns.is_empty() || self.columns.iter().any(is_key) {
            return Err(Error::InvalidQuery(format!(
                "update_many of {} must name at least one column, and none of the primary key, by which it finds the rows",
                M::META.name
            )));
        }
        if self.rows == 0 {
            return Ok(0);
        }
        if self.repeats() {
            return Err(Error::InvalidQuery(format!(
                "update_many of {} was given a row twice, and which of the two would win is chance",
                M::META.name
            )));
        }
        let mut lease = on.lease().await?;
        let statements = self.statements(lease.dialect());
        execute_as_one(&mut lease, statements).await
    }

    /// Whether two rows have the same key.
    fn repeats(&self) -> bool {
        let key = |row: &[Value]| Key::of_values(row.iter().take(M::META.primary.len()).cloned());
        let mut keys = HashSet::with_capacity(self.rows);
        !self.values.chunks(self.width()).filter_map(key).all(|key| keys.insert(key))
    }

    /// How many values a row has.
    fn width(&self) -> usize {
        M::META.primary.len() + self.columns.len()
    }

    fn statements(self, dialect: Dialect) -> impl Iterator<Item = Result<Sql>> + Send {
        let most = dialect.max_binds().checked_div(self.width()).unwrap_or(1).clamp(1, MAX_ROWS);
        let UpdateMany { columns, rows, values, .. } = self;
        let bytes = values.iter().map(Value::size).sum();
        Portions::new(rows, values, bytes, most).map(move |(rows, values)| {
            sql::update_rows(
                ast::UpdateRows { model: M::META, columns: columns.clone(), values, rows },
                dialect,
            )
        })
    }
}
