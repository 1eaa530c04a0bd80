//! Futures dropped after every number of polls: no slot is lost, no half transaction stays, the next acquire works.
//!
//! Hazards 1, 2, 3, 7, 25, 27.

use super::*;

/// More polls than any of these futures takes.
const POLLS: usize = 60;

/// Runs `work` on a fresh database, dropped after each number of polls until it ends by itself, and checks what is left.
async fn sweep(work: impl AsyncFn(&Db, usize, bool) -> bool, allowed: &[&[i64]]) {
    for connections in [0, 1, 3] {
        for late in [false, true] {
            let mut finished = false;
            for polls in 1..POLLS {
                let (file, db) = match connections {
                    0 => (None, memory().await),
                    connections => {
                        let file = File::open(connections).await;
                        let db = file.db.clone();
                        (Some(file), db)
                    }
                };
                insert(&db, 1).await.unwrap();
                finished = work(&db, polls, late).await;
                check(&db, allowed, &format!("{polls} polls, late {late}, {connections} connections")).await;
                drop(file);
                if finished {
                    break;
                }
            }
            assert!(finished, "never ended in {POLLS} polls");
        }
    }
}

async fn check(db: &Db, allowed: &[&[i64]], at: &str) {
    let left = within_a_second(ids(db)).await.unwrap();
    assert!(allowed.contains(&left.as_slice()), "{at}: {left:?}");
    let status = db.pool_status();
    assert_eq!(status.in_use, 0, "{at}");
    // Every slot is to be had, and what is written now is really there.
    let mut leases = Vec::new();
    for _ in 0..status.max {
        leases.push(within_a_second(db.lease()).await.unwrap());
    }
    drop(leases);
    within_a_second(db.transaction(async |tx| insert(tx, 100).await)).await.unwrap();
    within_a_second(insert(db, 101)).await.unwrap();
    assert!(within_a_second(ids(db)).await.unwrap().ends_with(&[100, 101]), "{at}");
}

#[tokio::test]
async fn begin() {
    sweep(async |db, polls, late| poll_and_drop(db.begin(), polls, late).await.is_some(), &[&[1]]).await;
}

#[tokio::test]
async fn query() {
    sweep(
        async |db, polls, late| poll_and_drop(insert(db, 2), polls, late).await.is_some(),
        &[&[1], &[1, 2]],
    )
    .await;
}

#[tokio::test]
async fn commit() {
    sweep(
        async |db, polls, late| {
            let mut tx = db.begin().await.unwrap();
            insert(&mut tx, 2).await.unwrap();
            insert(&mut tx, 3).await.unwrap();
            poll_and_drop(tx.commit(), polls, late).await.is_some()
        },
        &[&[1], &[1, 2, 3]],
    )
    .await;
}

#[tokio::test]
async fn rollback() {
    sweep(
        async |db, polls, late| {
            let mut tx = db.begin().await.unwrap();
            insert(&mut tx, 2).await.unwrap();
            poll_and_drop(tx.rollback(), polls, late).await.is_some()
        },
        &[&[1]],
    )
    .await;
}

#[tokio::test]
async fn whole_transaction() {
    let work = async |db: &Db| {
        db.transaction(async |tx| {
            insert(&mut *tx, 2).await?;
            tx.transaction(async |tx| insert(tx, 3).await).await?;
            insert(&mut *tx, 4).await
        })
        .await
    };
    sweep(
        async |db, polls, late| poll_and_drop(work(db), polls, late).await.is_some(),
        &[&[1], &[1, 2, 3, 4]],
    )
    .await;
}

/// An inner transaction (or its query) is dropped, and its outer one goes on: it must not commit a half.
#[tokio::test]
async fn nested_transaction_with_an_outer_one_that_goes_on() {
    sweep(
        async |db, polls, late| {
            let mut tx = db.begin().await.unwrap();
            insert(&mut tx, 2).await.unwrap();
            let inner = tx.transaction(async |tx| {
                insert(&mut *tx, 3).await?;
                insert(&mut *tx, 4).await
            });
            let finished = poll_and_drop(inner, polls, late).await.is_some();
            let later = insert(&mut tx, 5).await;
            let committed = tx.commit().await;
            if finished {
                later.unwrap();
                committed.unwrap();
            } else {
                assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
                assert!(matches!(committed, Err(Error::RolledBack { .. })), "{committed:?}");
            }
            finished
        },
        &[&[1], &[1, 2, 3, 4, 5]],
    )
    .await;
}

#[tokio::test]
async fn query_with_a_transaction_that_goes_on() {
    sweep(
        async |db, polls, late| {
            let mut tx = db.begin().await.unwrap();
            insert(&mut tx, 2).await.unwrap();
            let finished = poll_and_drop(insert(&mut tx, 3), polls, late).await.is_some();
            let committed = tx.commit().await;
            assert!(finished == committed.is_ok(), "{committed:?}");
            finished
        },
        &[&[1], &[1, 2, 3]],
    )
    .await;
}
