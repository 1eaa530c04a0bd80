//! The pool and a server that dies, freezes, refuses or changes its role.
//!
//! Hazards 12, 15, 17, 19, 20, 21.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orm_core::prelude::*;
use orm_core::{
    CloseReason, ConnectionReason, DbBuilder, Error, Event, Observer, PoolEvent, PoolStatus, sql,
};
use orm_proxy::{Cut, Proxy};
use orm_tests::{Backend, Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
struct Entry {
    #[model(primary_key, generated)]
    id: i64,
    value: i64,
}

/// The bed's server behind a proxy, and how to open a pool through it.
struct Behind {
    proxy: Proxy,
    url: String,
    backend: Backend,
}

impl Behind {
    async fn proxy(bed: &Bed) -> Behind {
        bed.create::<Entry>().await;
        let proxy = Proxy::for_url(&bed.url).unwrap();
        Behind { url: proxy.url(&bed.url), proxy, backend: bed.backend }
    }

    fn builder(&self, size: usize) -> DbBuilder {
        let builder =
            Db::builder(&self.url).pool_size(size).max_overflow(0).pool_timeout(Duration::from_secs(20));
        if self.backend == Backend::MySql { builder.assume_mysql() } else { builder }
    }
}

/// Why connections were closed.
#[derive(Clone, Default)]
struct Closed(Arc<Mutex<Vec<CloseReason>>>);

impl Closed {
    fn count(&self, reason: CloseReason) -> usize {
        self.0.lock().unwrap().iter().filter(|other| **other == reason).count()
    }
}

impl Observer for Closed {
    fn statement(&self, _: &Event<'_>) {}

    fn pool(&self, event: &PoolEvent<'_>) {
        if let PoolEvent::Closed { reason, .. } = event {
            self.0.lock().unwrap().push(*reason);
        }
    }
}

/// Fills the pool: this many connections that have been used and are idle.
async fn warm(db: &Db, connections: usize) {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(db.begin().await.unwrap());
    }
    for transaction in open {
        transaction.commit().await.unwrap();
    }
    assert_eq!(db.pool_status().idle, connections);
}

async fn count(db: &Db) -> orm_core::Result<u64> {
    Entry::select().count(db).await
}

fn reason<T: std::fmt::Debug>(result: &orm_core::Result<T>) -> ConnectionReason {
    match result {
        Err(Error::Connection { reason, .. }) => *reason,
        other => panic!("{other:?}"),
    }
}

cases! {
    async fn any_number_of_dead_connections_is_passed_over(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(4).pre_ping(Duration::ZERO).connect().await.unwrap();
        warm(&db, 4).await;
        let closed = Closed::default();
        db.observe(closed.clone());
        behind.proxy.kill_all();
        let started = Instant::now();
        assert_eq!(count(&db).await.unwrap(), 0);
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        // The first one did not answer, and nobody asks the others.
        assert_eq!((closed.count(CloseReason::Dead), closed.count(CloseReason::Invalidated)), (1, 3));
        assert_eq!(db.pool_status().size, 1);
    }

    async fn frozen_connections_cost_one_second_all_together(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(5).pre_ping(Duration::ZERO).connect().await.unwrap();
        warm(&db, 5).await;
        let closed = Closed::default();
        db.observe(closed.clone());
        behind.proxy.freeze();
        let started = Instant::now();
        let thaw = async {
            // After the ping was given up; connecting waits for it.
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            behind.proxy.thaw();
        };
        let (counted, ()) = tokio::join!(count(&db), thaw);
        assert_eq!(counted.unwrap(), 0);
        assert!(started.elapsed() < Duration::from_millis(4_500), "{:?}", started.elapsed());
        assert_eq!((closed.count(CloseReason::Dead), closed.count(CloseReason::Invalidated)), (1, 4));
    }

    async fn giving_back_and_closing_wait_for_no_frozen_server(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(4).connect().await.unwrap();
        warm(&db, 4).await;
        let abandoned = db.begin().await.unwrap();
        let (begun, kept) = (db.begin().await.unwrap(), db.begin().await.unwrap());
        behind.proxy.freeze();
        let started = Instant::now();
        drop(abandoned);
        drop(begun);
        assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
        assert_eq!(db.pool_status().in_use, 1);
        db.close().await;
        drop(kept);
        assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    }

    async fn without_a_ping_one_query_fails_and_no_more(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(4).pre_ping(Duration::MAX).connect().await.unwrap();
        warm(&db, 4).await;
        behind.proxy.kill_all();
        let failed = count(&db).await;
        assert_eq!(reason(&failed), ConnectionReason::Lost);
        for _ in 0..8 { assert_eq!(count(&db).await.unwrap(), 0); }
    }

    async fn what_was_in_use_while_another_broke_ends_its_work_and_is_not_used_again(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(3).pre_ping(Duration::MAX).connect().await.unwrap();
        let closed = Closed::default();
        db.observe(closed.clone());
        let mut long = db.begin().await.unwrap();
        Entry::insert(NewEntry { value: 1 }).exec(&mut long).await.unwrap();
        let mut short = db.begin().await.unwrap();
        behind.proxy.cut(Cut::before_answer("entries"));
        let broken = Entry::select().count(&mut short).await;
        assert_eq!(reason(&broken), ConnectionReason::Lost);
        drop(short);
        assert_eq!(closed.count(CloseReason::Broken), 1);
        long.commit().await.unwrap();
        assert_eq!(closed.count(CloseReason::Invalidated), 1);
        assert_eq!(count(&db).await.unwrap(), 1);
    }

    async fn a_commit_whose_answer_never_comes_is_unknown(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(2).connect().await.unwrap();
        for round in 0..3 {
            behind.proxy.cut(Cut::before_answer("COMMIT"));
            let outcome = db.transaction(async |tx| {
                Entry::insert(NewEntry { value: 1 }).exec(&mut *tx).await
            }).await;
            assert!(matches!(outcome, Err(Error::CommitOutcomeUnknown)), "{round}: {outcome:?}");
            assert_eq!(behind.proxy.cuts(), round + 1);
        }
        // It is never tried again: each is there once. The server may need a moment for the last.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(count(&db).await.unwrap(), 3);
    }

    async fn a_server_that_is_down_is_told_from_a_full_pool_at_once(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        let db = behind.builder(1).pool_timeout(Duration::from_secs(20)).connect().await.unwrap();
        let started = Instant::now();
        behind.proxy.refuse();
        behind.proxy.kill_all();
        assert_eq!(reason(&count(&db).await), ConnectionReason::Lost);
        for _ in 0..3 {
            let refused = count(&db).await;
            assert_eq!(reason(&refused), ConnectionReason::Unreachable);
            assert!(refused.unwrap_err().to_string().contains(&behind.proxy.address().to_string()));
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert_eq!((db.pool_status().failed, db.pool_status().timeouts), (3, 0));
        behind.proxy.accept().unwrap();
        assert_eq!(count(&db).await.unwrap(), 0);
    }

    async fn a_server_that_does_not_answer_is_no_full_pool(bed: Bed) except [sqlite: "no server"] {
        let behind = Behind::proxy(&bed).await;
        behind.proxy.freeze();
        let started = Instant::now();
        let silent = behind.builder(1).pool_timeout(Duration::from_millis(1_500)).connect().await;
        assert_eq!(reason(&silent), ConnectionReason::NoAnswer);
        assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    }

    async fn a_server_that_only_reads_is_left(bed: Bed) except [sqlite: "no server", mariadb: "its root may write all the same", mysql: "its root may write all the same"] {
        bed.create::<Entry>().await;
        // As a primary that became a standby; the next connection finds another one.
        let was_primary = Arc::new(AtomicBool::new(true));
        let flag = was_primary.clone();
        let db = Db::builder(&bed.url).pool_size(2).max_overflow(0).on_connect(move |mut connection| {
            let set = if flag.swap(false, Ordering::Relaxed) {
                "SET default_transaction_read_only = on"
            } else {
                "SET default_transaction_read_only = off"
            };
            async move { sql(set).exec(&mut connection).await.map(drop) }
        }).connect().await.unwrap();
        let insert = async || Entry::insert(NewEntry { value: 1 }).exec(&db).await;
        let refused = insert().await;
        assert_eq!(reason(&refused), ConnectionReason::ReadOnlyServer);
        assert!(refused.unwrap_err().to_string().contains("25006"));
        insert().await.unwrap();
        // Who asks for a transaction that only reads is told of his own mistake, and keeps the connection.
        let opened = db.pool_status().opened;
        let own = db.transaction_with(TxOptions::repeatable_read().read_only(), async |tx| {
            Entry::insert(NewEntry { value: 1 }).exec(tx).await
        }).await;
        assert!(matches!(&own, Err(Error::Database(said)) if said.code.as_deref() == Some("25006")), "{own:?}");
        assert_eq!(count(&db).await.unwrap(), 1);
        assert_eq!(db.pool_status().opened, opened);
    }

    /// A server sees that a client is gone a moment later: here none goes while others wait.
    async fn the_server_never_counts_more_connections_than_there_may_be(bed: Bed) except [sqlite: "no server"] {
        const MAX: usize = 7;
        bed.create::<Entry>().await;
        let mark = format!("orm_live_{}_{:?}", std::process::id(), bed.backend);
        let joint = if bed.url.contains('?') { '&' } else { '?' };
        let builder = match bed.backend {
            Backend::Postgres => Db::builder(&format!("{}{joint}application_name={mark}", bed.url)),
            Backend::MySql => Db::builder(&bed.url).assume_mysql(),
            _ => Db::builder(&bed.url),
        };
        let db = builder.pool_size(3).max_overflow(4).pool_timeout(Duration::from_secs(60)).connect().await.unwrap();
        let tasks = tasks(&db, |_| Duration::ZERO, 2);
        let (mut most, mut samples) = (0, 0);
        while samples == 0 || db.pool_status().waiters > 0 {
            let counted = match bed.backend {
                Backend::Postgres => sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = {}").bind(mark.clone()),
                _ => sql("SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()"),
            };
            let counted = usize::try_from(counted.fetch_as::<(i64,)>().one(&bed.db).await.unwrap().0).unwrap();
            // The bed's own pool is in the same database.
            let own = if bed.backend == Backend::Postgres { 0 } else { bed.db.pool_status().size };
            if db.pool_status().waiters > 0 { most = most.max(counted - own); }
            samples += 1;
        }
        for task in tasks { task.await.unwrap(); }
        println!("{most} on the server, {samples} samples, {:?}", db.pool_status());
        assert!(most <= MAX, "{most} on the server");
        assert_eq!(db.pool_status().opened, 7, "none was closed while others waited");
        settle(&db, |status| status.size <= 3).await;
    }

    /// Given back, closed and dropped in every way: one counts until its socket is closed.
    async fn there_are_never_more_connections_than_there_may_be(bed: Bed) except [sqlite: "no server"] {
        const MAX: i64 = 7;
        let behind = Behind::proxy(&bed).await;
        let builder = behind.builder(3).max_overflow(4).min_idle(2).pool_recycle(Duration::from_millis(300));
        let db = builder.pool_timeout(Duration::from_secs(60)).connect().await.unwrap();
        let live = Live::default();
        settle(&db, |status| status.idle >= 2).await;
        live.0.now.store(i64::try_from(db.pool_status().size).unwrap(), Ordering::SeqCst);
        db.observe(live.clone());
        for task in tasks(&db, |number| Duration::from_millis(number % 10 * 100), 5) { task.await.unwrap(); }
        let (most, status) = (live.0.most.load(Ordering::SeqCst), db.pool_status());
        assert!(most <= MAX && status.opened > 100, "{most} connections, {status:?}");
        settle(&db, |status| status.size <= 3 && status.in_use == 0).await;
        db.close().await;
    }
}

/// How many connections are open, from the pool's events: counted when they are open, until they are closed.
#[derive(Clone, Default)]
struct Live(Arc<LiveCount>);

#[derive(Default)]
struct LiveCount {
    now: AtomicI64,
    most: AtomicI64,
}

impl Observer for Live {
    fn statement(&self, _: &Event<'_>) {}

    fn pool(&self, event: &PoolEvent<'_>) {
        let change = match event {
            PoolEvent::Opened { .. } => 1,
            PoolEvent::Closed { .. } => -1,
            _ => return,
        };
        let now = self.0.now.fetch_add(change, Ordering::SeqCst) + change;
        self.0.most.fetch_max(now, Ordering::SeqCst);
    }
}

/// A thousand pieces of work of several `kinds`.
fn tasks(db: &Db, pause: fn(u64) -> Duration, kinds: u64) -> Vec<tokio::task::JoinHandle<()>> {
    let insert = || Entry::insert(NewEntry { value: 1 });
    let task = move |db: Db, number: u64| async move {
        tokio::time::sleep(pause(number)).await;
        match number % kinds {
            0 => db.transaction(async |tx| insert().exec(tx).await).await.unwrap(),
            1 => drop(count(&db).await.unwrap()),
            // Dropped in a transaction.
            2 => drop(db.begin().await.unwrap()),
            // Dropped in a statement.
            3 => {
                drop(tokio::time::timeout(Duration::from_micros(number * 5), Entry::select().all(&db)).await)
            }
            // With a session that is changed.
            _ => {
                let set = if db.dialect().is_mysql_like() { "SET @x = 1" } else { "SET app.x = '1'" };
                sql(set).exec(&db).await.map(drop).unwrap();
            }
        }
    };
    (0..1_000).map(|number| tokio::spawn(task(db.clone(), number))).collect()
}

/// Waits until the pool has come to rest.
async fn settle(db: &Db, rests: impl Fn(&PoolStatus) -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !rests(&db.pool_status()) {
        assert!(Instant::now() < end, "{:?}", db.pool_status());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
