//! Rows in portions that one statement can carry, and the statements that carry them as one.

use crate::db::Lease;
use crate::error::Result;
use crate::sql::Sql;
use crate::value::Value;

/// How many bytes of values one statement carries, unless a single row has more: well below the packet that MariaDB
/// (16 MiB) and MySQL (64 MiB) take unless told otherwise.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Rows, a portion at a time: how many, and their values, row by row.
pub(super) struct Portions {
    values: std::vec::IntoIter<Value>,
    rows: usize,
    width: usize,
    most: usize,
    /// Whether the values are so few bytes that they need not be counted.
    are_small: bool,
}

impl Portions {
    /// Of so many rows, whose values have so many bytes. Each portion has at most `most` rows, fewer where their values are
    /// large. Rows without values go one by one.
    pub(super) fn new(rows: usize, values: Vec<Value>, bytes: usize, most: usize) -> Self {
        let width = values.len().checked_div(rows).unwrap_or_default();
        Portions { values: values.into_iter(), rows, width, most, are_small: bytes <= MAX_BYTES }
    }

    /// How many rows the next portion has.
    fn next_rows(&self) -> usize {
        if self.are_small && self.width > 0 {
            return self.rows.min(self.most);
        }
        let mut bytes = 0;
        let fits = |row: &&[Value]| {
            bytes += row.iter().map(Value::size).sum::<usize>();
            bytes <= MAX_BYTES
        };
        let rest = self.values.as_slice().chunks(self.width.max(1));
        rest.take(self.most).take_while(fits).count().max(1)
    }
}

impl Iterator for Portions {
    type Item = (usize, Vec<Value>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rows == 0 {
            return None;
        }
        let rows = self.next_rows();
        self.rows = self.rows.checked_sub(rows)?;
        let values = match self.rows {
            // As they are, without a copy, where nothing was taken before.
            0 => std::mem::take(&mut self.values).collect(),
            _ => self.values.by_ref().take(rows * self.width).collect(),
        };
        Some((rows, values))
    }
}

/// Runs the statements, all or none; gives the number of rows that they changed. A single one needs no transaction around it.
/// Each is made when the one before it was run.
pub(super) async fn execute_as_one(
    lease: &mut Lease<'_>,
    mut statements: impl Iterator<Item = Result<Sql>> + Send,
) -> Result<u64> {
    let Some(first) = statements.next().transpose()? else { return Ok(0) };
    let Some(second) = statements.next() else { return Ok(lease.execute(&first).await?.rows_affected) };
    let scope = lease.enter().await?;
    let changed = execute_each(lease, [Ok(first), second].into_iter().chain(statements)).await;
    lease.leave(scope, changed).await
}

async fn execute_each(lease: &mut Lease<'_>, statements: impl Iterator<Item = Result<Sql>>) -> Result<u64> {
    let mut changed = 0;
    for sql in statements {
        changed += lease.execute(&sql?).await?.rows_affected;
    }
    Ok(changed)
}
