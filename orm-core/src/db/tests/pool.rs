use super::*;
use std::time::Instant;

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
    let tx = db.begin().await.unwrap();
    assert!(matches!(ids(&db).await, Err(Error::PoolDeadlock { .. })));
    assert!(matches!(db.begin().await, Err(Error::PoolDeadlock { .. })));
    tx.rollback().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1));
    ids(&db).await.unwrap();
    // Another database is no part of it.
    let other = memory().await;
    db.transaction(async |_| ids(&other).await).await.unwrap();
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
        matches!(&refused, Err(Error::Connection { message }) if message.contains("closed")),
        "{refused:?}"
    );
    assert_eq!(file.db.pool_status().size, 0);
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
