//! A copy of every row to another database.

use orm_core::{Db, Error, Insertable, Model, Result, Transaction, query};

use super::models::*;

/// Copies every row of all tables, keys included, in one transaction: on an error nothing is copied. The tables of `to` must
/// be there and hold no rows. Gives each table's name and number of rows.
///
/// # Errors
/// What the databases say.
pub async fn copy(from: &Db, to: &Db) -> Result<Vec<(&'static str, u64)>> {
    to.transaction(async |tx| {
        // A table after those that it refers to.
        Ok(vec![
            table::<Artist>(from, tx).await?,
            table::<Album>(from, tx).await?,
            table::<Genre>(from, tx).await?,
            table::<MediaType>(from, tx).await?,
            table::<Track>(from, tx).await?,
            table::<Playlist>(from, tx).await?,
            table::<PlaylistTrack>(from, tx).await?,
            employees(from, tx).await?,
            table::<Customer>(from, tx).await?,
            table::<Invoice>(from, tx).await?,
            table::<InvoiceLine>(from, tx).await?,
        ])
    })
    .await
}

async fn table<M: Model + Insertable<Model = M>>(
    from: &Db,
    tx: &mut Transaction,
) -> Result<(&'static str, u64)> {
    let rows = query::select::<M>().all(from).await?;
    let stored = query::insert_many::<M, _>(rows).exec(tx).await?;
    Ok((M::META.table, stored))
}

/// Employees refer to each other, and MariaDB checks each row as it comes: managers go first.
async fn employees(from: &Db, tx: &mut Transaction) -> Result<(&'static str, u64)> {
    let mut waiting = Employee::select().all(from).await?;
    let mut ordered: Vec<Employee> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let placed = |key: i32| ordered.iter().any(|manager| manager.employee_id == key);
        let (ready, rest): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|employee| employee.reports_to.is_none_or(placed));
        if ready.is_empty() {
            // They report to each other in a ring: the database must say whether it takes them.
            ordered.extend(rest);
            break;
        }
        ordered.extend(ready);
        waiting = rest;
    }
    let stored = Employee::insert_many(ordered).exec(tx).await?;
    Ok((Employee::META.table, stored))
}

/// How many rows each table holds; `None` where there is no such table.
///
/// # Errors
/// What the database says.
pub async fn row_counts(db: &Db) -> Result<Vec<(&'static str, Option<u64>)>> {
    Ok(vec![
        count::<Artist>(db).await?,
        count::<Album>(db).await?,
        count::<Track>(db).await?,
        count::<Genre>(db).await?,
        count::<MediaType>(db).await?,
        count::<Playlist>(db).await?,
        count::<PlaylistTrack>(db).await?,
        count::<Employee>(db).await?,
        count::<Customer>(db).await?,
        count::<Invoice>(db).await?,
        count::<InvoiceLine>(db).await?,
    ])
}

async fn count<M: Model>(db: &Db) -> Result<(&'static str, Option<u64>)> {
    match query::select::<M>().count(db).await {
        Ok(rows) => Ok((M::META.table, Some(rows))),
        Err(Error::MissingTable(_)) => Ok((M::META.table, None)),
        Err(error) => Err(error),
    }
}
