//! Transactions against each other: deadlocks, lost updates, serialization failures.

use std::sync::Arc;
use std::time::Duration;

use orm_core::prelude::*;
use orm_core::{Error, sql};
use orm_tests::{Backend, Bed, cases};
use tokio::sync::Barrier;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "counters")]
struct Counter {
    #[model(primary_key)]
    id: i64,
    n: i64,
}

const TASKS: i64 = 4;
const TURNS: i64 = 50;

async fn counters(bed: &Bed) {
    bed.create::<Counter>().await;
    Counter::insert_many([Counter { id: 1, n: 0 }, Counter { id: 2, n: 0 }]).exec(&bed.db).await.unwrap();
}

/// Reads a counter and writes it, one more, as an application would.
async fn increment(tx: &mut Transaction) -> orm_core::Result<()> {
    let counter = Counter::find(1).one(&mut *tx).await?;
    Counter::update().set(Counter::n, counter.n + 1).filter(Counter::id.eq(1)).exec(&mut *tx).await?;
    Ok(())
}

/// Increments in several tasks; gives how many were acknowledged.
async fn increments(db: &Db, options: TxOptions) -> i64 {
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut done = 0;
                for _ in 0..TURNS {
                    done +=
                        i64::from(db.transaction_with(options, async |tx| increment(tx).await).await.is_ok());
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    done
}

async fn value(db: &Db) -> i64 {
    Counter::find(1).one(db).await.unwrap().n
}

/// A SQLite file of its own, with this many connections; removed when dropped.
struct File {
    path: std::path::PathBuf,
    db: Db,
}

impl File {
    async fn open(name: &str, connections: usize) -> File {
        let path = std::env::temp_dir().join(format!("orm_{name}_{}.db", std::process::id()));
        let url = format!("sqlite:{}", path.display());
        let db = Db::builder(&url).pool_size(connections).max_overflow(0).connect().await.unwrap();
        File { path, db }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

cases! {
    async fn serializable_increments_with_retries_are_exact(bed: Bed) {
        counters(&bed).await;
        let done = increments(&bed.db, TxOptions::serializable().retries(50)).await;
        assert_eq!((done, value(&bed.db).await), (TASKS * TURNS, TASKS * TURNS));
    }

    async fn sqlite_files_wait_at_begin(bed: Bed) except [postgres: "no file", mariadb: "no file", mysql: "no file"] {
        let file = File::open("increments", 4).await;
        file.db.create_tables::<Counter>().await.unwrap();
        Counter::insert(Counter { id: 1, n: 0 }).exec(&file.db).await.unwrap();
        let done = increments(&file.db, TxOptions::default()).await;
        assert_eq!((done, value(&file.db).await), (TASKS * TURNS, TASKS * TURNS));
        drop(bed);
    }

    async fn increments_by_one_statement_are_exact_at_any_level(bed: Bed) {
        counters(&bed).await;
        let tasks: Vec<_> = (0..TASKS).map(|_| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                for _ in 0..TURNS {
                    Counter::update().set(Counter::n, Counter::n + 1).filter(Counter::id.eq(1)).exec(&db).await.unwrap();
                }
            })
        }).collect();
        for task in tasks { task.await.unwrap(); }
        assert_eq!(value(&bed.db).await, TASKS * TURNS);
    }

    // What the default level does not promise (hazard 23): two that read before either writes lose one of both.
    async fn a_read_then_write_at_the_default_level_loses_updates(bed: Bed) except [
        sqlite: "its transactions that write come one after another",
    ] {
        counters(&bed).await;
        let (mut first, mut second) = (bed.db.begin().await.unwrap(), bed.db.begin().await.unwrap());
        let (one, two) = (Counter::find(1).one(&mut first).await.unwrap(), Counter::find(1).one(&mut second).await.unwrap());
        Counter::update().set(Counter::n, one.n + 1).filter(Counter::id.eq(1)).exec(&mut first).await.unwrap();
        first.commit().await.unwrap();
        let wrote = Counter::update().set(Counter::n, two.n + 1).filter(Counter::id.eq(1)).exec(&mut second).await;
        println!("the second writes: {wrote:?}");
        second.commit().await.unwrap();
        assert_eq!(value(&bed.db).await, 1, "two increments, one of them lost");
        // Compare and set: the filter says what was read, and the count tells the loss.
        let wrote = Counter::update().set(Counter::n, 2).filter(Counter::id.eq(1).and(Counter::n.eq(0))).exec(&bed.db).await;
        assert_eq!(wrote.unwrap(), 0);
    }

    async fn a_serialization_failure_is_told_as_one(bed: Bed) except [
        sqlite: "has none", mariadb: "locks instead: a deadlock", mysql: "locks instead: a deadlock",
    ] {
        counters(&bed).await;
        for level in [TxOptions::serializable(), TxOptions::repeatable_read()] {
            let (mut first, mut second) = (bed.db.begin_with(level).await.unwrap(), bed.db.begin_with(level).await.unwrap());
            Counter::find(1).one(&mut first).await.unwrap();
            Counter::find(1).one(&mut second).await.unwrap();
            increment(&mut first).await.unwrap();
            first.commit().await.unwrap();
            let refused = increment(&mut second).await;
            assert!(matches!(&refused, Err(Error::Serialization(said)) if said.code.as_deref() == Some("40001")), "{refused:?}");
            assert!(matches!(second.commit().await, Err(Error::RolledBack { .. })));
        }
    }

    async fn a_deadlock_kills_one_transaction_and_nothing_of_it_stays(bed: Bed) except [sqlite: "one writer at a time"] {
        counters(&bed).await;
        let barrier = Arc::new(Barrier::new(2));
        let tasks: Vec<_> = [(1, 2), (2, 1)].into_iter().map(|(mine, other)| {
            let (db, barrier) = (bed.db.clone(), barrier.clone());
            tokio::spawn(async move {
                let mut tx = db.begin().await.unwrap();
                Counter::insert(Counter { id: 10 + mine, n: 0 }).exec(&mut tx).await.unwrap();
                Counter::update().set(Counter::n, mine).filter(Counter::id.eq(mine)).exec(&mut tx).await.unwrap();
                barrier.wait().await;
                let second = Counter::update().set(Counter::n, mine).filter(Counter::id.eq(other)).exec(&mut tx).await;
                match second {
                    Ok(_) => tx.commit().await.map(|()| mine),
                    Err(error) => {
                        assert!(matches!(error, Error::Deadlock(_)), "{error:?}");
                        // The server has rolled back everything; what comes now must not be stored on its own.
                        let later = Counter::insert(Counter { id: 20 + mine, n: 0 }).exec(&mut tx).await;
                        assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
                        let nested = tx.transaction(async |tx| Counter::insert(Counter { id: 30, n: 0 }).exec(tx).await).await;
                        assert!(matches!(nested, Err(Error::TransactionFailed { .. })), "{nested:?}");
                        assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
                        Err(error)
                    }
                }
            })
        }).collect();
        let mut winners = Vec::new();
        for task in tasks { winners.extend(task.await.unwrap()); }
        let [winner] = winners[..] else { panic!("one wins: {winners:?}") };
        let rows = Counter::select().order_by(Counter::id.asc()).columns((Counter::id, Counter::n)).all(&bed.db).await.unwrap();
        assert_eq!(rows, [(1, winner), (2, winner), (10 + winner, 0)]);
        assert_eq!(bed.db.pool_status().in_use, 0);
    }

    async fn deadlocks_run_again_until_both_are_through(bed: Bed) except [sqlite: "one writer at a time"] {
        counters(&bed).await;
        let tasks: Vec<_> = [(1, 2), (2, 1)].into_iter().map(|(first, then)| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    db.transaction_with(TxOptions::default().retries(50), async move |tx| {
                        for id in [first, then] {
                            Counter::update().set(Counter::n, Counter::n + 1).filter(Counter::id.eq(id)).exec(&mut *tx).await?;
                        }
                        Ok(())
                    }).await.unwrap();
                }
            })
        }).collect();
        for task in tasks { task.await.unwrap(); }
        let rows = Counter::select().order_by(Counter::id.asc()).columns(Counter::n).all(&bed.db).await.unwrap();
        assert_eq!(rows, [40, 40]);
    }

    async fn a_lock_that_is_not_granted_in_time_is_busy(bed: Bed) except [sqlite: "see the file below"] {
        counters(&bed).await;
        let mut holder = bed.db.begin().await.unwrap();
        increment(&mut holder).await.unwrap();
        let mut waiter = bed.db.begin().await.unwrap();
        let (setting, back) = match bed.backend {
            Backend::Postgres => ("SET LOCAL lock_timeout = 50", None),
            _ => ("SET SESSION innodb_lock_wait_timeout = 1", Some("SET SESSION innodb_lock_wait_timeout = DEFAULT")),
        };
        sql(setting).exec(&mut waiter).await.unwrap();
        let refused = Counter::update().set(Counter::n, 9).filter(Counter::id.eq(1)).exec(&mut waiter).await;
        assert!(matches!(refused, Err(Error::Busy(_))), "{refused:?}");
        assert!(matches!(waiter.commit().await, Err(Error::RolledBack { .. })));
        holder.commit().await.unwrap();
        assert_eq!(value(&bed.db).await, 1);
        if let Some(back) = back { for _ in 0..4 { sql(back).exec(&bed.db).await.unwrap(); } }
    }

    async fn eight_readers_and_writers_share_a_sqlite_file(bed: Bed) except [postgres: "no file", mariadb: "no file", mysql: "no file"] {
        let file = File::open("shared", 8).await;
        let db = &file.db;
        assert_eq!(sql("PRAGMA journal_mode").fetch_as::<(String,)>().one(db).await.unwrap().0, "wal");
        assert_eq!(sql("PRAGMA foreign_keys").fetch_as::<(i64,)>().one(db).await.unwrap().0, 1);
        db.create_tables::<Counter>().await.unwrap();
        Counter::insert_many([Counter { id: 1, n: 0 }, Counter { id: 2, n: 0 }]).exec(db).await.unwrap();
        let writers = (0..4).map(|_| { let db = db.clone(); tokio::spawn(async move {
            for _ in 0..50 {
                db.transaction(async |tx| {
                    Counter::update().set(Counter::n, Counter::n + 1).filter(Counter::id.eq(1)).exec(&mut *tx).await?;
                    Counter::update().set(Counter::n, Counter::n + 1).filter(Counter::id.eq(2)).exec(&mut *tx).await
                }).await.unwrap();
            }
        })});
        let readers = (0..4).map(|_| { let db = db.clone(); tokio::spawn(async move {
            for _ in 0..100 {
                let seen = Counter::select().order_by(Counter::id.asc()).columns(Counter::n).all(&db).await.unwrap();
                assert_eq!(seen[0], seen[1], "never a half transaction");
            }
        })});
        for task in writers.chain(readers).collect::<Vec<_>>() { task.await.unwrap(); }
        assert_eq!(value(db).await, 200);
        // A writer that holds the file too long: the other one is told so.
        let holder = db.begin().await.unwrap();
        let refused = tokio::time::timeout(Duration::from_secs(8), db.begin()).await.unwrap();
        assert!(matches!(refused, Err(Error::Busy(_))), "{refused:?}");
        holder.rollback().await.unwrap();
        drop(bed);
    }
}
