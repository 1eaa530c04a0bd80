//! Rows in portions that one statement can carry, and the statements that carry them as one.

use crate::db::Lease;
use crate::error::Result;
use crate::sql::Sql;
use crate::value::Value;

/// How many bytes of values one statement carries, unless a single row has more: well below the packet that MariaDB
/// (16 MiB) and MySQL (64 MiB) take unless told otherwise.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many rows each portion has: at most `most`, fewer where their values are large. The values come row by row.
pub(super) fn portions(rows: usize, values: &[Value], most: usize) -> Vec<usize> {
    let width = values.len().checked_div(rows).unwrap_or_default();
    let size = |row: usize| -> usize {
        let row = values.get(row * width..(row + 1) * width).unwrap_or_default();
        row.iter().map(Value::size).sum()
    };
    let mut portions = Vec::new();
    let mut from = 0;
    while from < rows {
        let mut bytes = 0;
        let fits = |row: &usize| {
            bytes += size(*row);
            bytes <= MAX_BYTES
        };
        let portion = (from..rows).take(most).take_while(fits).count().max(1);
        portions.push(portion);
        from += portion;
    }
    portions
}

/// Runs the statements, all or none; gives the number of rows that they changed. A single one needs no transaction around it.
pub(super) async fn execute_as_one(mut lease: Lease<'_>, statements: &[Sql]) -> Result<u64> {
    if let [sql] = statements {
        return Ok(lease.execute(sql).await?.rows_affected);
    }
    let scope = lease.enter().await?;
    let changed = execute_each(&mut lease, statements).await;
    lease.leave(scope, changed).await
}

async fn execute_each(lease: &mut Lease<'_>, statements: &[Sql]) -> Result<u64> {
    let mut changed = 0;
    for sql in statements {
        changed += lease.execute(sql).await?.rows_affected;
    }
    Ok(changed)
}
