//! Connecting, waiting for a connection, and closing.

use std::time::Duration;

use orm_core::prelude::*;

use super::unchanged;
use crate::subject::Subject;
use crate::sweep::Operation;
use crate::{Entry, entry, operations, with};

/// A pool whose only open connection is in use. A database in memory has no second one.
async fn without_idle(subject: &Subject) -> (Db, Option<Transaction>) {
    if subject.db.pool_status().max == 1 {
        return (subject.db.clone(), None);
    }
    let db = subject.builder().connect().await.unwrap();
    let held = db.begin_with(TxOptions::default().read_only()).await.unwrap();
    (db, Some(held))
}

/// A pool of one connection, which comes back soon.
async fn exhausted(subject: &Subject) -> Db {
    let db = subject.builder().pool_size(1).connect().await.unwrap();
    let (holder, (begun, has_begun)) = (db.clone(), tokio::sync::oneshot::channel());
    tokio::spawn(async move {
        let _tx = holder.begin().await.unwrap();
        let _ = begun.send(());
        tokio::time::sleep(Duration::from_millis(5)).await;
    });
    has_begun.await.unwrap();
    db
}

pub(super) const OPERATIONS: &[Operation] = operations! {
    "connect", unchanged(), |s| { Db::connect(&s.url).await }
    "connect by a builder", unchanged(), |s| { s.builder().pool_size(1).connect().await }
    "connect and ask", unchanged(), |s| {
        let db = s.builder().connect().await?;
        orm_core::sql("SELECT 1").exec(&db).await
    }
    "a read that connects first", unchanged(), |s| given (db, _held) = without_idle(s).await => {
        assert_eq!(Entry::find(2).one(&db).await?, entry(2));
        Ok(())
    }
    "a write that connects first", vec![with([(4, 0)])], |s| given (db, _held) = without_idle(s).await => {
        Entry::insert(entry(4)).exec(&db).await
    }
    "a transaction that connects first", vec![with([(4, 0)])], |s| given (db, _held) = without_idle(s).await => {
        db.transaction(async |tx| Entry::insert(entry(4)).exec(tx).await).await
    }
    "a query that waits for a connection", unchanged(), |s| given db = exhausted(s).await => {
        orm_core::sql("SELECT 1").exec(&db).await
    }
    "a transaction that waits for a connection", unchanged(), |s| given db = exhausted(s).await => {
        db.begin().await?.rollback().await
    }
    "close", unchanged(), |s| given db = s.builder().connect().await.unwrap() => {
        db.close().await;
        Ok(())
    }
    "close with a transaction that is in use", unchanged(), |s| given db = exhausted(s).await => {
        db.close().await;
        Ok(())
    }
};
