//! Connections that break in the middle of something: the error is of the right kind, and nothing is done by half (hazard 7).

use std::time::Duration;

use orm_core::prelude::*;
use orm_core::{Error, Result};
use orm_proxy::{Cut, Side};
use orm_tests::cases;

use crate::subject::{SLOTS, Subject, here};
use crate::{BEFORE, Entry, Note, entry, with};

/// A transaction of two rows, tried again after conflicts; gives how often its closure ran.
async fn store_two(subject: &Subject) -> (Result<()>, u32) {
    let mut runs = 0;
    let options = TxOptions::default().retries(5);
    let outcome = subject.db.transaction_with(options, async |tx| {
        runs += 1;
        Entry::insert(entry(4)).exec(&mut *tx).await?;
        Entry::insert(entry(5)).exec(&mut *tx).await
    });
    (outcome.await, runs)
}

/// A connection that died in the pool costs one query at most; gives how many failed.
async fn pass_the_dead(subject: &Subject) -> usize {
    let dead = subject.db.pool_status().idle;
    let mut failed = 0;
    while let Err(error) = Entry::select().count(&subject.db).await {
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
        failed += 1;
        assert!(failed <= dead, "{error:?}");
    }
    failed
}

/// The pool is as good as new.
async fn recovered(subject: &Subject) {
    subject.proxy().disarm();
    pass_the_dead(subject).await;
    subject.settled().await;
    subject.works(subject.state().await).await;
}

/// How a connection breaks: after so many bytes of one side.
fn cuts() -> impl Iterator<Item = (Side, u64)> {
    let early = |side| (0..64).chain((64..2_000).step_by(37)).map(move |bytes| (side, bytes));
    early(Side::Server).chain(early(Side::Client))
}

/// Cuts the connection after each number of bytes, until the operation comes through; and gives how often it was cut.
async fn cut_everywhere(
    subject: &Subject,
    operation: impl AsyncFn(&Db) -> Result<()>,
    check: impl Fn(&Error, bool),
) -> u64 {
    let before = subject.proxy().cuts();
    let mut through = [false; 2];
    for (side, bytes) in cuts() {
        let through = &mut through[usize::from(side == Side::Client)];
        if *through {
            continue;
        }
        subject.reset().await;
        subject.proxy().cut(Cut::after(side, bytes));
        let outcome = tokio::time::timeout(Duration::from_secs(10), operation(&subject.db)).await;
        let outcome = outcome.expect("it hangs");
        subject.proxy().disarm();
        subject.settled().await;
        let changed = subject.state().await != BEFORE;
        match &outcome {
            Ok(()) => *through = true,
            Err(error) => check(error, changed),
        }
        recovered(subject).await;
    }
    subject.proxy().cuts() - before
}

/// Nothing was changed, unless the error says that nobody knows.
fn nothing_or_unknown(error: &Error, changed: bool) {
    match error {
        Error::Connection { .. } => assert!(!changed, "{error}"),
        Error::CommitOutcomeUnknown => {}
        _ => panic!("{error:?}"),
    }
}

cases! {
    async fn a_commit_that_arrived_without_an_answer_is_unknown(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            subject.proxy().cut(Cut::before_answer("COMMIT"));
            let (outcome, runs) = store_two(&subject).await;
            assert!(matches!(outcome, Err(Error::CommitOutcomeUnknown)), "{outcome:?}");
            assert_eq!((runs, subject.proxy().cuts()), (1, 1));
            subject.settled().await;
            assert_eq!(subject.state().await, with([(4, 0), (5, 0)]));
            recovered(&subject).await;

            subject.reset().await;
            let mut tx = subject.db.begin().await.unwrap();
            Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
            subject.proxy().cut(Cut::before_answer("COMMIT"));
            let outcome = tx.commit().await;
            assert!(matches!(outcome, Err(Error::CommitOutcomeUnknown)), "{outcome:?}");
            subject.settled().await;
            assert_eq!(subject.state().await, with([(4, 0)]));
            recovered(&subject).await;

            subject.reset().await;
            subject.proxy().cut(Cut::before_answer("COMMIT"));
            let outcome = Entry::insert_many((1..=2_200).map(|id| entry(-id))).exec(&subject.db).await;
            assert!(matches!(outcome, Err(Error::CommitOutcomeUnknown)), "{outcome:?}");
            recovered(&subject).await;
        });
    }

    async fn a_commit_that_never_arrived_stores_nothing(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            subject.proxy().cut(Cut::before("COMMIT"));
            let (outcome, runs) = store_two(&subject).await;
            assert!(matches!(outcome, Err(Error::CommitOutcomeUnknown | Error::Connection { .. })), "{outcome:?}");
            assert_eq!((runs, subject.proxy().cuts()), (1, 1));
            subject.settled().await;
            assert_eq!(subject.state().await, BEFORE);
            recovered(&subject).await;
        });
    }

    async fn a_transaction_inside_that_breaks_takes_the_outer_one_with_it(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            for pattern in ["SAVEPOINT orm_2", "RELEASE SAVEPOINT", "COMMIT"] {
                for cut in [Cut::before(pattern), Cut::before_answer(pattern)] {
                    subject.reset().await;
                    subject.proxy().cut(cut.clone());
                    let mut tx = subject.db.begin().await.unwrap();
                    Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
                    let inner = tx.transaction(async |tx| Entry::insert(entry(5)).exec(tx).await).await;
                    let later = Entry::insert(entry(6)).exec(&mut tx).await;
                    let outcome = tx.commit().await;
                    subject.settled().await;
                    let stored = subject.state().await;
                    if pattern == "COMMIT" {
                        inner.unwrap();
                        later.unwrap();
                        assert!(matches!(outcome, Err(Error::CommitOutcomeUnknown)), "{outcome:?}");
                        assert!(stored == BEFORE || stored == with([4, 5, 6].map(|id| (id, 0))), "{stored:?}");
                    } else {
                        assert!(matches!(inner, Err(Error::Connection { .. })), "{cut:?}: {inner:?}");
                        assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{cut:?}: {later:?}");
                        assert!(matches!(outcome, Err(Error::RolledBack { .. })), "{cut:?}: {outcome:?}");
                        assert_eq!(stored, BEFORE);
                    }
                    recovered(&subject).await;
                }
            }
        });
    }

    async fn a_transaction_cut_after_every_byte(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            let cuts = cut_everywhere(&subject, async |db| {
                db.transaction(async |tx| {
                    Entry::insert(entry(4)).exec(&mut *tx).await?;
                    tx.transaction(async |tx| Entry::insert(entry(5)).exec(tx).await).await
                }).await
            }, nothing_or_unknown).await;
            assert!(cuts > 50, "{cuts}");
        });
    }

    async fn several_statements_of_one_query_cut_after_every_byte(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            let cuts = cut_everywhere(&subject, async |db| {
                Entry::insert_many([entry(4), entry(5)]).all(db).await.map(drop)
            }, |error, _| {
                // On PostgreSQL and MariaDB it is one statement, and whether that was stored is not known.
                assert!(matches!(error, Error::Connection { .. } | Error::CommitOutcomeUnknown), "{error:?}");
            }).await;
            assert!(cuts > 50, "{cuts}");
        });
    }

    async fn a_tree_cut_after_every_byte(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            let cuts = cut_everywhere(&subject, async |db| {
                let tree = Entry::select().with(Entry::notes.selectin().with(Note::tags.selectin())).all(db).await?;
                assert!(tree.len() == 3 && tree.iter().all(|entry| entry.notes()[0].tags()[0].id == entry.id));
                Ok(())
            }, |error, changed| {
                assert!(matches!(error, Error::Connection { .. }) && !changed, "{error:?}");
            }).await;
            assert!(cuts > 50, "{cuts}");
        });
    }

    async fn connecting_cut_after_every_byte(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            let cuts = cut_everywhere(&subject, async |_| {
                subject.builder().connect().await.map(drop)
            }, |error, changed| {
                assert!(matches!(error, Error::Connection { .. }) && !changed, "{error:?}");
            }).await;
            assert!(cuts > 50, "{cuts}");
        });
    }

    async fn connections_that_died_while_idle_cost_one_query_each(bed: Bed) except [sqlite: "no connection that breaks"] {
        here(async {
            let subject = Subject::of(&bed).await;
            subject.reset().await;
            subject.works(BEFORE.to_vec()).await;
            subject.reset().await;
            assert_eq!(subject.db.pool_status().idle, SLOTS);
            subject.proxy().kill_all();
            assert!(pass_the_dead(&subject).await <= SLOTS);
            recovered(&subject).await;
        });
    }
}
