//! Servers that are killed and started again under load (hazard 20): what was acknowledged is there, nothing is stored by half,
//! errors are of the right kinds, and the pool works as soon as the server does.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orm_core::prelude::*;
use orm_core::{ConnectionReason, Error, Result, sql, sql_dynamic};
use orm_tests::{Backend, PrivateServer};

use crate::{Entry, entry};

const SLOTS: usize = 4;
const NAME: &str = "orm_faults";

/// What the tasks that write and read have seen.
#[derive(Default)]
struct Load {
    next: AtomicI64,
    stopped: AtomicBool,
    /// Rows that were acknowledged. A transaction stores an even number and the next one.
    acknowledged: Mutex<Vec<i64>>,
    failures: Mutex<Vec<Instant>>,
    /// Queries that came through.
    served: AtomicI64,
}

impl Load {
    /// Runs queries one after the other until it is stopped.
    async fn run(self: Arc<Self>, db: Db, kind: usize) {
        while !self.stopped.load(SeqCst) {
            let began = Instant::now();
            let outcome = tokio::time::timeout(Duration::from_secs(20), self.query(&db, kind)).await;
            match outcome.expect("a query hangs") {
                Ok(()) => {
                    self.served.fetch_add(1, SeqCst);
                }
                Err(error) => {
                    let right = matches!(error, Error::Connection { .. } | Error::CommitOutcomeUnknown);
                    assert!(right, "{error:?}");
                    self.failures.lock().unwrap().push(began);
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            }
        }
    }

    async fn query(&self, db: &Db, kind: usize) -> Result<()> {
        let id = self.next.fetch_add(2, SeqCst);
        match kind % 3 {
            0 => {
                db.transaction_with(TxOptions::default().retries(3), async move |tx| {
                    Entry::insert(entry(id)).exec(&mut *tx).await?;
                    Entry::insert(entry(id + 1)).exec(&mut *tx).await
                })
                .await?;
                self.acknowledged.lock().unwrap().extend([id, id + 1]);
            }
            1 => {
                // On its own, and told from the first half of a transaction by its value.
                Entry::insert(Entry { id, value: 1 }).exec(db).await?;
                self.acknowledged.lock().unwrap().push(id);
            }
            _ => {
                let found =
                    Entry::select().filter(Entry::id.lt(20)).order_by(Entry::id.asc()).all(db).await?;
                assert!(found.iter().all(|entry| entry.id < 20));
            }
        }
        Ok(())
    }

    /// Waits until so many queries more have come through, and gives how long that took.
    async fn serves(&self, more: i64) -> Duration {
        let (started, wanted) = (Instant::now(), self.served.load(SeqCst) + more);
        while self.served.load(SeqCst) < wanted {
            assert!(started.elapsed() < Duration::from_secs(20), "nothing comes through any more");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        started.elapsed()
    }

    fn failures_since(&self, moment: Instant) -> usize {
        self.failures.lock().unwrap().iter().filter(|began| **began > moment).count()
    }

    async fn check(&self, db: &Db) {
        let stored = Entry::select().columns((Entry::id, Entry::value)).all(db).await.unwrap();
        let pairs: BTreeSet<i64> = stored.iter().filter(|row| row.1 == 0).map(|row| row.0).collect();
        assert!(pairs.iter().all(|id| pairs.contains(&(id ^ 1))), "half a transaction is stored");
        let stored: BTreeSet<i64> = stored.into_iter().map(|row| row.0).collect();
        let acknowledged = self.acknowledged.lock().unwrap();
        let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains(id)).collect();
        assert!(lost.is_empty(), "acknowledged and not stored: {lost:?}");
        assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    }
}

/// Has the server end the connections of the pool, from another one.
async fn end_connections(backend: Backend, admin: &Db) {
    if backend == Backend::Postgres {
        let end =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orm_faults'";
        sql(end).exec(admin).await.unwrap();
        return;
    }
    let ids = sql("SELECT id FROM information_schema.processlist WHERE db = 'orm_faults'");
    for (id,) in ids.fetch_as::<(i64,)>().all(admin).await.unwrap() {
        // It may have ended meanwhile.
        let _ = sql_dynamic(format!("KILL CONNECTION {id}")).exec(admin).await;
    }
}

/// The pool, on a database of its own.
async fn open(backend: Backend, server: &PrivateServer) -> Db {
    let url = server.url();
    let admin = Db::connect(&url).await.unwrap();
    let url = match backend {
        Backend::Postgres => format!("{url}?application_name={NAME}"),
        _ => {
            sql_dynamic(format!("CREATE DATABASE {NAME}")).exec(&admin).await.unwrap();
            url.replace("/mysql", &format!("/{NAME}"))
        }
    };
    let db = Db::builder(&url).pool_size(SLOTS).max_overflow(0).connect().await.unwrap();
    db.create_tables::<Entry>().await.unwrap();
    db
}

async fn under_load(backend: Backend, server: &mut PrivateServer) {
    let db = open(backend, server).await;
    let load = Arc::new(Load::default());
    let tasks: Vec<_> = (0..6).map(|kind| tokio::spawn(Arc::clone(&load).run(db.clone(), kind))).collect();
    load.serves(100).await;
    for _ in 0..3 {
        let admin = Db::builder(&server.url()).pool_size(1).connect().await.unwrap();
        end_connections(backend, &admin).await;
        let ended = Instant::now();
        load.serves(100).await;
        // What was running has failed; what began later met at most the connections that lay idle.
        assert!(load.failures_since(ended) <= SLOTS, "{}", load.failures_since(ended));
    }
    for _ in 0..2 {
        server.kill();
        tokio::time::sleep(Duration::from_millis(200)).await;
        server.restart().await;
        let back = Instant::now();
        let recovered = load.serves(1).await;
        load.serves(100).await;
        println!("{backend:?} served again {recovered:?} after it was back");
        assert!(recovered < Duration::from_secs(5), "{recovered:?}");
        assert!(load.failures_since(back) <= SLOTS, "{}", load.failures_since(back));
    }
    load.stopped.store(true, SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    load.check(&db).await;
    let failures = load.failures.lock().unwrap().len();
    assert!(failures > 0, "nobody noticed");
    let status = db.pool_status();
    assert_eq!((status.in_use, status.waiters), (0, 0));
    println!(
        "{backend:?}: {} queries, {} failures",
        load.served.load(SeqCst),
        load.failures_since(Instant::now())
    );
}

/// A pool that rested while its server was away.
async fn at_rest(server: &mut PrivateServer) {
    let db = Db::builder(&server.url()).pool_size(SLOTS).max_overflow(0).connect().await.unwrap();
    let mut taken = Vec::new();
    for _ in 0..SLOTS {
        taken.push(db.begin().await.unwrap());
    }
    for tx in taken {
        tx.commit().await.unwrap();
    }
    assert_eq!(db.pool_status().idle, SLOTS);
    server.kill();
    let down = sql("SELECT 1").exec(&db).await;
    assert!(matches!(down, Err(Error::Connection { .. })), "{down:?}");
    server.restart().await;
    let mut failed = 0;
    while let Err(error) = sql("SELECT 1").exec(&db).await {
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
        failed += 1;
        assert!(failed < SLOTS, "each connection that died costs one query at most");
    }
    println!("{failed} queries failed after a rest with {SLOTS} connections");
    let queries = (0..2 * SLOTS).map(|_| sql("SELECT 1").exec(&db));
    for outcome in futures_util::future::join_all(queries).await {
        outcome.unwrap();
    }
}

/// A server that was the primary and only reads now: its connections are left. (PostgreSQL: `pool_servers.rs`; on MariaDB
/// it takes a user that may not write all the same.)
async fn that_only_reads(server: &PrivateServer) {
    let admin = Db::connect(&server.url()).await.unwrap();
    for statement in ["CREATE USER app@'127.0.0.1'", "GRANT ALL ON orm_faults.* TO app@'127.0.0.1'"] {
        sql(statement).exec(&admin).await.unwrap();
    }
    let url = server.url().replace("root@", "app@").replace("/mysql", &format!("/{NAME}"));
    let db = Db::builder(&url).pool_size(1).max_overflow(0).connect().await.unwrap();
    let insert = async |id| Entry::insert(entry(id)).exec(&db).await;
    insert(-1).await.unwrap();
    sql("SET GLOBAL read_only = ON").exec(&admin).await.unwrap();
    match insert(-2).await {
        Err(Error::Connection { reason: ConnectionReason::ReadOnlyServer, message }) => {
            assert!(message.contains("1290"), "{message}");
        }
        other => panic!("{other:?}"),
    }
    sql("SET GLOBAL read_only = OFF").exec(&admin).await.unwrap();
    insert(-2).await.unwrap();
    assert_eq!(db.pool_status().opened, 2);
}

/// The server is started by the test's own thread.
fn run(backend: Backend) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(mut server) = PrivateServer::start(backend).await else { return };
        under_load(backend, &mut server).await;
        at_rest(&mut server).await;
        if backend == Backend::MariaDb {
            that_only_reads(&server).await;
        }
    });
}

#[test]
fn postgres_may_be_killed() {
    run(Backend::Postgres);
}

#[test]
fn mariadb_may_be_killed() {
    run(Backend::MariaDb);
}
