//! Every public operation, dropped after each number of polls: no half of it stays, nothing that was acknowledged is lost,
//! and the pool works within a second (hazards 1, 2, 3, 25, 27).

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use orm_core::prelude::*;
use orm_core::{Error, Result, sql};
use orm_tests::{Backend, Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
#[has_many(notes: Note, key = entry_id)]
#[has_many(tags: Tag, key = entry_id)]
struct Entry {
    #[model(primary_key)]
    id: i64,
    value: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "notes")]
#[belongs_to(entry: Entry, key = entry_id, on_delete = cascade)]
#[has_many(tags: Tag, key = note_id)]
struct Note {
    #[model(primary_key)]
    id: i64,
    entry_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tags")]
#[belongs_to(entry: Entry, key = entry_id, on_delete = cascade)]
#[belongs_to(note: Note, key = note_id, on_delete = cascade)]
struct Tag {
    #[model(primary_key)]
    id: i64,
    entry_id: i64,
    note_id: i64,
}

/// More polls than any of these operations takes.
const POLLS: usize = 2_000;

/// Polls a future up to `polls` times and drops it.
async fn poll_and_drop<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut done = 0;
    poll_fn(|context| {
        done += 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if done >= polls => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

async fn within_a_second<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(1), future).await.expect("took longer than a second")
}

fn entry(id: i64) -> Entry {
    Entry { id, value: 0 }
}

/// The entries' ids and values.
type State = Vec<(i64, i64)>;

async fn state(db: &Db) -> State {
    let columns = (Entry::id, Entry::value);
    within_a_second(Entry::select().order_by(Entry::id.asc()).columns(columns).all(db)).await.unwrap()
}

const BEFORE: [(i64, i64); 3] = [(1, 0), (2, 0), (3, 0)];

/// Three entries, with a note and a tag each.
async fn reset(db: &Db) {
    within_a_second(db.transaction(async |tx| {
        Entry::delete().all_rows().exec(&mut *tx).await?;
        Entry::insert_many((1..=3).map(entry)).exec(&mut *tx).await?;
        Note::insert_many((1..=3).map(|id| Note { id, entry_id: id })).exec(&mut *tx).await?;
        Tag::insert_many((1..=3).map(|id| Tag { id, entry_id: id, note_id: id })).exec(&mut *tx).await
    }))
    .await
    .unwrap();
}

/// Sweeps an operation over every number of polls. It gives `None` when it was dropped, else whether it was acknowledged;
/// `after` are the states that it may leave, the last one when it was acknowledged.
fn sweep(bed: &Bed, work: impl AsyncFn(&Db, usize) -> Option<bool>, after: &[State]) {
    // Of a closure that borrows, the compiler cannot see that its future is Send.
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(sweep_all(&bed.db, work, after))
    });
}

async fn sweep_all(db: &Db, work: impl AsyncFn(&Db, usize) -> Option<bool>, after: &[State]) {
    db.create_tables::<(Entry, Note, Tag)>().await.unwrap();
    let mut polls = 0;
    loop {
        polls += 1;
        assert!(polls < POLLS, "never ended");
        reset(db).await;
        let outcome = work(db, polls).await;
        // What was dropped may still be on its way to the server, which carries it out.
        tokio::time::sleep(Duration::from_millis(10)).await;
        let left = state(db).await;
        match outcome {
            Some(true) => assert_eq!(Some(&left), after.last(), "{polls} polls"),
            _ => assert!(left == BEFORE || after.contains(&left), "{polls} polls: {left:?}"),
        }
        usable(db, polls).await;
        if outcome.is_some() {
            break;
        }
    }
}

/// Every connection is to be had, clean, and what is written now is stored.
async fn usable(db: &Db, polls: usize) {
    assert_eq!(db.pool_status().in_use, 0, "{polls} polls");
    let all = (0..db.pool_status().max).map(|n| async move {
        let id = 900 + n as i64;
        db.transaction(async move |tx| {
            Entry::insert(entry(id)).exec(&mut *tx).await?;
            tokio::task::yield_now().await;
            assert_eq!(Entry::find(id).one(tx).await?, entry(id));
            Ok(())
        })
        .await
    });
    for outcome in within_a_second(futures_util::future::join_all(all)).await {
        outcome.unwrap();
    }
    within_a_second(Entry::insert(entry(990)).exec(db)).await.unwrap();
    let found = Entry::select().filter(Entry::id.ge(900)).count(db).await.unwrap();
    assert_eq!(found, db.pool_status().max as u64 + 1, "{polls} polls");
}

fn with(more: impl IntoIterator<Item = (i64, i64)>) -> State {
    BEFORE.into_iter().chain(more).collect()
}

/// How many rows make several chunks; on MySQL, where rows that are returned go one by one, a few.
fn chunks(bed: &Bed) -> i64 {
    if bed.backend == Backend::MySql { 8 } else { 1_200 }
}

/// Whether it was acknowledged, if it ended.
fn ended<T>(outcome: Option<Result<T>>) -> Option<bool> {
    outcome.map(|result| result.map_err(|error| panic!("{error}")).is_ok())
}

cases! {
    async fn insert(bed: Bed) {
        sweep(&bed, async |db, polls| ended(poll_and_drop(Entry::insert(entry(4)).exec(db), polls).await), &[with([(4, 0)])]);
        sweep(&bed, async |db, polls| ended(poll_and_drop(Entry::insert(entry(4)).one(db), polls).await), &[with([(4, 0)])]);
    }

    async fn insert_of_several_chunks(bed: Bed) {
        let many = || (10..1_210).map(entry);
        let after = with((10..1_210).map(|id| (id, 0)));
        // Ids above 900 are the check's own.
        let moved = |state: State| state.into_iter().map(|(id, value)| if id > 9 { (-id, value) } else { (id, value) });
        let mut after: State = moved(after).collect();
        after.sort();
        sweep(&bed, async |db, polls| {
            let rows = many().map(|entry| Entry { id: -entry.id, ..entry });
            ended(poll_and_drop(Entry::insert_many(rows).exec(db), polls).await)
        }, &[after]);
    }

    async fn insert_of_several_chunks_that_return(bed: Bed) {
        let rows = chunks(&bed);
        let mut after = with((1..=rows).map(|id| (-id, 0)));
        after.sort();
        sweep(&bed, async |db, polls| {
            ended(poll_and_drop(Entry::insert_many((1..=rows).map(|id| entry(-id))).all(db), polls).await)
        }, &[after]);
    }

    async fn update_and_delete(bed: Bed) {
        let updated = BEFORE.map(|(id, _)| (id, 5)).to_vec();
        sweep(&bed, async |db, polls| {
            ended(poll_and_drop(Entry::update().set(Entry::value, 5).filter(Entry::id.le(3)).exec(db), polls).await)
        }, std::slice::from_ref(&updated));
        sweep(&bed, async |db, polls| {
            let rows = (1..=3).map(|id| Entry { id, value: 5 }).collect::<Vec<_>>();
            ended(poll_and_drop(Entry::update_many(&rows, Entry::value).exec(db), polls).await)
        }, &[updated]);
        sweep(&bed, async |db, polls| {
            ended(poll_and_drop(Entry::delete().filter(Entry::id.ge(2)).exec(db), polls).await)
        }, &[vec![(1, 0)]]);
    }

    async fn reads(bed: Bed) {
        let same = [BEFORE.to_vec()];
        sweep(&bed, async |db, polls| ended(poll_and_drop(Entry::select().all(db), polls).await), &same);
        sweep(&bed, async |db, polls| ended(poll_and_drop(Entry::select().count(db), polls).await), &same);
        sweep(&bed, async |db, polls| ended(poll_and_drop(Entry::find(2).one(db), polls).await), &same);
        sweep(&bed, async |db, polls| ended(poll_and_drop(Entry::select().exists(db), polls).await), &same);
        sweep(&bed, async |db, polls| {
            ended(poll_and_drop(sql("SELECT id FROM entries").fetch_as::<(i64,)>().all(db), polls).await)
        }, &same);
    }

    async fn a_tree_of_three_loads(bed: Bed) {
        sweep(&bed, async |db, polls| {
            let tree = Entry::select()
                .with(Entry::notes.selectin().with(Note::tags.selectin()))
                .with(Entry::tags.selectin().with(Tag::note.joined()));
            let found = poll_and_drop(tree.all(db), polls).await?.unwrap();
            assert!(found.iter().all(|entry| entry.notes()[0].tags().len() == 1 && entry.tags()[0].note().id == entry.id));
            Some(true)
        }, &[BEFORE.to_vec()]);
    }

    async fn begin(bed: Bed) {
        let same = [BEFORE.to_vec()];
        sweep(&bed, async |db, polls| ended(poll_and_drop(db.begin(), polls).await), &same);
        let serializable = TxOptions::serializable();
        sweep(&bed, async |db, polls| ended(poll_and_drop(db.begin_with(serializable), polls).await), &same);
    }

    async fn commit_and_rollback(bed: Bed) {
        let begun = async |db: &Db| {
            let mut tx = db.begin().await.unwrap();
            Entry::insert_many([entry(4), entry(5)]).exec(&mut tx).await.unwrap();
            tx
        };
        sweep(&bed, async |db, polls| ended(poll_and_drop(begun(db).await.commit(), polls).await), &[with([(4, 0), (5, 0)])]);
        sweep(&bed, async |db, polls| ended(poll_and_drop(begun(db).await.rollback(), polls).await), &[BEFORE.to_vec()]);
    }

    async fn a_transaction_with_one_inside(bed: Bed) {
        sweep(&bed, async |db, polls| {
            let work = db.transaction(async |tx| {
                Entry::insert(entry(4)).exec(&mut *tx).await?;
                tx.transaction(async |tx| Entry::update().set(Entry::value, 1).filter(Entry::id.eq(4)).exec(tx).await).await?;
                Entry::insert(entry(5)).exec(&mut *tx).await
            });
            ended(poll_and_drop(work, polls).await)
        }, &[with([(4, 1), (5, 0)])]);
    }

    async fn a_transaction_goes_on_after_one_inside_was_dropped(bed: Bed) {
        sweep(&bed, async |db, polls| {
            let mut tx = db.begin().await.unwrap();
            Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
            let inner = tx.transaction(async |tx| {
                Entry::insert(entry(5)).exec(&mut *tx).await?;
                Entry::insert(entry(6)).exec(&mut *tx).await
            });
            let dropped = poll_and_drop(inner, polls).await.is_none();
            let later = Entry::insert(entry(7)).exec(&mut tx).await;
            match tx.commit().await {
                Ok(()) => { later.unwrap(); (!dropped).then_some(true) }
                Err(error) => {
                    assert!(dropped && matches!(error, Error::RolledBack { .. }), "{error:?}");
                    assert!(later.is_err());
                    None
                }
            }
        }, &[with([(4, 0), (7, 0)]), with([4, 5, 6, 7].map(|id| (id, 0)))]);
    }

    async fn a_transaction_goes_on_after_its_query_was_dropped(bed: Bed) {
        sweep(&bed, async |db, polls| {
            let mut tx = db.begin().await.unwrap();
            Entry::insert(entry(4)).exec(&mut tx).await.unwrap();
            let rows = (1..=chunks(&bed)).map(|id| entry(-id));
            let dropped = poll_and_drop(Entry::insert_many(rows).all(&mut tx), polls).await.is_none();
            let after = Entry::delete().filter(Entry::id.lt(0)).exec(&mut tx).await;
            match tx.commit().await {
                Ok(()) => { after.unwrap(); (!dropped).then_some(true) }
                Err(error) => {
                    assert!(dropped && matches!(error, Error::RolledBack { .. }), "{error:?}");
                    None
                }
            }
        }, &[with([(4, 0)])]);
    }

    async fn schema(bed: Bed) {
        let same = [BEFORE.to_vec()];
        sweep(&bed, async |db, polls| ended(poll_and_drop(db.create_tables::<(Entry, Note, Tag)>(), polls).await), &same);
    }

    async fn dropping_tables(bed: Bed) {
        for polls in 1..POLLS {
            bed.db.create_tables::<(Entry, Note, Tag)>().await.unwrap();
            let ended = poll_and_drop(bed.db.drop_tables::<(Entry, Note, Tag)>(), polls).await.is_some();
            tokio::time::sleep(Duration::from_millis(10)).await;
            within_a_second(bed.db.create_tables::<(Entry, Note, Tag)>()).await.unwrap();
            // Foreign keys are checked on every connection again.
            let refused = (0..bed.db.pool_status().max).map(|n| {
                let db = &bed.db;
                async move { db.transaction(async move |tx| Note::insert(Note { id: 50 + n as i64, entry_id: 77 }).exec(tx).await).await }
            });
            for outcome in within_a_second(futures_util::future::join_all(refused)).await {
                assert!(matches!(outcome, Err(Error::ForeignKeyViolation(_))), "{polls} polls: {outcome:?}");
            }
            if ended { break; }
        }
    }

    async fn no_task_ever_reads_the_rows_of_another(bed: Bed) {
        bed.create::<(Entry, Note, Tag)>().await;
        Entry::insert_many((1..=64).map(|id| Entry { id, value: id * 7 })).exec(&bed.db).await.unwrap();
        let tasks: Vec<_> = (0..8_i64).map(|task| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                let mut read = 0;
                for turn in 0..100_i64 {
                    let id = (task * 31 + turn * 7) % 64 + 1;
                    let polls = (turn as usize * 5 + task as usize) % 9 + 1;
                    if let Some(found) = poll_and_drop(Entry::find(id).one(&db), polls).await {
                        assert_eq!(found.unwrap(), Entry { id, value: id * 7 });
                        read += 1;
                    }
                    let several = Entry::select().filter(Entry::id.gt(id).and(Entry::id.le(id + task))).order_by(Entry::id.asc()).columns(Entry::id);
                    if let Some(found) = poll_and_drop(several.all(&db), polls + 2).await {
                        assert_eq!(found.unwrap(), (id + 1..=(id + task).min(64)).collect::<Vec<_>>());
                        read += 1;
                    }
                }
                read
            })
        }).collect();
        let mut read = 0;
        for task in tasks { read += task.await.unwrap(); }
        assert!(read > 0, "some were never dropped");
        assert_eq!(within_a_second(Entry::select().count(&bed.db)).await.unwrap(), 64);
    }
}
