//! Frozen servers, results that nobody reads to their end, statements left on the server, panics, and runtimes that end.

use std::time::{Duration, Instant};

use futures_util::FutureExt;
use orm_core::prelude::*;
use orm_core::{Error, sql, sql_dynamic};
use orm_tests::{Backend, cases};

use crate::subject::{SLOTS, Subject, here, soon};
use crate::sweep::stepwise;
use crate::{BEFORE, Entry, Mark, entry};

/// Waits for what never comes, as a caller with a time limit does.
async fn give_up<F: Future>(future: F) {
    assert!(tokio::time::timeout(Duration::from_millis(100), future).await.is_err());
}

/// A statement that runs for half a minute.
fn slow(backend: Backend) -> &'static str {
    if backend == Backend::Postgres { "SELECT pg_sleep(30)" } else { "SELECT SLEEP(30)" }
}

/// Five million rows.
fn many(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000000) SELECT i FROM n"
        }
        Backend::Postgres => "SELECT i::int8 FROM generate_series(1, 5000000) i",
        Backend::MariaDb | Backend::MySql => "SELECT CAST(seq AS SIGNED) FROM seq_1_to_5000000",
    }
}

/// More rows than anybody would wait for.
fn endless(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
        Backend::Postgres => "SELECT generate_series(1, 4000000000::int8)",
        Backend::MariaDb | Backend::MySql => "SELECT CAST(seq AS SIGNED) FROM seq_1_to_4000000000",
    }
}

/// How many statements the server keeps for the connection of a transaction.
async fn prepared(backend: Backend, tx: &mut Transaction) -> i64 {
    let text = match backend {
        Backend::Postgres => "SELECT COUNT(*) FROM pg_prepared_statements",
        _ => {
            "SELECT CAST(SUM(IF(variable_name = 'COM_STMT_PREPARE', 1, -1) * variable_value) AS SIGNED) \
              FROM information_schema.session_status \
              WHERE variable_name IN ('COM_STMT_PREPARE', 'COM_STMT_CLOSE')"
        }
    };
    sql(text).fetch_as::<(i64,)>().one(tx).await.unwrap().0
}

/// Nothing was stored, and all slots work.
async fn as_before(subject: &Subject) {
    assert_eq!(subject.db.pool_status().in_use, 0);
    subject.settled().await;
    assert_eq!(subject.state().await, BEFORE);
    subject.works(BEFORE.to_vec()).await;
}

cases! {
    async fn a_frozen_connection_costs_no_slot(bed: Bed) except [sqlite: "no connection that freezes"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            let mut tx = subject.db.begin().await.unwrap();
            Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
            subject.proxy().freeze_open();
            give_up(Entry::insert(entry(5)).exec(&mut tx)).await;
            // The other slot works on meanwhile.
            assert_eq!(soon(Mark::find(1).one(&subject.db)).await.unwrap().value, 16);
            let started = Instant::now();
            soon(tx.rollback()).await.unwrap();
            assert_eq!(subject.db.pool_status().in_use, 0);
            let mut taken = Vec::new();
            for _ in 0..SLOTS {
                taken.push(soon(subject.db.begin()).await.unwrap());
            }
            drop(taken);
            assert!(started.elapsed() < Duration::from_secs(3));
            subject.proxy().thaw();
            as_before(&subject).await;
        });
    }

    async fn a_query_on_a_frozen_connection_is_dropped_at_once(bed: Bed) except [sqlite: "no connection that freezes"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            subject.proxy().freeze();
            give_up(Entry::select().count(&subject.db)).await;
            give_up(subject.db.transaction(async |tx| Entry::select().count(tx).await)).await;
            assert_eq!(subject.db.pool_status().in_use, 0);
            // Connecting is as frozen, and ends with the pool's own limit.
            let short = subject.builder().pool_timeout(Duration::from_millis(200)).connect();
            let refused = soon(short).await;
            assert!(matches!(refused, Err(Error::Connection { .. })), "{refused:?}");
            subject.proxy().thaw();
            as_before(&subject).await;
        });
    }

    async fn a_frozen_database_closes_within_its_limit(bed: Bed) except [sqlite: "no connection that freezes"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            let db = subject.builder().connect().await.unwrap();
            let tx = db.begin().await.unwrap();
            sql("SELECT 1").exec(&db).await.unwrap();
            subject.proxy().freeze();
            let started = Instant::now();
            db.close().await;
            assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
            drop((tx, db));
            subject.proxy().thaw();
            as_before(&subject).await;
        });
    }

    async fn a_large_result_that_was_dropped_is_not_read_to_its_end(bed: Bed) {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            for _ in 0..2 {
                give_up(sql(many(bed.backend)).fetch_as::<(i64,)>().all(&subject.db)).await;
                assert_eq!(soon(Mark::find(0).one(&subject.db)).await.unwrap().value, 5);
            }
            as_before(&subject).await;
        });
    }

    /// A row that does not fit ends the query, and what may still come is not waited for.
    async fn a_large_result_that_was_refused_is_not_read_to_its_end(bed: Bed) {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            for _ in 0..2 {
                let refused = soon(sql(endless(bed.backend)).fetch_as::<(String,)>().all(&subject.db)).await;
                assert!(matches!(refused, Err(Error::Decode { .. })), "{refused:?}");
                assert_eq!(soon(Mark::find(0).one(&subject.db)).await.unwrap().value, 5);
            }
            let mut tx = subject.db.begin().await.unwrap();
            soon(sql(endless(bed.backend)).fetch_as::<(String,)>().all(&mut tx)).await.unwrap_err();
            let after = soon(Mark::find(0).one(&mut tx)).await;
            assert!(matches!(after, Err(Error::TransactionFailed { .. })), "{after:?}");
            soon(tx.rollback()).await.unwrap();
            as_before(&subject).await;
        });
    }

    async fn dropped_statements_leave_none_on_the_server(bed: Bed) except [sqlite: "no server"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            let mut dropped = 0;
            for number in 0..150 {
                let query = sql_dynamic(format!("SELECT id + {number} FROM entries")).exec(&subject.db);
                let outcome = stepwise(&subject, 32, query, number % 12 + 1);
                let outcome = tokio::time::timeout(Duration::from_secs(10), outcome).await.expect("it hangs");
                dropped += i32::from(outcome.is_none());
                subject.settled().await;
            }
            assert!(dropped > 50, "{dropped}");
            let mut taken = Vec::new();
            for _ in 0..SLOTS {
                taken.push(subject.db.begin().await.unwrap());
            }
            let mut kept = 0;
            for tx in &mut taken {
                kept += prepared(bed.backend, tx).await;
            }
            // Those of the queries that came to their end are kept on purpose.
            assert!(kept <= i64::from(150 - dropped) + 20, "{kept}");
            drop(taken);
            as_before(&subject).await;
        });
    }

    async fn a_panic_inside_of_a_transaction_stores_nothing(bed: Bed) {
        here(async {
            for subject in Subject::all(&bed, "panics").await {
                subject.reset().await;
                let closure = subject.db.transaction(async |tx| -> orm_core::Result<()> {
                    Entry::insert(entry(4)).exec(&mut *tx).await?;
                    panic!("on purpose");
                });
                assert!(std::panic::AssertUnwindSafe(closure).catch_unwind().await.is_err());
                as_before(&subject).await;

                subject.reset().await;
                let db = subject.db.clone();
                let task = tokio::spawn(async move {
                    let mut tx = db.begin().await.unwrap();
                    Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
                    panic!("on purpose");
                });
                assert!(task.await.unwrap_err().is_panic());
                as_before(&subject).await;
            }
        });
    }

    async fn a_panic_inside_of_an_inner_transaction_fails_the_outer_one(bed: Bed) {
        here(async {
            for subject in Subject::all(&bed, "inner_panics").await {
                subject.reset().await;
                let mut tx = subject.db.begin().await.unwrap();
                Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
                let inner = tx.transaction(async |tx| -> orm_core::Result<()> {
                    Entry::insert(entry(5)).exec(&mut *tx).await?;
                    panic!("on purpose");
                });
                assert!(std::panic::AssertUnwindSafe(inner).catch_unwind().await.is_err());
                let later = Entry::insert(entry(6)).exec(&mut tx).await;
                assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
                let outcome = tx.commit().await;
                assert!(matches!(outcome, Err(Error::RolledBack { .. })), "{outcome:?}");
                as_before(&subject).await;
            }
        });
    }

    async fn a_runtime_that_ends_in_the_middle_of_a_query_commits_nothing(bed: Bed) except [sqlite: "no connection that needs a runtime"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            let (db, backend) = (subject.builder().connect().await.unwrap(), bed.backend);
            let inside = db.clone();
            let ended = tokio::task::spawn_blocking(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
                let (begun, has_begun) = std::sync::mpsc::channel();
                for id in 4..4 + SLOTS as i64 {
                    let (inside, begun) = (inside.clone(), begun.clone());
                    runtime.spawn(async move {
                        let mut tx = inside.begin().await.unwrap();
                        Entry::insert(entry(id)).exec(&mut tx).await.unwrap();
                        begun.send(()).unwrap();
                        sql(slow(backend)).exec(&mut tx).await
                    });
                }
                for _ in 0..SLOTS {
                    has_begun.recv().unwrap();
                }
                std::thread::sleep(Duration::from_millis(50));
                runtime.shutdown_timeout(Duration::from_secs(1));
            });
            ended.await.unwrap();
            assert_eq!(db.pool_status().in_use, 0);
            // The pool goes on in another runtime.
            assert_eq!(soon(Mark::find(1).one(&db)).await.unwrap().value, 16);
            drop(db);
            assert_eq!(subject.state().await, BEFORE);
        });
    }

    async fn a_pool_outlives_the_runtime_that_its_connections_were_made_in(bed: Bed) {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            let db = if bed.backend == Backend::Sqlite { subject.db.clone() } else { subject.builder().connect().await.unwrap() };
            let inside = db.clone();
            let ended = tokio::task::spawn_blocking(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let mut taken = Vec::new();
                    for _ in 0..inside.pool_status().max {
                        taken.push(inside.begin_with(TxOptions::default().read_only()).await.unwrap());
                    }
                    for tx in taken {
                        tx.commit().await.unwrap();
                    }
                });
            });
            ended.await.unwrap();
            let mut failed = 0;
            while let Err(error) = soon(Mark::find(0).one(&db)).await {
                assert!(matches!(error, Error::Connection { .. }), "{error:?}");
                failed += 1;
                assert!(failed <= SLOTS, "{error:?}");
            }
            drop(db);
            as_before(&subject).await;
        });
    }

    async fn a_wait_for_a_lock_may_be_dropped(bed: Bed) except [sqlite: "its one writer is waited for at the begin"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            let mut holder = subject.direct.begin().await.unwrap();
            Entry::update().set(Entry::value, 0).filter(Entry::id.eq(1)).exec(&mut holder).await.unwrap();
            let waiting = Entry::update().set(Entry::value, 9).filter(Entry::id.eq(1));
            give_up(waiting.exec(&subject.db)).await;
            assert_eq!(subject.db.pool_status().in_use, 0);
            assert_eq!(soon(Mark::find(1).one(&subject.db)).await.unwrap().value, 16);
            let inside = subject.db.transaction(async |tx| {
                Entry::update().set(Entry::value, 9).filter(Entry::id.eq(1)).exec(tx).await
            });
            give_up(inside).await;
            holder.rollback().await.unwrap();
            subject.settled().await;
            // The lone update may have been carried out when the lock was free; what was in a transaction may not.
            let left = subject.state().await;
            assert!(left == BEFORE || left == [(1, 9), (2, 0), (3, 0)], "{left:?}");
            subject.works(left).await;
        });
    }
}
