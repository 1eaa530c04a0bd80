//! The pool as the tasks of a program see it: fair, without deadlocks of its own making, and clean between borrowers.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use orm_core::prelude::*;
use orm_core::{Error, sql};
use orm_tests::{Backend, Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
#[has_many(notes: Note, key = entry_id)]
struct Entry {
    #[model(primary_key, generated)]
    id: i64,
    value: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
#[belongs_to(entry: Entry, key = entry_id)]
struct Note {
    #[model(primary_key, generated)]
    id: i64,
    entry_id: i64,
}

/// The bed's database, through a pool of this size.
async fn pool(bed: &Bed, size: usize) -> Db {
    if bed.backend == Backend::Sqlite {
        return bed.db.clone();
    }
    let builder = Db::builder(&bed.url).pool_size(size).max_overflow(0).pool_timeout(Duration::from_secs(20));
    let builder = if bed.backend == Backend::MySql { builder.assume_mysql() } else { builder };
    builder.connect().await.unwrap()
}

cases! {
    async fn one_connection_serves_a_hundred_tasks(bed: Bed) {
        bed.create::<(Entry, Note)>().await;
        let db = pool(&bed, 1).await;
        let tasks: Vec<_> = (0..100).map(|task| {
            let db = db.clone();
            tokio::spawn(async move {
                let asked = Instant::now();
                let entry = db.transaction(async move |tx| {
                    let entry = Entry::insert(NewEntry { value: task }).one(&mut *tx).await?;
                    Note::insert_many([NewNote { entry_id: entry.id }, NewNote { entry_id: entry.id }]).exec(&mut *tx).await?;
                    Ok(entry)
                }).await.unwrap();
                let tree = Entry::find(entry.id).with(Entry::notes.selectin()).one(&db).await.unwrap();
                assert_eq!((tree.value, tree.notes().len()), (task, 2));
                asked.elapsed()
            })
        }).collect();
        let mut longest = Duration::ZERO;
        for task in tasks { longest = longest.max(task.await.unwrap()); }
        assert!(longest < Duration::from_secs(10), "{longest:?}");
        assert_eq!(Entry::select().count(&db).await.unwrap(), 100);
        let status = db.pool_status();
        assert_eq!((status.size, status.in_use, status.waiters, status.max), (1, 0, 0, 1));
    }

    async fn memory_is_one_database_for_all_tasks(bed: Bed) except [postgres: "no memory", mariadb: "no memory", mysql: "no memory"] {
        bed.create::<Entry>().await;
        let tasks: Vec<_> = (0..50).map(|task| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                for _ in 0..4 { Entry::insert(NewEntry { value: task }).exec(&db).await.unwrap(); }
                Entry::select().filter(Entry::value.eq(task)).count(&db).await.unwrap()
            })
        }).collect();
        for task in tasks { assert_eq!(task.await.unwrap(), 4); }
        assert_eq!(Entry::select().count(&bed.db).await.unwrap(), 200);
        // Another `Db` of the same URL is another database.
        let other = Db::connect("sqlite::memory:").await.unwrap();
        assert!(matches!(Entry::select().count(&other).await, Err(Error::MissingTable(_))));
    }

    async fn who_holds_the_last_connection_is_told_at_once(bed: Bed) {
        bed.create::<(Entry, Note)>().await;
        let db = pool(&bed, 1).await;
        let started = Instant::now();
        let inner = db.clone();
        let outcome = db.transaction(async move |tx| {
            Entry::insert(NewEntry { value: 1 }).exec(&mut *tx).await?;
            let query = Entry::select().count(&inner).await;
            let Err(Error::PoolDeadlock { holder }) = &query else { panic!("{query:?}") };
            assert!(holder.contains("tests/pool.rs"), "it names the place: {holder}");
            let nested = inner.transaction(async |tx| Entry::select().count(tx).await).await;
            assert!(matches!(nested, Err(Error::PoolDeadlock { .. })), "{nested:?}");
            // The transaction itself lives.
            Entry::select().with(Entry::notes.selectin()).all(tx).await
        }).await.unwrap();
        assert_eq!(outcome.len(), 1);
        let mut tx = db.begin().await.unwrap();
        Entry::insert(NewEntry { value: 2 }).exec(&mut tx).await.unwrap();
        let query = Entry::select().count(&db).await;
        assert!(matches!(&query, Err(Error::PoolDeadlock { holder }) if holder.contains("tests/pool.rs")), "{query:?}");
        tx.commit().await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(5));
        assert_eq!(Entry::select().count(&db).await.unwrap(), 2);
    }

    async fn siblings_in_one_task_wait_for_each_other(bed: Bed) {
        bed.create::<Entry>().await;
        let db = pool(&bed, 1).await;
        let insert = async |value| db.transaction(async move |tx| {
            let entry = Entry::insert(NewEntry { value }).one(&mut *tx).await?;
            tokio::task::yield_now().await;
            Entry::find(entry.id).one(tx).await
        }).await;
        let (one, two, count) = tokio::join!(insert(1), insert(2), Entry::select().count(&db));
        one.unwrap();
        two.unwrap();
        count.unwrap();
        assert_eq!(Entry::select().count(&db).await.unwrap(), 2);
    }

    async fn a_query_that_has_its_turn_and_is_not_polled_is_found_out(bed: Bed) except [sqlite: "its queries end when they are polled first"] {
        bed.create::<Entry>().await;
        let db = pool(&bed, 1).await;
        let started = Instant::now();
        // The second query asks for the connection while the first one has it, for that has no answer when it is polled first.
        let nap = if bed.backend == Backend::Postgres { "SELECT pg_sleep(0.05)" } else { "SELECT SLEEP(0.05)" };
        let mut queries = pin!(stream::iter(0..3).map(|_| sql(nap).exec(&db)).buffer_unordered(2));
        queries.next().await.unwrap().unwrap();
        // The body of a loop: the second query is next, and stands still until the body ends.
        let inner = Entry::select().count(&db).await;
        assert!(matches!(&inner, Err(Error::PoolDeadlock { holder }) if holder.contains("nobody polls")), "{inner:?}");
        while let Some(query) = queries.next().await { query.unwrap(); }
        // A query that was sent.
        let sleep = if bed.backend == Backend::Postgres { "SELECT pg_sleep(0.5)" } else { "SELECT SLEEP(0.5)" };
        let mut sent = Box::pin(sql(sleep).exec(&db));
        assert!((&mut sent).now_or_never().is_none());
        let inner = Entry::select().count(&db).await;
        assert!(matches!(&inner, Err(Error::PoolDeadlock { holder }) if holder.contains("nobody polls")), "{inner:?}");
        sent.await.unwrap();
        assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    }

    /// Longer than it takes to be suspected.
    async fn a_sibling_with_a_long_statement_is_waited_for(bed: Bed) except [sqlite: "no statement that sleeps"] {
        bed.create::<Entry>().await;
        let db = pool(&bed, 1).await;
        let long = || sql(if bed.backend == Backend::Postgres { "SELECT pg_sleep(2.5)" } else { "SELECT SLEEP(2.5)" });
        let count = || Entry::select().count(&db);
        let (slow, one, two, in_tx) = tokio::join!(long().exec(&db), count(), count(), async {
            let mut tx = db.begin().await?;
            long().exec(&mut tx).await?;
            tx.commit().await
        });
        slow.unwrap();
        one.unwrap();
        two.unwrap();
        in_tx.unwrap();
    }

    async fn a_wait_that_is_too_long_names_the_holders(bed: Bed) {
        bed.create::<Entry>().await;
        let builder = Db::builder(&bed.url).pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(200));
        let db = builder.connect().await.unwrap();
        let tx = db.begin().await.unwrap();
        let other = db.clone();
        let waiting = tokio::spawn(async move { sql("SELECT 1").exec(&other).await });
        let outcome = waiting.await.unwrap();
        let Err(Error::PoolTimeout { waited, size: 1, holders }) = &outcome else { panic!("{outcome:?}") };
        assert!(*waited >= Duration::from_millis(200) && holders.contains("tests/pool.rs"), "{waited:?} {holders}");
        tx.rollback().await.unwrap();
        sql("SELECT 1").exec(&db).await.unwrap();
    }

    async fn a_loader_tree_needs_one_connection_only(bed: Bed) {
        bed.create::<(Entry, Note)>().await;
        let db = pool(&bed, 1).await;
        let entry = Entry::insert(NewEntry { value: 1 }).one(&db).await.unwrap();
        Note::insert_many((0..3).map(|_| NewNote { entry_id: entry.id })).exec(&db).await.unwrap();
        let query = || Entry::select().with(Entry::notes.selectin().with(Note::entry.selectin().with(Entry::notes.selectin())));
        let outside = query().all(&db).await.unwrap();
        let inside = db.transaction(async |tx| query().all(tx).await).await.unwrap();
        assert_eq!(outside, inside);
        assert_eq!(outside[0].notes()[2].entry().notes().len(), 3);
        assert_eq!(db.pool_status().size, 1);
    }

    async fn a_database_that_was_closed_says_so(bed: Bed) {
        bed.create::<Entry>().await;
        let db = Db::builder(&bed.url).pool_size(2).connect().await.unwrap();
        sql("SELECT 1").exec(&db).await.unwrap();
        db.close().await;
        let refused = sql("SELECT 1").exec(&db).await;
        assert!(matches!(&refused, Err(Error::Connection { message, .. }) if message.contains("closed")), "{refused:?}");
    }
}
