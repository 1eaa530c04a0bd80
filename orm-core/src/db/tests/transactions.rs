use super::*;
use crate::db::{Transaction, TxOptions};
use crate::error::Failure;
use std::sync::{Arc, Mutex};

fn failure() -> Box<Failure> {
    Box::default()
}

#[tokio::test]
async fn commits_on_ok_and_rolls_back_on_err() {
    let db = memory().await;
    let kept = db.transaction(async |tx| insert(&mut *tx, 1).await.map(|()| 7)).await.unwrap();
    assert_eq!(kept, 7);
    let gone = db
        .transaction(async |tx| {
            insert(&mut *tx, 2).await?;
            Err::<(), _>(Error::NotFound { model: "T" })
        })
        .await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
    assert_eq!(ids(&db).await.unwrap(), [1]);
}

#[tokio::test]
async fn begin_commits_rolls_back_and_drops() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 2).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 3).await.unwrap();
    drop(tx);
    assert_eq!(within_a_second(ids(&db)).await.unwrap(), [1]);
}

#[tokio::test]
async fn an_error_of_ones_own() {
    #[derive(Debug)]
    enum App {
        Orm,
        Refused,
    }
    impl From<Error> for App {
        fn from(_: Error) -> Self {
            App::Orm
        }
    }
    let db = memory().await;
    let refused = db
        .transaction_as::<App, _, _>(async |tx| {
            insert(&mut *tx, 1).await?;
            Err::<(), _>(App::Refused)
        })
        .await;
    assert!(matches!(refused, Err(App::Refused)));
    let orm = db.transaction_as::<App, _, _>(async |tx| Ok(exec(&mut *tx, "SELEC").await.map(drop)?)).await;
    assert!(matches!(orm, Err(App::Orm)));
    assert!(ids(&db).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_closure_form_can_be_spawned() {
    let db = memory().await;
    let shared = db.clone();
    let name = String::from("captured");
    tokio::spawn(async move {
        shared
            .transaction(async |tx| {
                insert(&mut *tx, name.len() as i64).await?;
                tx.transaction(async |tx| insert(&mut *tx, 9).await).await
            })
            .await?;
        shared
            .transaction_with(TxOptions::serializable().retries(1), async |tx| insert(&mut *tx, 10).await)
            .await
    })
    .await
    .unwrap()
    .unwrap();
    let spawned = db.clone();
    let handle = tokio::spawn(async move {
        let mut tx = spawned.begin().await?;
        tx.transaction_as::<Error, _, _>(async move |tx| insert(tx, 11).await).await?;
        tx.commit().await
    });
    handle.await.unwrap().unwrap();
    assert_eq!(ids(&db).await.unwrap(), [8, 9, 10, 11]);
}

#[tokio::test]
async fn a_failed_transaction_can_only_roll_back() {
    let db = memory().await;
    insert(&db, 1).await.unwrap();
    let swallowed = db
        .transaction(async |tx| {
            insert(&mut *tx, 2).await?;
            fail(tx).await;
            let later = insert(&mut *tx, 3).await;
            assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
            let inner = tx.transaction(async |_| Ok(())).await;
            assert!(matches!(inner, Err(Error::TransactionFailed { .. })), "{inner:?}");
            Ok(())
        })
        .await;
    let Err(Error::RolledBack { cause }) = &swallowed else { panic!("{swallowed:?}") };
    assert!(cause.contains("unique violation"), "{cause}");
    assert_eq!(ids(&db).await.unwrap(), [1]);
    // The connection is as good as new.
    assert_eq!(db.pool_status().size, 1);
}

/// A reader that fails at the first row.
struct Refusing(fn() -> Error);

impl Sink for Refusing {
    fn row(&mut self, _: Row<'_>) -> Result<()> {
        Err(self.0())
    }
}

#[tokio::test]
async fn what_was_not_sent_fails_nothing() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    let bind = Bind { value: Value::Unsigned(u64::MAX), sql_type: SqlType::BigUnsigned, column: None };
    let too_large = Sql { text: "INSERT INTO entries (id) VALUES (?)".into(), binds: vec![bind] };
    let refused = tx.as_lease().fetch(&too_large, &mut Ids::default()).await;
    assert!(matches!(refused, Err(Error::InvalidValue { .. })), "{refused:?}");
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_fails_the_transaction() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    let mut refusing = Refusing(|| Error::NotFound { model: "T" });
    tx.as_lease().fetch(&sql("SELECT id FROM entries"), &mut refusing).await.unwrap_err();
    assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
    assert!(ids(&db).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_inner_rollback_heals_the_outer_transaction() {
    let db = memory().await;
    insert(&db, 1).await.unwrap();
    db.transaction(async |tx| {
        insert(&mut *tx, 2).await?;
        let inner = tx
            .transaction(async |tx| {
                insert(&mut *tx, 3).await?;
                exec(&mut *tx, DUPLICATE).await.map(drop)
            })
            .await;
        assert!(matches!(inner, Err(Error::UniqueViolation(_))));
        let swallowed = tx
            .transaction(async |tx| {
                insert(&mut *tx, 4).await?;
                fail(tx).await;
                Ok(())
            })
            .await;
        assert!(matches!(swallowed, Err(Error::RolledBack { .. })));
        tx.transaction(async |tx| {
            tx.transaction(async |tx| insert(&mut *tx, 5).await).await?;
            insert(&mut *tx, 6).await
        })
        .await?;
        insert(&mut *tx, 7).await
    })
    .await
    .unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1, 2, 5, 6, 7]);
}

#[tokio::test]
async fn a_dropped_inner_transaction_poisons_the_outer_one() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    let never = tx.transaction(async |tx| {
        insert(&mut *tx, 2).await?;
        std::future::pending::<Result<()>>().await
    });
    tokio::time::timeout(Duration::from_millis(50), never).await.unwrap_err();
    let later = insert(&mut tx, 3).await;
    assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
    assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
    assert!(ids(&db).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_savepoint_around_a_dropped_one_still_rolls_back() {
    let db = memory().await;
    db.transaction(async |tx| {
        insert(&mut *tx, 1).await?;
        let middle = tx
            .transaction(async |tx| {
                insert(&mut *tx, 2).await?;
                let inner = tx.transaction(async |_| std::future::pending::<Result<()>>().await);
                tokio::time::timeout(Duration::from_millis(20), inner).await.unwrap_err();
                Ok(())
            })
            .await;
        assert!(matches!(middle, Err(Error::RolledBack { .. })), "{middle:?}");
        insert(&mut *tx, 3).await
    })
    .await
    .unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1, 3]);
}

#[tokio::test]
async fn a_transaction_that_was_swapped_away_does_not_commit_by_halves() {
    let file = File::open(2).await;
    let db = &file.db;
    let other = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    let inner = tx
        .transaction(async |tx| {
            insert(&mut *tx, 2).await?;
            let outer = std::mem::replace(tx, other.begin().await?);
            let committed = outer.commit().await;
            assert!(matches!(committed, Err(Error::RolledBack { .. })), "{committed:?}");
            Ok(())
        })
        .await;
    assert!(matches!(inner, Err(Error::RolledBack { .. })), "{inner:?}");
    drop(tx);
    assert!(ids(db).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_refused_commit_is_its_own_error_and_rolls_back() {
    let db = memory().await;
    let lease = &mut (&db).lease().await.unwrap();
    lease
        .run("CREATE TABLE c (t INTEGER REFERENCES entries (id) DEFERRABLE INITIALLY DEFERRED)")
        .await
        .unwrap();
    let scope = lease.enter().await.unwrap();
    lease.fetch(&sql("INSERT INTO c VALUES (42)"), &mut Ids::default()).await.unwrap();
    let refused = lease.leave(scope, Ok(())).await;
    assert!(matches!(refused, Err(Error::ForeignKeyViolation(_))), "{refused:?}");
    // Rolled back, and free for the next transaction.
    let scope = lease.enter().await.unwrap();
    let mut count = Ids::default();
    lease.fetch(&sql("SELECT count(*) FROM c"), &mut count).await.unwrap();
    lease.leave(scope, Ok(())).await.unwrap();
    assert_eq!(count.0, [0]);
}

#[tokio::test]
async fn scopes_of_a_lease_nest_in_a_transaction() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    {
        let mut lease = (&mut tx).lease().await.unwrap();
        let scope = lease.enter().await.unwrap();
        lease.fetch(&sql("INSERT INTO entries VALUES (2)"), &mut Ids::default()).await.unwrap();
        lease.leave(scope, Ok(())).await.unwrap();
        let scope = lease.enter().await.unwrap();
        lease.fetch(&sql("INSERT INTO entries VALUES (3)"), &mut Ids::default()).await.unwrap();
        let refused = Err::<(), _>(Error::InvalidQuery("nothing was sent".to_owned()));
        lease.leave(scope, refused).await.unwrap_err();
    }
    tx.commit().await.unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1, 2]);
}

/// As after a single statement: a query does not tell how many statements it is made of.
#[tokio::test]
async fn a_failed_scope_of_a_lease_fails_the_transaction_around_it() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    let mut lease = (&mut tx).lease().await.unwrap();
    let scope = lease.enter().await.unwrap();
    let failed = lease.fetch(&sql(DUPLICATE), &mut Ids::default()).await;
    lease.leave(scope, failed).await.unwrap_err();
    drop(lease);
    assert!(matches!(insert(&mut tx, 2).await, Err(Error::TransactionFailed { .. })));
    assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
    assert!(ids(&db).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_lease_dropped_inside_a_scope_undoes_it() {
    let db = memory().await;
    let mut lease = (&db).lease().await.unwrap();
    let _scope = lease.enter().await.unwrap();
    lease.fetch(&sql("INSERT INTO entries VALUES (1)"), &mut Ids::default()).await.unwrap();
    drop(lease);
    assert!(within_a_second(ids(&db)).await.unwrap().is_empty());
    let mut tx = db.begin().await.unwrap();
    {
        let mut lease = (&mut tx).lease().await.unwrap();
        let _scope = lease.enter().await.unwrap();
        lease.fetch(&sql("INSERT INTO entries VALUES (1)"), &mut Ids::default()).await.unwrap();
    }
    assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
    assert!(ids(&db).await.unwrap().is_empty());
}

#[tokio::test]
async fn conflicts_run_again_in_a_new_transaction() {
    let db = memory().await;
    let mut runs = 0;
    let done = db
        .transaction_with(TxOptions::serializable().retries(3), async |tx| {
            runs += 1;
            insert(&mut *tx, runs).await?;
            match runs {
                1 => Err(Error::Serialization(failure())),
                2 => Err(Error::Busy(failure())),
                3 => Err(Error::Deadlock(failure())),
                _ => Ok(runs),
            }
        })
        .await;
    assert_eq!(done.unwrap(), 4);
    assert_eq!(ids(&db).await.unwrap(), [4]);

    let mut runs = 0;
    let given_up = db.transaction_with(TxOptions::default().retries(2), async |_| {
        runs += 1;
        Err::<(), _>(Error::Serialization(failure()))
    });
    assert!(matches!(given_up.await, Err(Error::Serialization(_))));
    assert_eq!(runs, 3);

    let mut runs = 0;
    let other = db.transaction_with(TxOptions::default().retries(9), async |_| {
        runs += 1;
        Err::<(), _>(if runs == 1 { Error::CommitOutcomeUnknown } else { Error::Busy(failure()) })
    });
    assert!(matches!(other.await, Err(Error::CommitOutcomeUnknown)));
    assert_eq!(runs, 1);
}

#[tokio::test]
async fn a_lost_transaction_takes_no_more_statements() {
    let file = File::open(1).await;
    let db = &file.db;
    // The page limit makes SQLite run out of space (13), which rolls the whole transaction back.
    exec(db, "PRAGMA max_page_count = 4").await.unwrap();
    let mut tx = db.begin().await.unwrap();
    insert(&mut tx, 1).await.unwrap();
    let inner = tx.transaction(async |tx| {
        let full = exec(&mut *tx, "CREATE TABLE big AS SELECT randomblob(1000000) AS x").await;
        assert!(matches!(&full, Err(Error::Database(f)) if f.code.as_deref() == Some("13")), "{full:?}");
        full.map(drop)
    });
    inner.await.unwrap_err();
    let later = insert(&mut tx, 2).await;
    assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
    assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
    assert!(within_a_second(ids(db)).await.unwrap().is_empty());
    insert(db, 3).await.unwrap();
}

#[tokio::test]
async fn writers_wait_at_begin() {
    let file = File::open(4).await;
    insert(&file.db, 0).await.unwrap();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let db = file.db.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    db.transaction(async |tx| {
                        let last = *ids(&mut *tx).await?.last().unwrap();
                        insert(&mut *tx, last + 1).await
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
    assert_eq!(ids(&file.db).await.unwrap().len(), 101);
}

#[tokio::test]
async fn observers_see_every_statement() {
    const NONE: &str = "SELECT id FROM entries WHERE id < 0";
    let db = memory().await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let again = db.clone();
    db.observe(move |event: &crate::observe::Event<'_>| {
        log.lock().unwrap().push((event.statement.to_owned(), event.binds, event.rows, event.succeeded));
        // An observer may add another.
        again.observe(|_: &crate::observe::Event<'_>| {});
    });
    db.transaction(async |tx| {
        insert(&mut *tx, 1).await?;
        let _ = tx.transaction(async |tx| exec(&mut *tx, DUPLICATE).await.map(drop)).await;
        ids(&mut *tx).await?;
        // SQLite's own count is still that of the insert.
        tx.lease().await?.fetch(&sql(NONE), &mut Ids::default()).await
    })
    .await
    .unwrap();
    let expected = [
        ("BEGIN IMMEDIATE", 0, 0, true),
        ("INSERT INTO entries (id) VALUES (?)", 1, 1, true),
        ("SAVEPOINT orm_2", 0, 0, true),
        (DUPLICATE, 0, 0, false),
        ("ROLLBACK TO SAVEPOINT orm_2", 0, 0, true),
        ("RELEASE SAVEPOINT orm_2", 0, 0, true),
        ("SELECT id FROM entries ORDER BY id", 0, 1, true),
        (NONE, 0, 0, true),
        ("COMMIT", 0, 0, true),
    ];
    let seen = seen.lock().unwrap();
    let seen: Vec<_> =
        seen.iter().map(|(text, binds, rows, ok)| (text.as_str(), *binds, *rows, *ok)).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_panic_rolls_back_and_frees_the_slot() {
    let db = memory().await;
    let inside = db.clone();
    let panicked = tokio::spawn(async move {
        inside
            .transaction(async |tx: &mut Transaction| {
                insert(&mut *tx, 1).await?;
                if ids(&mut *tx).await?.len() == 1 {
                    panic!("in the closure");
                }
                Ok(())
            })
            .await
    })
    .await;
    assert!(panicked.unwrap_err().is_panic());
    assert!(within_a_second(ids(&db)).await.unwrap().is_empty());
}

#[test]
fn a_runtime_that_shuts_down_in_a_transaction_commits_nothing() {
    let path = {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let file = runtime.block_on(File::open(2));
        let db = file.db.clone();
        let (begun, wait) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            db.transaction(async |tx| {
                insert(&mut *tx, 1).await?;
                begun.send(()).unwrap();
                std::future::pending::<Result<()>>().await
            })
            .await
        });
        wait.recv().unwrap();
        runtime.shutdown_timeout(Duration::from_secs(1));
        file
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let left = runtime.block_on(async {
        let db = Db::connect(&format!("sqlite://{}", path.path.display())).await.unwrap();
        ids(&db).await.unwrap()
    });
    assert!(left.is_empty());
}
