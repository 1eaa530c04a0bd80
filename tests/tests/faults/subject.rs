//! A database under test, through a proxy where it is a server, and a second way to it that no fault touches.

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use orm_core::prelude::*;
use orm_core::{DbBuilder, sql};
use orm_proxy::Proxy;
use orm_tests::{Backend, Bed};

use crate::{Entry, Mark, Note, State, Tables, Tag, entry};

/// How many connections the pool under test has. `sqlite::memory:` has one.
pub(crate) const SLOTS: usize = 2;

/// The first id of the rows that [`Subject::works`] stores; no operation uses ids from here on.
const OWN: i64 = 900_000;

pub(crate) struct Subject {
    /// The pool under test.
    pub(crate) db: Db,
    pub(crate) backend: Backend,
    /// What `db` connects to.
    pub(crate) url: String,
    /// Before the server of `db`; SQLite has none.
    pub(crate) proxy: Option<Proxy>,
    /// Past the proxy.
    pub(crate) direct: Db,
    /// What tells its connections from those of others on the server.
    name: String,
    file: Option<PathBuf>,
}

/// Within a second; on a busy machine, which runs this more slowly, within three.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(3), future).await.expect("it took too long")
}

/// Runs what borrows as it likes: a test's own future must be Send, and of a closure that borrows the compiler cannot see it.
pub(crate) fn here<F: Future>(future: F) -> F::Output {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

impl Subject {
    /// The bed's database.
    pub(crate) async fn of(bed: &Bed) -> Subject {
        let proxy = (bed.backend != Backend::Sqlite).then(|| Proxy::for_url(&bed.url).unwrap());
        let name = bed.url.rsplit(['/', '=']).next().unwrap_or_default().to_owned();
        let mut url = proxy.as_ref().map_or_else(|| bed.url.clone(), |proxy| proxy.url(&bed.url));
        if bed.backend == Backend::Postgres {
            url = format!("{url}&application_name={name}");
        }
        let direct = bed.db.clone();
        // Another `Db` on memory would be another database.
        let db = if proxy.is_some() { open(bed.backend, &url).await } else { direct.clone() };
        let subject = Subject { db, backend: bed.backend, url, proxy, direct, name, file: None };
        subject.prepare().await;
        subject
    }

    /// A SQLite file, which is removed at the end.
    pub(crate) async fn file(name: &str) -> Subject {
        let path = std::env::temp_dir().join(format!("orm_faults_{name}_{}.db", std::process::id()));
        let url = format!("sqlite:{}", path.display());
        let db = open(Backend::Sqlite, &url).await;
        let direct = Db::builder(&url).pool_size(1).max_overflow(0).connect().await.unwrap();
        let file = Some(path);
        let subject =
            Subject { db, backend: Backend::Sqlite, url, proxy: None, direct, name: name.to_owned(), file };
        subject.prepare().await;
        subject
    }

    /// The bed's database; on SQLite a file too.
    pub(crate) async fn all(bed: &Bed, name: &str) -> Vec<Subject> {
        let mut subjects = vec![Subject::of(bed).await];
        if bed.backend == Backend::Sqlite {
            subjects.push(Subject::file(name).await);
        }
        subjects
    }

    async fn prepare(&self) {
        self.direct.create_tables::<Tables>().await.unwrap();
        let marks = (0..SLOTS as i64).map(|id| Mark { id, value: id * 11 + 5 });
        Mark::insert_many(marks).exec(&self.direct).await.unwrap();
    }

    /// Another pool on the same database, as [`db`](Self::db) is one.
    pub(crate) fn builder(&self) -> DbBuilder {
        builder(self.backend, &self.url)
    }

    pub(crate) fn proxy(&self) -> &Proxy {
        self.proxy.as_ref().expect("a server")
    }

    /// Three entries, with a note and a tag each.
    pub(crate) async fn reset(&self) {
        let reset = self.direct.transaction(async |tx| {
            Entry::delete().all_rows().exec(&mut *tx).await?;
            Entry::insert_many((1..=3).map(entry)).exec(&mut *tx).await?;
            Note::insert_many((1..=3).map(|id| Note { id, entry_id: id })).exec(&mut *tx).await?;
            Tag::insert_many((1..=3).map(|id| Tag { id, entry_id: id, note_id: id })).exec(&mut *tx).await
        });
        reset.await.unwrap();
    }

    pub(crate) async fn state(&self) -> State {
        let columns = (Entry::id, Entry::value);
        Entry::select().order_by(Entry::id.asc()).columns(columns).all(&self.direct).await.unwrap()
    }

    /// Waits until the proxy and the server have no connection but those that the pools know of: what was dropped is then over there too.
    /// This is at once the check that none is left behind.
    pub(crate) async fn settled(&self) {
        if self.backend == Backend::Sqlite {
            // What was dropped may still be on its way to a thread of the driver's.
            return tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let started = Instant::now();
        loop {
            let known = self.db.pool_status().size;
            let found = (self.proxy().open_connections(), self.server_connections().await);
            if found == (known, known as i64) {
                return;
            }
            let waited = started.elapsed();
            assert!(waited < Duration::from_secs(5), "{found:?} connections in place of {known}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many connections the server has from pools under test.
    pub(crate) async fn server_connections(&self) -> i64 {
        let (all, direct) = match self.backend {
            Backend::Sqlite => return 0,
            Backend::Postgres => {
                (sql("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = {}"), 0)
            }
            Backend::MariaDb | Backend::MySql => {
                let direct = self.direct.pool_status().size as i64;
                (sql("SELECT COUNT(*) FROM information_schema.processlist WHERE db = {}"), direct)
            }
        };
        let (all,) = all.bind(self.name.clone()).fetch_as::<(i64,)>().one(&self.direct).await.unwrap();
        all - direct
    }

    /// Every slot of the pool is free and gives a clean connection within a second, which reads its own rows; and what is
    /// written now is stored. `left` is the state before, and nothing else is added to it.
    pub(crate) async fn works(&self, left: State) {
        let max = self.db.pool_status().max;
        assert_eq!(self.db.pool_status().in_use, 0);
        let mut taken = Vec::new();
        for _ in 0..max {
            let read_only = TxOptions::default().read_only();
            taken.push(soon(self.db.begin_with(read_only)).await.unwrap());
        }
        assert_eq!(self.db.pool_status().in_use, max);
        for (id, tx) in taken.iter_mut().enumerate() {
            let id = id as i64;
            assert_eq!(Mark::find(id).one(tx).await.unwrap(), Mark { id, value: id * 11 + 5 });
        }
        for tx in taken {
            tx.commit().await.unwrap();
        }
        let own = OWN..OWN + max as i64;
        // Inside a transaction that was left open, they would be stored nowhere.
        let stored = own.clone().map(|id| Entry::insert(entry(id)).exec(&self.db));
        for outcome in join_all(stored).await {
            outcome.unwrap();
        }
        let expected: State = left.into_iter().chain(own.map(|id| (id, 0))).collect();
        assert_eq!(self.state().await, expected);
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        for (path, end) in self.file.iter().flat_map(|path| ["", "-wal", "-shm"].map(|end| (path, end))) {
            let _ = std::fs::remove_file(format!("{}{end}", path.display()));
        }
    }
}

fn builder(backend: Backend, url: &str) -> DbBuilder {
    let builder = Db::builder(url).pool_size(SLOTS).max_overflow(0);
    if backend == Backend::MySql { builder.assume_mysql() } else { builder }
}

async fn open(backend: Backend, url: &str) -> Db {
    builder(backend, url).connect().await.unwrap()
}
