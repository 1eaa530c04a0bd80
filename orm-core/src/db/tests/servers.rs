//! The room on the servers, by hand: `cargo test -p orm-core --features postgres,mysql --lib servers -- --ignored --test-threads 1`.

use super::*;
use crate::db::TxOptions;
use crate::dialect::Dialect;

fn urls() -> &'static [&'static str] {
    &[
        #[cfg(feature = "postgres")]
        "postgres://postgres@127.0.0.1:5432/test",
        #[cfg(feature = "mysql")]
        "mysql://root@127.0.0.1:3306/test",
    ]
}

async fn table(url: &str, connections: usize) -> Db {
    let builder =
        Db::builder(url).pool_size(connections).max_overflow(0).pool_timeout(Duration::from_secs(5));
    let db = builder.connect().await.unwrap();
    let mut lease = db.lease().await.unwrap();
    lease.run("DROP TABLE IF EXISTS entries").await.unwrap();
    lease.run("CREATE TABLE entries (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0)").await.unwrap();
    drop(lease);
    db
}

async fn put<'c>(on: impl Executor<'c>, id: i64) -> Result<()> {
    exec(on, &format!("INSERT INTO entries (id) VALUES ({id})")).await.map(drop)
}

#[tokio::test]
#[ignore = "needs servers"]
async fn a_swallowed_failure_does_not_commit() {
    for url in urls() {
        let db = table(url, 2).await;
        put(&db, 1).await.unwrap();
        let result = db
            .transaction(async |tx| {
                put(&mut *tx, 2).await?;
                fail(tx).await;
                Ok(())
            })
            .await;
        assert!(matches!(result, Err(Error::RolledBack { .. })), "{url} {result:?}");
        assert_eq!(ids(&db).await.unwrap(), [1]);
        db.transaction(async |tx| {
            put(&mut *tx, 2).await?;
            let inner = tx
                .transaction(async |tx| {
                    put(&mut *tx, 3).await?;
                    put(&mut *tx, 1).await
                })
                .await;
            assert!(matches!(inner, Err(Error::UniqueViolation(_))));
            put(&mut *tx, 4).await
        })
        .await
        .unwrap();
        assert_eq!(ids(&db).await.unwrap(), [1, 2, 4]);
        assert_eq!(db.pool_status().size, 1);
    }
}

async fn sweep(work: impl AsyncFn(&Db, usize, bool) -> bool, allowed: &[&[i64]]) {
    for url in urls() {
        for connections in [1, 3] {
            for late in [false, true] {
                let db = table(url, connections).await;
                let mut finished = false;
                for polls in 1..200 {
                    within_a_second(exec(&db, "DELETE FROM entries")).await.unwrap();
                    put(&db, 1).await.unwrap();
                    finished = work(&db, polls, late).await;
                    let at = format!("{url} {polls} polls, late {late}, {connections} connections");
                    // What was dropped may still be on its way to the server.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    let left = within_a_second(ids(&db)).await.unwrap();
                    assert!(allowed.contains(&left.as_slice()), "{at}: {left:?}");
                    assert_eq!(db.pool_status().in_use, 0, "{at}");
                    let mut leases = Vec::new();
                    for _ in 0..connections {
                        leases.push(within_a_second(db.lease()).await.unwrap());
                    }
                    drop(leases);
                    within_a_second(db.transaction(async |tx| put(tx, 100).await)).await.unwrap();
                    within_a_second(put(&db, 101)).await.unwrap();
                    assert!(ids(&again(url).await).await.unwrap().ends_with(&[100, 101]), "{at}");
                    if finished {
                        break;
                    }
                }
                assert!(finished);
                db.close().await;
            }
        }
    }
}

async fn again(url: &str) -> Db {
    Db::builder(url).pool_size(1).max_overflow(0).connect().await.unwrap()
}

#[tokio::test]
#[ignore = "needs servers"]
async fn sweep_begin() {
    sweep(async |db, polls, late| poll_and_drop(db.begin(), polls, late).await.is_some(), &[&[1]]).await;
}

#[tokio::test]
#[ignore = "needs servers"]
async fn sweep_begin_with_options() {
    let options = TxOptions::serializable().read_only();
    sweep(
        async |db, polls, late| poll_and_drop(db.begin_with(options), polls, late).await.is_some(),
        &[&[1]],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs servers"]
async fn sweep_query() {
    sweep(async |db, polls, late| poll_and_drop(put(db, 2), polls, late).await.is_some(), &[&[1], &[1, 2]])
        .await;
    sweep(async |db, polls, late| poll_and_drop(ids(db), polls, late).await.is_some(), &[&[1]]).await;
}

#[tokio::test]
#[ignore = "needs servers"]
async fn sweep_commit() {
    sweep(
        async |db, polls, late| {
            let mut tx = db.begin().await.unwrap();
            put(&mut tx, 2).await.unwrap();
            put(&mut tx, 3).await.unwrap();
            poll_and_drop(tx.commit(), polls, late).await.is_some()
        },
        &[&[1], &[1, 2, 3]],
    )
    .await;
}

#[tokio::test]
#[ignore = "needs servers"]
async fn sweep_nested() {
    sweep(
        async |db, polls, late| {
            let mut tx = db.begin().await.unwrap();
            put(&mut tx, 2).await.unwrap();
            let inner = tx.transaction(async |tx| {
                put(&mut *tx, 3).await?;
                put(&mut *tx, 4).await
            });
            let finished = poll_and_drop(inner, polls, late).await.is_some();
            let later = put(&mut tx, 5).await;
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
#[ignore = "needs servers"]
async fn a_counter_under_conflicts() {
    for url in urls() {
        let db = table(url, 8).await;
        put(&db, 1).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..10 {
                        db.transaction_with(TxOptions::serializable().retries(200), async |tx| {
                            let mut n = Ids::default();
                            (&mut *tx)
                                .lease()
                                .await?
                                .fetch(&sql("SELECT n FROM entries WHERE id = 1"), &mut n)
                                .await?;
                            exec(&mut *tx, &format!("UPDATE entries SET n = {} WHERE id = 1", n.0[0] + 1))
                                .await
                                .map(drop)
                        })
                        .await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let mut n = Ids::default();
        db.lease().await.unwrap().fetch(&sql("SELECT n FROM entries WHERE id = 1"), &mut n).await.unwrap();
        assert_eq!(n.0, [80], "{url}");
    }
}

/// Hazard 5: the victim of a deadlock must not go on outside of a transaction.
#[tokio::test]
#[ignore = "needs servers"]
async fn a_deadlock_loses_the_transaction() {
    for url in urls() {
        let db = table(url, 4).await;
        put(&db, 1).await.unwrap();
        put(&db, 2).await.unwrap();
        let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2));
        let side = |first: i64, second: i64| {
            let (db, barrier) = (db.clone(), barrier.clone());
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                exec(&mut tx, &format!("UPDATE entries SET n = n + 1 WHERE id = {first}")).await.unwrap();
                barrier.wait().await;
                let swallowed = tx
                    .transaction(async |tx| {
                        exec(tx, &format!("UPDATE entries SET n = n + 1 WHERE id = {second}")).await
                    })
                    .await;
                let lost = matches!(swallowed, Err(Error::Deadlock(_)));
                assert!(lost || swallowed.is_ok(), "{swallowed:?}");
                let later = put(&mut tx, 10 + first).await;
                let committed = tx.commit().await;
                if lost && db.dialect().is_mysql_like() {
                    assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
                    assert!(matches!(committed, Err(Error::RolledBack { .. })), "{committed:?}");
                } else {
                    // PostgreSQL undoes the savepoint only.
                    later.unwrap();
                    committed.unwrap();
                }
                lost
            })
        };
        let (a, b) = tokio::join!(side(1, 2), side(2, 1));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a != b, "{url}: one is the victim");
        let left = ids(&db).await.unwrap();
        let winner = if a { 12 } else { 11 };
        let expected: &[i64] = if db.dialect().is_mysql_like() { &[1, 2, winner] } else { &[1, 2, 11, 12] };
        assert_eq!(left, expected, "{url}");
    }
}

#[tokio::test]
#[ignore = "needs servers"]
async fn a_killed_connection() {
    for url in urls() {
        let (db, other) = (table(url, 1).await, again(url).await);
        let who = match db.dialect() {
            Dialect::Postgres => "SELECT pg_backend_pid()::bigint",
            _ => "SELECT CONNECTION_ID()",
        };
        let kill = async |id: i64| match db.dialect() {
            Dialect::Postgres => {
                exec(&other, &format!("SELECT pg_terminate_backend({id})")).await.map(drop).unwrap()
            }
            _ => other.lease().await.unwrap().run(&format!("KILL {id}")).await.unwrap(),
        };
        let mut tx = db.begin().await.unwrap();
        let mut id = Vec::new();
        let mut sink = Pid(&mut id);
        tx.as_lease().fetch(&sql(who), &mut sink).await.unwrap();
        put(&mut tx, 1).await.unwrap();
        kill(id[0]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let broken = put(&mut tx, 2).await;
        assert!(matches!(broken, Err(Error::Connection { .. })), "{url} {broken:?}");
        assert!(matches!(put(&mut tx, 2).await, Err(Error::TransactionFailed { .. })));
        assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
        assert!(within_a_second(ids(&db)).await.unwrap().is_empty());

        let mut tx = db.begin().await.unwrap();
        let mut id = Vec::new();
        tx.as_lease().fetch(&sql(who), &mut Pid(&mut id)).await.unwrap();
        put(&mut tx, 1).await.unwrap();
        kill(id[0]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let commit = tx.commit().await;
        assert!(matches!(commit, Err(Error::CommitOutcomeUnknown)), "{url} {commit:?}");
        assert!(within_a_second(ids(&db)).await.unwrap().is_empty());
    }
}

struct Pid<'a>(&'a mut Vec<i64>);

impl Sink for Pid<'_> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        match row.cell(0) {
            Ok(Cell::Int(id)) => self.0.push(id),
            Ok(Cell::Unsigned(id)) => self.0.push(id as i64),
            _ => {}
        }
        Ok(())
    }
}

#[tokio::test]
#[ignore = "needs servers"]
async fn options_hold_for_one_transaction() {
    for url in urls() {
        let db = table(url, 1).await;
        let refused =
            db.transaction_with(TxOptions::serializable().read_only(), async |tx| put(tx, 1).await).await;
        assert!(refused.is_err(), "{url}");
        db.transaction(async |tx| put(tx, 1).await).await.unwrap();
        put(&db, 2).await.unwrap();
    }
}

/// MariaDB and MySQL would commit at it.
#[tokio::test]
#[ignore = "needs servers"]
async fn ddl_in_a_transaction() {
    for url in urls() {
        let db = table(url, 1).await;
        let mut tx = db.begin().await.unwrap();
        put(&mut tx, 1).await.unwrap();
        let altered = tx.as_lease().run("ALTER TABLE entries ADD m BIGINT").await;
        match db.dialect() {
            Dialect::Postgres => altered.unwrap(),
            _ => assert!(matches!(altered, Err(Error::Unsupported { .. })), "{altered:?}"),
        }
        tx.rollback().await.unwrap();
        assert!(ids(&db).await.unwrap().is_empty());
    }
}

#[tokio::test]
#[ignore = "needs servers"]
async fn refused_logins_are_connection_errors() {
    let started = std::time::Instant::now();
    for url in urls() {
        for wrong in [url.replace("/test", "/nosuch"), url.replace(":5432", ":1").replace(":3306", ":1")] {
            let refused = Db::connect(&wrong).await;
            assert!(matches!(refused, Err(Error::Connection { .. })), "{wrong}");
        }
    }
    assert!(started.elapsed() < Duration::from_secs(2));
}
