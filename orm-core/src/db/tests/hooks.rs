use super::*;

use crate::error::ConnectionReason;

#[tokio::test]
async fn hooks_run_on_every_new_connection() {
    let file = open(|builder| {
        builder.pool_size(2).on_connect(async |mut connection| {
            exec(&mut connection, "PRAGMA cache_size = 77").await.map(drop)
        })
    })
    .await;
    let cache = async |on: &mut crate::db::Lease<'_>| {
        let mut sizes = Ids::default();
        on.fetch(&sql("PRAGMA cache_size"), &mut sizes).await.unwrap();
        sizes.0
    };
    let (mut a, mut b) = ((&file.db).lease().await.unwrap(), (&file.db).lease().await.unwrap());
    assert_eq!((cache(&mut a).await, cache(&mut b).await), (vec![77], vec![77]));
}

#[tokio::test]
async fn a_hook_that_fails_is_a_connect_error_with_its_cause() {
    let failing = Db::builder("sqlite::memory:")
        .on_connect(async |mut connection| exec(&mut connection, "SELECT * FROM nowhere").await.map(drop));
    let error = within_a_second(failing.connect()).await.unwrap_err();
    let Error::Connection { reason: ConnectionReason::Hook, message } = &error else { panic!("{error:?}") };
    assert!(message.contains("nowhere"), "{message}");
    let unfinished = Db::builder("sqlite::memory:").on_connect(async |mut connection| {
        let mut lease = (&mut connection).lease().await?;
        lease.enter().await.map(drop)
    });
    let error = within_a_second(unfinished.connect()).await.unwrap_err();
    assert!(error.to_string().contains("unfinished"), "{error}");
    let kept = Db::builder("sqlite::memory:").on_connect(async |connection| {
        std::mem::forget(connection);
        Ok(())
    });
    let error = within_a_second(kept.connect()).await.unwrap_err();
    assert!(error.to_string().contains("kept the connection"), "{error}");
}

#[tokio::test]
async fn a_hook_that_asks_for_another_connection_is_told_at_once() {
    let cell: std::sync::Arc<std::sync::OnceLock<Db>> = Default::default();
    let inner = cell.clone();
    let db = Db::builder("sqlite::memory:")
        .on_connect(move |_| {
            let db = inner.get().cloned();
            async move { if let Some(db) = db { ids(&db).await.map(drop) } else { Ok(()) } }
        })
        .connect()
        .await
        .unwrap();
    cell.set(db.clone()).unwrap();
    drop(db.begin().await.unwrap());
    let error = within_a_second(ids(&db)).await.unwrap_err();
    assert!(error.to_string().contains("a hook on connect"), "{error}");
}
