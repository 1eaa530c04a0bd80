//! Connections as sqlx knows them: lent by a transaction and by the pool.

use std::time::Duration;

use orm_core::{Dialect, Error, sql};
use orm_tests::{Bed, cases};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

/// Runs a statement on whichever connection of sqlx's there is; gives the number of rows that it changed.
macro_rules! on_sqlx {
    ($of:expr, $text:expr) => {
        match $of.dialect() {
            Dialect::Sqlite => {
                sqlx::query($text).execute($of.sqlite().unwrap()).await.map(|done| done.rows_affected())
            }
            Dialect::Postgres => {
                sqlx::query($text).execute($of.postgres().unwrap()).await.map(|done| done.rows_affected())
            }
            _ => sqlx::query($text).execute($of.mysql().unwrap()).await.map(|done| done.rows_affected()),
        }
    };
}

async fn table(bed: &Bed) {
    bed.sql("CREATE TABLE lent (a INTEGER)").await;
}

async fn count(bed: &Bed) -> i64 {
    sql("SELECT count(*) FROM lent").fetch_as::<(i64,)>().one(&bed.db).await.unwrap().0
}

cases! {
    async fn what_sqlx_does_is_part_of_the_transaction(bed: Bed) {
        table(&bed).await;
        for keep in [false, true] {
            let mut tx = bed.db.begin().await.unwrap();
            assert_eq!(on_sqlx!(tx, "INSERT INTO lent VALUES (1)").unwrap(), 1);
            sql("INSERT INTO lent VALUES (2)").exec(&mut tx).await.unwrap();
            assert_eq!(on_sqlx!(tx, "UPDATE lent SET a = 3").unwrap(), 2);
            if keep { tx.commit().await.unwrap() } else { tx.rollback().await.unwrap() }
            assert_eq!(count(&bed).await, if keep { 2 } else { 0 });
        }
    }

    async fn a_connection_that_was_lent_is_not_used_again(bed: Bed) {
        table(&bed).await;
        for _ in 0..3 {
            let mut connection = bed.db.connection().await.unwrap();
            // Left behind: an open transaction, and a temporary table.
            on_sqlx!(connection, "CREATE TEMPORARY TABLE behind (a INTEGER)").unwrap();
            on_sqlx!(connection, "BEGIN").unwrap();
            on_sqlx!(connection, "INSERT INTO lent VALUES (1)").unwrap();
            drop(connection);
            assert_eq!(count(&bed).await, 0);
            assert!(sql("SELECT a FROM behind").fetch_as::<(i32,)>().all(&bed.db).await.is_err());
        }
        let mut tx = bed.db.begin().await.unwrap();
        on_sqlx!(tx, "CREATE TEMPORARY TABLE behind (a INTEGER)").unwrap();
        tx.commit().await.unwrap();
        assert!(sql("SELECT a FROM behind").fetch_as::<(i32,)>().all(&bed.db).await.is_err());
        assert_eq!(bed.db.pool_status().in_use, 0);
    }

    async fn a_connection_of_another_backend_is_refused(bed: Bed) {
        let mut connection = bed.db.connection().await.unwrap();
        let mut refused = Vec::new();
        refused.extend(connection.sqlite().err());
        refused.extend(connection.postgres().err());
        refused.extend(connection.mysql().err());
        assert_eq!(refused.len(), 2);
        for error in refused {
            assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        }
    }

    async fn a_failed_transaction_lends_nothing(bed: Bed) {
        let mut tx = bed.db.begin().await.unwrap();
        sql("SELECT a FROM absent").fetch_as::<(i32,)>().all(&mut tx).await.unwrap_err();
        let refused = match tx.dialect() {
            Dialect::Sqlite => tx.sqlite().err(),
            Dialect::Postgres => tx.postgres().err(),
            _ => tx.mysql().err(),
        };
        assert!(matches!(refused, Some(Error::TransactionFailed { .. })), "{refused:?}");
    }

    async fn a_future_of_sqlxs_that_was_dropped_does_not_confuse_the_transaction(bed: Bed) {
        table(&bed).await;
        for polls in 0..12_u32 {
            let mut tx = bed.db.begin().await.unwrap();
            sql("INSERT INTO lent VALUES (1)").exec(&mut tx).await.unwrap();
            {
                let statement = async { on_sqlx!(tx, "INSERT INTO lent SELECT 7 FROM lent") };
                let _ = tokio::time::timeout(Duration::from_micros(u64::from(polls) * 50), statement).await;
            }
            // It may be refused; whatever is acknowledged holds.
            let seen = sql("SELECT count(*) FROM lent").fetch_as::<(i64,)>().one(&mut tx).await;
            let committed = tx.commit().await;
            let stored = count(&bed).await;
            match (seen, committed) {
                (Ok((seen,)), Ok(())) => assert_eq!(stored, seen, "{polls}"),
                (_, Ok(())) => panic!("a transaction with a failed statement was committed"),
                (_, Err(_)) => assert_eq!(stored, 0, "{polls}"),
            }
            sql("DELETE FROM lent").exec(&bed.db).await.unwrap();
        }
    }
}

/// A row of SQLite: one column a storage class.
type Stored = (Option<i64>, Option<f64>, Option<String>, Option<Vec<u8>>);

fn stored() -> impl Strategy<Value = Stored> {
    let number = any::<f64>().prop_filter("SQLite has no NaN", |number| !number.is_nan());
    let text = prop_oneof![any::<String>(), "[a-z]{0,300}"];
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    (
        prop::option::of(any::<i64>()),
        prop::option::of(number),
        prop::option::of(text),
        prop::option::of(bytes),
    )
}

#[test]
fn sqlite_rows_are_read_as_sqlx_reads_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime.block_on(orm_core::Db::connect("sqlite::memory:")).unwrap();
    runtime.block_on(sql("CREATE TABLE v (i, r, s, x)").exec(&db)).unwrap();
    let mut runner = TestRunner::new(Config { cases: 64, ..Config::default() });
    let rows = prop::collection::vec(stored(), 0..40);
    let result = runner.run(&rows, |rows| {
        let (ours, theirs) =
            runtime.block_on(round(&db, &rows)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for read in ours {
            prop_assert_eq!(&read, &rows);
        }
        prop_assert_eq!(theirs, rows);
        Ok(())
    });
    result.unwrap();
}

/// Writes rows and reads them: three times by ourselves, of which the first is on another thread, and once by sqlx.
async fn round(db: &orm_core::Db, rows: &[Stored]) -> orm_core::Result<(Vec<Vec<Stored>>, Vec<Stored>)> {
    let mut tx = db.begin().await?;
    for (i, r, s, x) in rows.iter().cloned() {
        let insert = sql("INSERT INTO v VALUES ({}, {}, {}, {})");
        insert.bind(i).bind(r).bind(s).bind(x).exec(&mut tx).await?;
    }
    let mut ours = Vec::new();
    for _ in 0..3 {
        ours.push(sql("SELECT i, r, s, x FROM v").fetch_as::<Stored>().all(&mut tx).await?);
    }
    let all = sqlx::query_as("SELECT i, r, s, x FROM v").fetch_all(tx.sqlite()?).await;
    let theirs = all.map_err(|error| Error::InvalidQuery(error.to_string()))?;
    tx.rollback().await?;
    Ok((ours, theirs))
}
