//! Transactions: what is kept, what is undone, and what a failed one still does.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt;
use orm_core::prelude::*;
use orm_core::{Dialect, Error, Result, sql};
use orm_tests::{Backend, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
struct Entry {
    #[model(primary_key)]
    id: i64,
    value: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "authors")]
#[has_many(books: Book, key = author_id)]
struct Author {
    #[model(primary_key, generated)]
    id: i64,
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "books")]
#[belongs_to(author: Author, key = author_id)]
#[has_many(pages: Page, key = book_id)]
struct Book {
    #[model(primary_key, generated)]
    id: i64,
    author_id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pages")]
#[belongs_to(book: Book, key = book_id)]
struct Page {
    #[model(primary_key, generated)]
    id: i64,
    book_id: i64,
}

async fn add(tx: &mut Transaction, id: i64) -> Result<()> {
    Entry::insert(Entry { id, value: 0 }).exec(tx).await
}

async fn ids(db: &Db) -> Vec<i64> {
    Entry::select().order_by(Entry::id.asc()).columns(Entry::id).all(db).await.unwrap()
}

/// The isolation level of a transaction that has written, as the server tells it.
async fn level(tx: &mut Transaction) -> Result<String> {
    let ask = match tx.dialect() {
        Dialect::Postgres => "SELECT current_setting('transaction_isolation')",
        // The level of the running transaction stands in no variable.
        _ => {
            "SELECT trx_isolation_level FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()"
        }
    };
    if tx.dialect() != Dialect::Postgres {
        // That table is a copy, which the server renews when it is older than 100 ms.
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    Ok(sql(ask).fetch_as::<(String,)>().one(tx).await?.0.to_lowercase())
}

fn stop() -> Error {
    Error::Configuration("stop".into())
}

cases! {
    async fn ok_commits_and_err_panic_and_drop_roll_back(bed: Bed) {
        bed.create::<Entry>().await;
        let made = bed.db.transaction(async |tx| { add(tx, 1).await?; add(tx, 2).await?; Ok("made") }).await.unwrap();
        assert_eq!(made, "made");
        let refused: Result<()> = bed.db.transaction(async |tx| { add(tx, 3).await?; Err(stop()) }).await;
        assert!(matches!(refused, Err(Error::Configuration(_))));
        let panicked = AssertUnwindSafe(bed.db.transaction(async |tx| -> Result<()> {
            add(tx, 4).await?;
            panic!("in the middle of a transaction")
        })).catch_unwind().await;
        assert!(panicked.is_err());
        let dropped = bed.db.transaction(async |tx| -> Result<()> { add(tx, 5).await?; std::future::pending().await });
        assert!(tokio::time::timeout(std::time::Duration::from_millis(100), dropped).await.is_err());
        assert_eq!(ids(&bed.db).await, [1, 2]);
        assert_eq!(bed.db.pool_status().in_use, 0);
    }

    async fn nested_ones_are_undone_alone(bed: Bed) {
        bed.create::<Entry>().await;
        bed.db.transaction(async |tx| {
            add(tx, 1).await?;
            let refused: Result<()> = tx.transaction(async |tx| { add(tx, 2).await?; Err(stop()) }).await;
            assert!(refused.is_err());
            tx.transaction(async |tx| {
                add(tx, 3).await?;
                // A statement that fails inside fails the inside only.
                let duplicate = tx.transaction(async |tx| { add(tx, 4).await?; add(tx, 1).await }).await;
                assert!(matches!(duplicate, Err(Error::UniqueViolation(_))), "{duplicate:?}");
                let duplicate = tx.transaction(async |tx| add(tx, 3).await).await;
                assert!(matches!(duplicate, Err(Error::UniqueViolation(_))), "{duplicate:?}");
                tx.transaction(async |tx| add(tx, 5).await).await?;
                add(tx, 6).await
            }).await?;
            add(tx, 7).await
        }).await.unwrap();
        assert_eq!(ids(&bed.db).await, [1, 3, 5, 6, 7]);
        let outer: Result<()> = bed.db.transaction(async |tx| {
            tx.transaction(async |tx| tx.transaction(async |tx| add(tx, 8).await).await).await?;
            Err(stop())
        }).await;
        assert!(outer.is_err());
        assert_eq!(ids(&bed.db).await, [1, 3, 5, 6, 7]);
    }

    async fn begun_by_hand_they_commit_roll_back_and_drop(bed: Bed) {
        bed.create::<Entry>().await;
        let mut tx = bed.db.begin().await.unwrap();
        add(&mut tx, 1).await.unwrap();
        tx.transaction(async |tx| add(tx, 2).await).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = bed.db.begin().await.unwrap();
        add(&mut tx, 3).await.unwrap();
        tx.rollback().await.unwrap();
        let mut tx = bed.db.begin().await.unwrap();
        add(&mut tx, 4).await.unwrap();
        drop(tx);
        assert_eq!(ids(&bed.db).await, [1, 2]);
    }

    async fn a_swallowed_failure_does_not_commit(bed: Bed) {
        bed.create::<Entry>().await;
        let outcome = bed.db.transaction(async |tx| {
            add(tx, 1).await?;
            assert!(matches!(add(tx, 1).await, Err(Error::UniqueViolation(_))));
            let later = add(tx, 2).await;
            assert!(matches!(later, Err(Error::TransactionFailed { .. })), "{later:?}");
            let read = Entry::select().count(&mut *tx).await;
            assert!(matches!(read, Err(Error::TransactionFailed { .. })), "{read:?}");
            let inner = tx.transaction(async |tx| add(tx, 3).await).await;
            assert!(matches!(inner, Err(Error::TransactionFailed { .. })), "{inner:?}");
            Ok(())
        }).await;
        let Err(error @ Error::RolledBack { .. }) = outcome else { panic!("{outcome:?}") };
        assert!(error.to_string().contains("unique violation"), "it names the failure: {error}");
        let mut tx = bed.db.begin().await.unwrap();
        add(&mut tx, 4).await.unwrap();
        sql("SELECT nothing FROM nowhere").exec(&mut tx).await.unwrap_err();
        assert!(matches!(tx.commit().await, Err(Error::RolledBack { .. })));
        assert_eq!(ids(&bed.db).await, [0_i64; 0]);
    }

    async fn an_error_of_ones_own_passes_through(bed: Bed) {
        #[derive(Debug)]
        enum AppError { Refused(&'static str), Database(Error) }
        impl From<Error> for AppError {
            fn from(error: Error) -> Self { AppError::Database(error) }
        }
        bed.create::<Entry>().await;
        let refused = bed.db.transaction_as::<AppError, (), _>(async |tx| {
            add(tx, 1).await?;
            let inner = tx.transaction_as::<AppError, (), _>(async |tx| { add(tx, 2).await?; Err(AppError::Refused("inner")) }).await;
            assert!(matches!(inner, Err(AppError::Refused("inner"))));
            Err(AppError::Refused("outer"))
        }).await;
        assert!(matches!(refused, Err(AppError::Refused("outer"))), "{refused:?}");
        let failed = bed.db.transaction_as::<AppError, _, _>(async |tx| { add(tx, 1).await?; add(tx, 1).await?; Ok(()) }).await;
        assert!(matches!(failed, Err(AppError::Database(Error::UniqueViolation(_)))), "{failed:?}");
        assert_eq!(ids(&bed.db).await, [0_i64; 0]);
    }

    async fn options_are_set_for_one_transaction(bed: Bed) except [sqlite: "knows one level, which it cannot tell"] {
        bed.create::<Entry>().await;
        for (options, expected) in [
            (TxOptions::serializable(), "serializable"),
            (TxOptions::repeatable_read(), "repeatable read"),
            (TxOptions::read_committed(), "read committed"),
        ] {
            let seen = bed.db.transaction_with(options, async |tx| {
                add(tx, 1).await?;
                let seen = level(tx).await?;
                Entry::delete().all_rows().exec(&mut *tx).await?;
                Ok(seen)
            }).await.unwrap();
            assert_eq!(seen, expected);
            // The next one has the default again.
            let mut usual = Vec::new();
            for _ in 0..2 {
                usual.push(bed.db.transaction(async |tx| {
                    add(tx, 1).await?;
                    let seen = level(tx).await?;
                    Entry::delete().all_rows().exec(&mut *tx).await?;
                    Ok(seen)
                }).await.unwrap());
            }
            let default = if bed.backend == Backend::Postgres { "read committed" } else { "repeatable read" };
            assert_eq!(usual, [default; 2]);
        }
    }

    async fn a_read_only_one_refuses_writes(bed: Bed) except [sqlite: "BEGIN DEFERRED is all that it has: it writes where it must"] {
        bed.create::<Entry>().await;
        let refused = bed.db.transaction_with(TxOptions::repeatable_read().read_only(), async |tx| {
            assert_eq!(Entry::select().count(&mut *tx).await?, 0);
            add(tx, 1).await
        }).await;
        assert!(matches!(&refused, Err(Error::Database(said)) if said.message.contains("read-only") || said.message.contains("READ ONLY")), "{refused:?}");
        bed.db.transaction(async |tx| add(tx, 1).await).await.unwrap();
        assert_eq!(ids(&bed.db).await, [1]);
    }

    async fn conflicts_run_again_with_fresh_state(bed: Bed) {
        bed.create::<Entry>().await;
        Entry::insert(Entry { id: 1, value: 0 }).exec(&bed.db).await.unwrap();
        // Conflicts of the closure's own making, as if the server had said so.
        let runs = Arc::new(AtomicU32::new(0));
        let run = runs.clone();
        let seen = bed.db.transaction_with(TxOptions::default().retries(3), async move |tx| {
            let before = Entry::find(1).one(&mut *tx).await?.value;
            Entry::update().set(Entry::value, Entry::value + 1).all_rows().exec(&mut *tx).await?;
            match run.fetch_add(1, Ordering::Relaxed) {
                0 => Err(Error::Serialization(Box::default())),
                1 => Err(Error::Deadlock(Box::default())),
                _ => Ok(before),
            }
        }).await.unwrap();
        assert_eq!((runs.swap(0, Ordering::Relaxed), seen), (3, 0), "each run finds what was there before");
        assert_eq!(Entry::find(1).one(&bed.db).await.unwrap().value, 1);
        let run = runs.clone();
        let outcome: Result<()> = bed.db.transaction_with(TxOptions::default().retries(2), async move |_| {
            run.fetch_add(1, Ordering::Relaxed);
            Err(Error::Busy(Box::default()))
        }).await;
        assert!(matches!(outcome, Err(Error::Busy(_))));
        assert_eq!(runs.swap(0, Ordering::Relaxed), 3);
        let run = runs.clone();
        let outcome: Result<()> = bed.db.transaction_with(TxOptions::default().retries(2), async move |_| {
            run.fetch_add(1, Ordering::Relaxed);
            Err(stop())
        }).await;
        assert!(outcome.is_err());
        assert_eq!(runs.load(Ordering::Relaxed), 1, "what is no conflict does not run again");
    }

    async fn every_query_runs_on_the_database_and_in_a_transaction(bed: Bed) {
        bed.create::<(Entry, Author, Book, Page)>().await;
        bed.db.transaction(async |tx| {
            let author = Author::insert(NewAuthor { name: "a".into() }).one(&mut *tx).await?;
            let books = Book::insert_many((0..3).map(|_| NewBook { author_id: author.id })).all(&mut *tx).await?;
            Page::insert_many(books.iter().flat_map(|book| [NewPage { book_id: book.id }, NewPage { book_id: book.id }])).exec(&mut *tx).await?;
            assert_eq!(Book::insert(NewBook { author_id: author.id }).returning(Book::author_id).one(&mut *tx).await?, author.id);
            assert_eq!(Author::find(author.id).one(&mut *tx).await?, author);
            assert!(Author::find(author.id + 1).optional(&mut *tx).await?.is_none());
            assert!(Author::select().first(&mut *tx).await?.is_some());
            assert!(Author::select().exists(&mut *tx).await?);
            assert_eq!(Page::select().count(&mut *tx).await?, 6);
            assert_eq!(Page::select().min(Page::id, &mut *tx).await?, Some(1));
            assert_eq!(Book::select().columns((Book::id, Book::pages.count())).order_by(Book::id.asc()).all(&mut *tx).await?.len(), 4);
            assert_eq!(Author::update().set(Author::name, "b").all_rows().exec(&mut *tx).await?, 1);
            assert_eq!(Author::update_many([&author], Author::name).exec(&mut *tx).await?, 1);
            assert_eq!(sql("SELECT COUNT(*) FROM books WHERE author_id = {}").bind(author.id).fetch_as::<(i64,)>().one(&mut *tx).await?, (4,));
            assert_eq!(sql("UPDATE books SET author_id = {}").bind(author.id).exec(&mut *tx).await?, 4);
            let tree = Author::select()
                .with(Author::books.selectin().with(Book::pages.selectin()).with(Book::author.joined()))
                .all(&mut *tx).await?;
            assert_eq!(tree[0].books().len(), 4);
            assert_eq!(tree[0].books()[0].pages().len(), 2);
            assert_eq!(Page::delete().all_rows().exec(&mut *tx).await?, 6);
            Ok(())
        }).await.unwrap();
        assert_eq!(Book::select().count(&bed.db).await.unwrap(), 4);
        assert_eq!(bed.db.pool_status().size, 1, "all of it was one connection");
    }

    async fn ddl_in_a_transaction_where_the_server_has_it(bed: Bed) {
        bed.create::<Entry>().await;
        let outcome = bed.db.transaction(async |tx| {
            add(tx, 1).await?;
            sql("CREATE TABLE extra (id INTEGER)").exec(&mut *tx).await?;
            Err::<(), _>(stop())
        }).await;
        match bed.backend {
            Backend::Sqlite | Backend::Postgres => {
                assert!(matches!(outcome, Err(Error::Configuration(_))), "{outcome:?}");
                assert_eq!(ids(&bed.db).await, [0_i64; 0]);
                let table = sql("SELECT id FROM extra").exec(&bed.db).await;
                assert!(matches!(table, Err(Error::MissingTable(_))), "{table:?}");
            }
            _ => {
                // The server would commit what came before, and nobody could undo it.
                assert!(matches!(outcome, Err(Error::Unsupported { feature: "DDL in a transaction", .. })), "{outcome:?}");
                assert_eq!(ids(&bed.db).await, [0_i64; 0]);
                bed.db.transaction(async |tx| {
                    add(tx, 1).await?;
                    sql("CREATE TEMPORARY TABLE extra (id INTEGER)").exec(&mut *tx).await?;
                    sql("DROP TEMPORARY TABLE extra").exec(&mut *tx).await?;
                    Err::<(), _>(stop())
                }).await.unwrap_err();
                assert_eq!(ids(&bed.db).await, [0_i64; 0]);
            }
        }
    }

    async fn raw_sql_neither_begins_nor_ends_a_transaction(bed: Bed) {
        bed.create::<Entry>().await;
        for text in ["BEGIN", " begin IMMEDIATE", "START TRANSACTION", "COMMIT", "ROLLBACK", "ROLLBACK TO SAVEPOINT orm_2",
            "SAVEPOINT mine", "RELEASE SAVEPOINT orm_2", "END", "ABORT", "SET autocommit = 0", "XA START 'x'"] {
            let refused = sql(text).exec(&bed.db).await;
            assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{text}: {refused:?}");
            bed.db.transaction(async move |tx| {
                let refused = sql(text).exec(&mut *tx).await;
                assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{text}: {refused:?}");
                Ok(())
            }).await.unwrap();
        }
        assert!(bed.statements.take().iter().all(|text| ["BEGIN", "COMMIT", "BEGIN IMMEDIATE", "START TRANSACTION"].contains(&text.as_str())));
    }
}
