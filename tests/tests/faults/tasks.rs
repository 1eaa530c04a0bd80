//! Dropped futures where a sweep of one operation does not reach: tables that go, and tasks beside each other.

use std::time::Duration;

use futures_util::future::join_all;
use orm_core::Error;
use orm_core::prelude::*;
use orm_proxy::{Dribble, Side};
use orm_tests::cases;

use crate::subject::{Subject, soon};
use crate::sweep::poll_and_drop;
use crate::{Entry, Note, Tables};

/// A note of an entry that does not exist.
async fn orphan(db: &Db, id: i64) -> orm_core::Result<()> {
    db.transaction(async move |tx| Note::insert(Note { id, entry_id: 77 }).exec(tx).await).await
}

cases! {
    async fn dropping_tables(bed: Bed) {
        let subject = Subject::of(&bed).await;
        let db = &subject.db;
        let mut polls = 0;
        loop {
            polls += 1;
            let ended = poll_and_drop(db.drop_tables::<Tables>(), polls).await.is_some();
            subject.settled().await;
            db.create_tables::<Tables>().await.unwrap();
            // Foreign keys are checked on every connection again.
            let slots = db.pool_status().max as i64;
            for outcome in soon(join_all((0..slots).map(|id| orphan(db, id)))).await {
                assert!(matches!(outcome, Err(Error::ForeignKeyViolation(_))), "{polls} polls: {outcome:?}");
            }
            if ended { break; }
        }
    }

    async fn no_task_ever_reads_the_rows_of_another(bed: Bed) {
        let subject = Subject::of(&bed).await;
        Entry::insert_many((1..=64).map(|id| Entry { id, value: id * 7 })).exec(&bed.db).await.unwrap();
        if let Some(proxy) = &subject.proxy {
            proxy.dribble(Side::Server, Dribble { bytes: 16, every: Duration::from_micros(100) });
        }
        let tasks: Vec<_> = (0..8_i64).map(|task| {
            let db = subject.db.clone();
            tokio::spawn(async move {
                let mut read = 0;
                for turn in 0..50_i64 {
                    let id = (task * 31 + turn * 7) % 64 + 1;
                    let polls = (turn as usize * 5 + task as usize) % 30 + 1;
                    if let Some(found) = poll_and_drop(Entry::find(id).one(&db), polls).await {
                        assert_eq!(found.unwrap(), Entry { id, value: id * 7 });
                        read += 1;
                    }
                    let several = Entry::select().filter(Entry::id.gt(id).and(Entry::id.le(id + task)));
                    let several = several.order_by(Entry::id.asc()).columns(Entry::id);
                    if let Some(found) = poll_and_drop(several.all(&db), polls + 20).await {
                        assert_eq!(found.unwrap(), (id + 1..=(id + task).min(64)).collect::<Vec<_>>());
                        read += 1;
                    }
                }
                read
            })
        }).collect();
        let mut read = 0;
        for task in tasks { read += task.await.unwrap(); }
        assert!(read > 0, "all were dropped");
        assert_eq!(soon(Entry::select().count(&bed.db)).await.unwrap(), 64);
    }
}
