use super::*;

use crate::observe::{Event, Observer, PoolEvent};

#[tokio::test]
async fn memory_is_one_database_with_one_connection() {
    let (db, other) = (memory().await, memory().await);
    insert(&db.clone(), 1).await.unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1]);
    assert!(ids(&other).await.unwrap().is_empty());
    let status = db.pool_status();
    assert_eq!((status.size, status.idle, status.in_use, status.max, status.waiters), (1, 1, 0, 1, 0));
    // Its data outlives the connection.
    drop(db.begin().await.unwrap());
    assert_eq!(db.pool_status().size, 0);
    assert_eq!(ids(&db).await.unwrap(), [1]);
}

#[tokio::test]
async fn connections_are_made_when_needed_and_kept() {
    let file = File::open(3).await;
    assert_eq!(file.db.pool_status().size, 1);
    let (a, b) = ((&file.db).lease().await.unwrap(), (&file.db).lease().await.unwrap());
    assert_eq!(file.db.pool_status().in_use, 2);
    drop((a, b));
    let status = file.db.pool_status();
    assert_eq!((status.size, status.idle, status.in_use), (2, 2, 0));
}

#[tokio::test]
async fn a_second_connection_for_the_holder_of_the_last_one_fails_at_once() {
    let db = memory().await;
    let started = Instant::now();
    let inner = db.transaction(async |_| ids(&db).await).await;
    let Err(Error::PoolDeadlock { holder }) = &inner else { panic!("{inner:?}") };
    assert!(holder.contains("tests/pool.rs"), "{holder}");
    let nested = db.transaction(async |_| db.transaction(async |tx| ids(&mut *tx).await).await).await;
    assert!(matches!(nested, Err(Error::PoolDeadlock { .. })));
    assert!(started.elapsed() < Duration::from_secs(1));
    ids(&db).await.unwrap();
    // Another database is no part of it.
    let other = memory().await;
    db.transaction(async |_| ids(&other).await).await.unwrap();
}

#[tokio::test]
async fn who_holds_a_transaction_without_a_closure_is_told_when_nothing_is_done_with_it() {
    let db = memory().await;
    let started = Instant::now();
    let tx = db.begin().await.unwrap();
    let (query, begin) = tokio::join!(ids(&db), db.begin());
    let Err(Error::PoolDeadlock { holder }) = &query else { panic!("{query:?}") };
    assert!(holder.contains("tests/pool.rs"), "{holder}");
    assert!(matches!(begin, Err(Error::PoolDeadlock { .. })));
    assert!(started.elapsed() < Duration::from_secs(10));
    tx.rollback().await.unwrap();
    ids(&db).await.unwrap();
}

/// Both run for longer than the second after which a transaction that nobody uses is suspected.
#[tokio::test]
async fn siblings_without_closures_wait_for_each_other() {
    let db = memory().await;
    let work = async |first: i64| {
        let mut tx = db.begin().await?;
        for id in first..first + 8 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            insert(&mut tx, id).await?;
        }
        tx.commit().await
    };
    let (a, b) = tokio::join!(work(10), work(20));
    a.unwrap();
    b.unwrap();
    assert_eq!(ids(&db).await.unwrap().len(), 16);
}

#[tokio::test]
async fn siblings_in_one_task_wait_for_each_other() {
    let db = memory().await;
    let work = async |id: i64| {
        db.transaction(async |tx| {
            tokio::time::sleep(Duration::from_millis(20)).await;
            insert(&mut *tx, id).await
        })
        .await
    };
    let (a, b, c) = tokio::join!(work(1), work(2), async {
        tokio::task::yield_now().await;
        ids(&db).await
    });
    a.unwrap();
    b.unwrap();
    c.unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1, 2]);
}

#[tokio::test]
async fn a_transaction_belongs_to_the_task_that_uses_it() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    let (used, wait) = tokio::sync::oneshot::channel();
    let other = tokio::spawn(async move {
        insert(&mut tx, 1).await?;
        used.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        tx.commit().await
    });
    wait.await.unwrap();
    assert_eq!(ids(&db).await.unwrap(), [1]);
    other.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_timeout_names_the_holders() {
    let (url, path) = File::url();
    let builder = Db::builder(&url).pool_size(1).max_overflow(1).pool_timeout(Duration::from_millis(100));
    let file = File { db: with_table(builder.connect().await.unwrap()).await, path };
    let db = file.db.clone();
    let holders = tokio::spawn(async move {
        let _lease = (&db).lease().await.unwrap();
        let _tx = db.begin().await.unwrap();
        std::future::pending::<()>().await;
    });
    while file.db.pool_status().in_use < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let waiting = ids(&file.db);
    let status = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        file.db.pool_status()
    };
    let (result, status) = tokio::join!(waiting, status);
    assert_eq!((status.in_use, status.waiters), (2, 1));
    let error = result.unwrap_err();
    let Error::PoolTimeout { waited, size: 2, holders: names } = &error else { panic!("{error:?}") };
    assert!(*waited >= Duration::from_millis(100));
    assert!(
        names.contains("a query") && names.contains("a transaction begun at") && names.contains("pool.rs:"),
        "{error}"
    );
    holders.abort();
    within_a_second(ids(&file.db)).await.unwrap();
    assert_eq!(file.db.pool_status().waiters, 0);
}

#[tokio::test]
async fn connect_errors_keep_their_kind() {
    let started = Instant::now();
    let missing = Db::connect("sqlite:///nowhere/at/all.sqlite").await;
    assert!(matches!(missing, Err(Error::Connection { .. })), "{missing:?}");
    let empty = Db::builder("sqlite::memory:").pool_size(0).max_overflow(0).connect().await;
    assert!(matches!(empty, Err(Error::Configuration(_))));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_closed_database_refuses() {
    let file = File::open(2).await;
    let tx = file.db.begin().await.unwrap();
    let clone = file.db.clone();
    let closing = tokio::spawn(async move { clone.close().await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!closing.is_finished());
    tx.commit().await.unwrap();
    within_a_second(closing).await.unwrap();
    let refused = ids(&file.db).await;
    assert!(
        matches!(&refused, Err(Error::Connection { message, .. }) if message.contains("closed")),
        "{refused:?}"
    );
    assert_eq!(file.db.pool_status().in_use, 0);
    memory().await.close().await;
}

#[tokio::test]
async fn a_transaction_outlives_its_database() {
    let db = memory().await;
    let mut tx = db.begin().await.unwrap();
    drop(db);
    insert(&mut tx, 1).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn everything_may_cross_threads() {
    fn send<T: Send>(_: &T) {}
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Db>();
    let _ = async |db: Db, tx: &mut Transaction| {
        send(&db.begin());
        send(&db.close());
        send(&Db::connect(""));
        send(&(&db).lease());
        send(&ids(&mut *tx));
    };
}

/// What happened to a pool, in words.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl Log {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn closed(&self) -> Vec<String> {
        self.take().into_iter().filter(|event| event.starts_with("closed")).collect()
    }
}

impl Observer for Log {
    fn statement(&self, _: &Event<'_>) {}

    fn pool(&self, event: &PoolEvent<'_>) {
        let text = match event {
            PoolEvent::Opened { .. } => "opened".to_owned(),
            PoolEvent::OpenFailed { error } => format!("failed: {error}"),
            PoolEvent::Closed { reason } => format!("closed: {reason:?}"),
            PoolEvent::Acquired { place, waited } => {
                format!("acquired: {} {}", place.is_some(), !waited.is_zero())
            }
            PoolEvent::TimedOut { .. } => "timed out".to_owned(),
            PoolEvent::Returned { place, .. } => format!("returned: {}", place.is_some()),
        };
        self.0.lock().unwrap().push(text);
    }
}

#[tokio::test]
async fn what_comes_back_beyond_the_size_is_closed() {
    let file = open(|builder| builder.pool_size(2).max_overflow(3)).await;
    let log = Log::default();
    let observing = file.db.observe(log.clone());
    let mut leases = Vec::new();
    for _ in 0..5 {
        leases.push((&file.db).lease().await.unwrap());
    }
    let status = file.db.pool_status();
    assert_eq!((status.size, status.in_use, status.overflow, status.max), (5, 5, 3, 5));
    assert_eq!(file.db.pool_holders().len(), 5);
    drop(leases);
    until(|| file.db.pool_status().size == 2).await;
    let status = file.db.pool_status();
    assert_eq!((status.idle, status.in_use, status.overflow), (2, 0, 0));
    assert_eq!((status.opened, status.closed, status.failed), (5, 3, 0));
    assert_eq!(log.closed(), ["closed: Overflow"; 3]);
    // The same two are used from now on.
    for _ in 0..3 {
        drop(((&file.db).lease().await.unwrap(), (&file.db).lease().await.unwrap()));
    }
    assert_eq!(file.db.pool_status().opened, 5);
    log.take();
    observing.stop();
    ids(&file.db).await.unwrap();
    assert!(log.take().is_empty());
}

/// One connection at a time, none of which is kept: the next one is not opened before the last one is closed.
#[tokio::test]
async fn a_connection_that_is_being_closed_is_one_still() {
    let file = open(|builder| builder.pool_size(0).max_overflow(1)).await;
    until(|| file.db.pool_status().size == 0).await;
    let log = Log::default();
    file.db.observe(log.clone());
    // What the last connection of a file has to write when it is closed takes a while.
    let rows = "INSERT INTO entries WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 5000) \
                SELECT (SELECT count(*) FROM entries) + id FROM n";
    for _ in 0..10 {
        exec(&file.db, rows).await.unwrap();
    }
    until(|| file.db.pool_status().size == 0).await;
    let events: Vec<_> = log.take().into_iter().filter(|event| !event.starts_with(['a', 'r'])).collect();
    assert_eq!(events, ["opened", "closed: Overflow"].repeat(10));
}

#[tokio::test]
async fn the_pool_tells_what_it_does() {
    let file = open(|builder| builder.pool_size(1).max_overflow(0)).await;
    let log = Log::default();
    file.db.observe(log.clone());
    ids(&file.db).await.unwrap();
    assert_eq!(log.take(), ["acquired: false false", "returned: false"]);
    let held = file.db.begin().await.unwrap();
    assert_eq!(log.take(), ["acquired: true false"]);
    let holder = file.db.pool_holders()[0];
    assert!(holder.place.unwrap().file().ends_with("tests/pool.rs"));
    let db = file.db.clone();
    let waiting = tokio::spawn(async move { ids(&db).await });
    until(|| file.db.pool_status().waiters == 1).await;
    held.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(log.take(), ["returned: true", "acquired: false true", "returned: false"]);
    let status = file.db.pool_status();
    assert_eq!((status.waits, status.timeouts), (1, 0));
    assert!(!status.waited.is_zero());
    drop(file.db.begin().await.unwrap());
    assert_eq!(log.closed(), ["closed: Abandoned"]);
}

#[tokio::test]
async fn an_old_connection_is_replaced_when_it_comes_back_or_is_asked_for() {
    let file = open(|builder| builder.pool_size(1).pool_recycle(Duration::from_millis(300))).await;
    let log = Log::default();
    file.db.observe(log.clone());
    assert_eq!(file.db.pool_status().opened, 1);
    tokio::time::sleep(Duration::from_millis(310)).await;
    let lease = (&file.db).lease().await.unwrap();
    assert_eq!(log.closed(), ["closed: Expired"]);
    assert_eq!(file.db.pool_status().opened, 2);
    tokio::time::sleep(Duration::from_millis(310)).await;
    drop(lease);
    until(|| file.db.pool_status().size == 0).await;
    assert_eq!(log.closed(), ["closed: Expired"]);
}

#[tokio::test]
async fn idle_connections_are_kept_ready() {
    let file = open(|builder| builder.pool_size(3).max_overflow(0).min_idle(2)).await;
    until(|| file.db.pool_status().idle >= 2).await;
    let leases = ((&file.db).lease().await.unwrap(), (&file.db).lease().await.unwrap());
    // One more is all that there may be.
    until(|| file.db.pool_status().idle == 1).await;
    assert_eq!(file.db.pool_status().size, 3);
    drop(leases);
    assert_eq!(file.db.pool_status().idle, 3);
}

#[tokio::test]
async fn waiting_callers_are_served_in_order() {
    let file = File::open(1).await;
    let lease = (&file.db).lease().await.unwrap();
    let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..20 {
        let (db, order) = (file.db.clone(), order.clone());
        tasks.push(tokio::spawn(async move {
            let _lease = (&db).lease().await.unwrap();
            order.lock().unwrap().push(number);
        }));
        until(|| file.db.pool_status().waiters == number + 1).await;
    }
    drop(lease);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn settings_stand_in_the_url_too() {
    let (url, path) = File::url();
    let db = Db::connect(&format!("{url}&pool_size=2&max_overflow=1")).await.unwrap();
    let file = File { db, path };
    assert_eq!(file.db.pool_status().max, 3);
    let over =
        Db::builder("sqlite::memory:?pool_timeout=1s&pool_size=9").pool_size(3).connect().await.unwrap();
    assert_eq!(over.pool_status().max, 1);
    for wrong in ["sqlite::memory:?pool_size=many", "sqlite::memory:?pooler=transaction"] {
        let error = Db::connect(wrong).await.unwrap_err();
        assert!(matches!(&error, Error::Configuration(message) if message.contains("pool")), "{error:?}");
    }
}

#[tokio::test]
async fn a_broken_connection_takes_the_older_ones_with_it() {
    let file = File::open(3).await;
    let log = Log::default();
    file.db.observe(log.clone());
    let (a, b) = ((&file.db).lease().await.unwrap(), (&file.db).lease().await.unwrap());
    let c = (&file.db).lease().await.unwrap();
    drop(a);
    // As if `c` had found out that the server is gone.
    file.db.break_generation();
    assert_eq!(file.db.pool_status().idle, 0, "the idle one is of no use");
    drop(b);
    assert_eq!(log.closed(), ["closed: Invalidated"]);
    let opened = file.db.pool_status().opened;
    drop((&file.db).lease().await.unwrap());
    assert_eq!(log.closed(), ["closed: Invalidated"], "the idle one is dropped when its turn comes");
    assert_eq!(file.db.pool_status().opened, opened + 1);
    drop(c);
    assert_eq!(log.closed(), ["closed: Invalidated"]);
    assert_eq!(file.db.pool_status().idle, 1);
}

/// In-order goodbyes, too, are part of what is open: never more than there may be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_never_more_than_there_may_be() {
    let file = open(|builder| builder.pool_size(2).max_overflow(2).min_idle(2)).await;
    let log = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(1));
    struct Live(std::sync::Arc<std::sync::atomic::AtomicI64>, std::sync::atomic::AtomicI64);
    impl Observer for Live {
        fn statement(&self, _: &Event<'_>) {}
        fn pool(&self, event: &PoolEvent<'_>) {
            let change = match event {
                PoolEvent::Opened { .. } => 1,
                PoolEvent::Closed { .. } => -1,
                _ => return,
            };
            let live = self.0.fetch_add(change, Ordering::SeqCst) + change;
            self.1.fetch_max(live, Ordering::SeqCst);
            assert!(live <= 4, "{live} connections");
        }
    }
    // None is being opened, whose event would come after it was counted.
    until(|| file.db.pool_status().idle >= 2 && file.db.pool_status().size == file.db.pool_status().idle)
        .await;
    log.store(i64::try_from(file.db.pool_status().size).unwrap(), Ordering::SeqCst);
    file.db.observe(Live(log.clone(), Default::default()));
    let tasks: Vec<_> = (0..200)
        .map(|number: u64| {
            let db = file.db.clone();
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(number % 40)).await;
                match number % 4 {
                    0 => drop(db.begin().await.unwrap()),
                    1 => drop(poll_and_drop(ids(&db), 2, true).await),
                    _ => drop(ids(&db).await.unwrap()),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    until(|| file.db.pool_status().in_use == 0).await;
    assert!(log.load(Ordering::SeqCst) <= 4);
}
