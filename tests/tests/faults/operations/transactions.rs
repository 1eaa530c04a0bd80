//! Transactions and transactions inside of them: the closures, and the handle that is held without one.

use std::collections::BTreeMap;

use orm_core::prelude::*;
use orm_core::{Error, Result};

use super::unchanged;
use crate::subject::Subject;
use crate::sweep::{Operation, ended, stepwise};
use crate::{Entry, Note, State, entry, operations, with};

/// A transaction in which two rows were stored.
async fn begun(subject: &Subject) -> Transaction {
    let mut tx = subject.db.begin().await.unwrap();
    Entry::insert_many([entry(4), entry(5)]).exec(&mut tx).await.unwrap();
    tx
}

async fn failed(subject: &Subject) -> Transaction {
    let mut tx = begun(subject).await;
    insert(&mut tx, 4).await.unwrap_err();
    tx
}

async fn insert(tx: &mut Transaction, id: i64) -> Result<()> {
    Entry::insert(entry(id)).exec(tx).await
}

async fn set(tx: &mut Transaction, id: i64, value: i64) -> Result<u64> {
    Entry::update().set(Entry::value, value).filter(Entry::id.eq(id)).exec(tx).await
}

fn conflict() -> Error {
    Error::Serialization(Box::default())
}

pub(super) const OPERATIONS: &[Operation] = operations! {
    "transaction", vec![with([(4, 0), (5, 0)])], |s| {
        s.db.transaction(async |tx| {
            insert(tx, 4).await?;
            insert(tx, 5).await
        }).await
    }
    "transaction with an error of one's own", vec![with([(4, 1)])], |s| {
        s.db.transaction_as::<Error, _, _>(async |tx| {
            insert(tx, 4).await?;
            set(tx, 4, 1).await
        }).await
    }
    "transaction with options", vec![with([(4, 1)])], |s| {
        s.db.transaction_with(TxOptions::serializable(), async |tx| {
            insert(tx, 4).await?;
            set(tx, 4, 1).await
        }).await
    }
    "transaction with retries", vec![with([(4, 2)])], |s| {
        let mut runs = 0;
        s.db.transaction_with(TxOptions::repeatable_read().retries(3), async |tx| {
            runs += 1;
            insert(tx, 4).await?;
            set(tx, 4, runs).await?;
            if runs < 2 { Err(conflict()) } else { Ok(()) }
        }).await
    }
    "transaction that fails", unchanged(), |s| {
        let failed = s.db.transaction(async |tx| {
            insert(tx, 4).await?;
            insert(tx, 4).await
        }).await;
        assert!(matches!(failed, Err(Error::UniqueViolation(_))), "{failed:?}");
        Ok(())
    }
    "transaction that only reads", unchanged(), |s| {
        s.db.transaction_with(TxOptions::default().read_only(), async |tx| Entry::find(1).one(tx).await).await
    }
    "transaction with one inside", vec![with([(4, 1), (5, 0)])], |s| {
        s.db.transaction(async |tx| {
            insert(tx, 4).await?;
            tx.transaction(async |tx| set(tx, 4, 1).await).await?;
            insert(tx, 5).await
        }).await
    }
    "transaction with two inside of each other", vec![with([(4, 1), (5, 0), (6, 2)])], |s| {
        s.db.transaction(async |tx| {
            insert(tx, 4).await?;
            tx.transaction(async |tx| {
                insert(tx, 5).await?;
                tx.transaction(async |tx| {
                    insert(tx, 6).await?;
                    set(tx, 4, 1).await
                }).await?;
                set(tx, 6, 2).await
            }).await
        }).await
    }
    "transaction with one inside that fails", vec![with([(4, 0), (6, 0)])], |s| {
        s.db.transaction(async |tx| {
            insert(tx, 4).await?;
            let failed = tx.transaction(async |tx| {
                insert(tx, 5).await?;
                insert(tx, 4).await
            }).await;
            assert!(matches!(failed, Err(Error::UniqueViolation(_))), "{failed:?}");
            insert(tx, 6).await
        }).await
    }
    "transaction with inserts inside that are one" in 256, vec![with((1..=1_200).map(|id| (-id, 0)))], |s| {
        s.db.transaction(async |tx| {
            Entry::insert_many((1..=1_200).map(|id| entry(-id))).exec(tx).await
        }).await
    }
    "begin", unchanged(), |s| { s.db.begin().await }
    "begin with options", unchanged(), |s| { s.db.begin_with(TxOptions::serializable()).await }
    "commit", vec![with([(4, 0), (5, 0)])], |s| given tx = begun(s).await => { tx.commit().await }
    "rollback", unchanged(), |s| given tx = begun(s).await => { tx.rollback().await }
    "commit of a transaction that has failed", unchanged(), |s| given tx = failed(s).await => {
        let outcome = tx.commit().await;
        assert!(matches!(outcome, Err(Error::RolledBack { .. })), "{outcome:?}");
        Ok(())
    }
    "begin, insert and commit", vec![with([(4, 0)])], |s| {
        let mut tx = s.db.begin().await?;
        insert(&mut tx, 4).await?;
        tx.commit().await
    }
    "read in an open transaction", unchanged(), |s| given mut tx = begun(s).await => {
        assert_eq!(Entry::select().count(&mut tx).await?, 5);
        tx.rollback().await
    }
};

/// A part of a transaction is dropped, and the transaction goes on: it ends as a whole or not at all.
async fn goes_on(
    subject: &Subject,
    polls: usize,
    part: impl AsyncFnOnce(&mut Transaction) -> Result<()>,
) -> Option<bool> {
    let mut tx = subject.db.begin().await.unwrap();
    insert(&mut tx, 4).await.unwrap();
    let done = ended(stepwise(subject, 32, part(&mut tx), polls).await);
    let later = insert(&mut tx, 7).await;
    match (done, tx.commit().await) {
        (Some(_), committed) => {
            later.unwrap();
            committed.unwrap();
        }
        (None, Ok(())) => later.unwrap(),
        (None, Err(error)) => {
            assert!(matches!(error, Error::RolledBack { .. }), "{error:?}");
            assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
        }
    }
    done
}

/// Writes operations of which a part is dropped: `NAME, STATES, |tx| PART`.
macro_rules! going_on {
    ($($name:literal, $leaves:expr, |$tx:ident| $part:block)+) => {
        &[$(Operation {
            name: $name,
            leaves: |_| $leaves,
            run: |subject, polls| Box::pin(goes_on(subject, polls, async |$tx: &mut Transaction| $part)),
        }),+]
    };
}

/// What the transaction leaves where the part came to its end and where it did not.
fn either(part: impl IntoIterator<Item = (i64, i64)>) -> Vec<State> {
    let without = with([(4, 0), (7, 0)]);
    vec![without.clone(), without.into_iter().chain(part).collect::<BTreeMap<_, _>>().into_iter().collect()]
}

pub(super) const GOING_ON: &[Operation] = going_on! {
    "a transaction goes on after an insert was dropped", either([(5, 0)]), |tx| { insert(tx, 5).await }
    "a transaction goes on after an update was dropped", either([(4, 3)]), |tx| { set(tx, 4, 3).await.map(drop) }
    "a transaction goes on after a read was dropped", either([]), |tx| {
        assert_eq!(Entry::select().count(tx).await?, 4);
        Ok(())
    }
    "a transaction goes on after a load was dropped", either([]), |tx| {
        let found = Entry::find(2).with(Entry::notes.selectin().with(Note::tags.selectin())).one(tx).await?;
        assert_eq!(found.notes()[0].tags()[0].id, 2);
        Ok(())
    }
    "a transaction goes on after inserts in several statements were dropped",
        either((1..=1_200).map(|id| (-id, 0))), |tx| {
        Entry::insert_many((1..=1_200).map(|id| entry(-id))).exec(tx).await.map(drop)
    }
    "a transaction goes on after inserts that return were dropped", either([(5, 0), (6, 0)]), |tx| {
        Entry::insert_many([entry(6), entry(5)]).all(tx).await.map(drop)
    }
    "a transaction goes on after one inside was dropped", either([(5, 0), (6, 0)]), |tx| {
        tx.transaction(async |tx| {
            insert(tx, 5).await?;
            insert(tx, 6).await
        }).await
    }
    "a transaction goes on after one inside with an error of one's own was dropped", either([(5, 0)]), |tx| {
        tx.transaction_as::<Error, _, _>(async |tx| insert(tx, 5).await).await
    }
    "a transaction goes on after one inside that fails was dropped", either([]), |tx| {
        let failed = tx.transaction(async |tx| {
            insert(tx, 5).await?;
            insert(tx, 4).await
        }).await;
        assert!(matches!(failed, Err(Error::UniqueViolation(_))), "{failed:?}");
        Ok(())
    }
    "a transaction goes on after two inside of each other were dropped", either([(5, 0), (6, 0), (8, 0)]), |tx| {
        tx.transaction(async |tx| {
            insert(tx, 5).await?;
            tx.transaction(async |tx| insert(tx, 6).await).await?;
            insert(tx, 8).await
        }).await
    }
    "a transaction goes on after the inner of two inside was dropped", either([]), |tx| {
        tx.transaction(async |tx| {
            insert(tx, 5).await?;
            let failed = tx.transaction(async |tx| {
                insert(tx, 6).await?;
                Err::<(), _>(conflict())
            }).await;
            assert!(matches!(failed, Err(Error::Serialization(_))), "{failed:?}");
            Entry::delete().filter(Entry::id.eq(5)).exec(tx).await.map(drop)
        }).await
    }
};
