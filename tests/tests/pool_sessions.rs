//! What one borrower of a connection leaves behind, and that the next one does not find it.
//!
//! Hazard 16.

use orm_core::prelude::*;
use orm_core::{Error, sql};
use orm_tests::{Backend, Bed, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "entries")]
struct Entry {
    #[model(primary_key, generated)]
    id: i64,
    value: i64,
}

/// A pool of one connection, so that the next borrower gets what the last one had.
async fn one_connection(bed: &Bed) -> Db {
    if bed.backend == Backend::Sqlite {
        return bed.db.clone();
    }
    let builder = Db::builder(&bed.url).pool_size(1).max_overflow(0);
    let builder = if bed.backend == Backend::MySql { builder.assume_mysql() } else { builder };
    builder.connect().await.unwrap()
}

/// Sets the tenant in the way that the backend has for a session.
async fn set_tenant(db: &Db, tenant: i64) {
    let outcome = match db.dialect() {
        orm_core::Dialect::Postgres => {
            let set = sql("SELECT set_config('app.tenant', {}, false)").bind(tenant.to_string());
            set.fetch_as::<(String,)>().one(db).await.map(drop)
        }
        orm_core::Dialect::Sqlite => sql("PRAGMA cache_size = 4711").exec(db).await.map(drop),
        _ => sql("SET @tenant = {}").bind(tenant).exec(db).await.map(drop),
    };
    outcome.unwrap();
}

/// Whether a tenant is set.
async fn has_tenant(db: &Db) -> bool {
    match db.dialect() {
        orm_core::Dialect::Postgres => {
            let get = sql("SELECT coalesce(current_setting('app.tenant', true), '')");
            !get.fetch_as::<(String,)>().one(db).await.unwrap().0.is_empty()
        }
        orm_core::Dialect::Sqlite => {
            sql("PRAGMA cache_size").fetch_as::<(i64,)>().one(db).await.unwrap().0 == 4711
        }
        _ => sql("SELECT CAST(@tenant AS SIGNED)")
            .fetch_as::<(Option<i64>,)>()
            .one(db)
            .await
            .unwrap()
            .0
            .is_some(),
    }
}

cases! {
    async fn no_tenant_finds_the_settings_of_another(bed: Bed) {
        let db = one_connection(&bed).await;
        for tenant in 0..150 {
            assert!(!has_tenant(&db).await, "tenant {tenant}");
            set_tenant(&db, tenant).await;
        }
        assert!(!has_tenant(&db).await);
    }

    async fn a_temporary_table_is_gone_for_the_next_one(bed: Bed) {
        let db = one_connection(&bed).await;
        for _ in 0..3 {
            sql("CREATE TEMPORARY TABLE scratch (id int)").exec(&db).await.unwrap();
        }
        let missing = sql("SELECT id FROM scratch").exec(&db).await;
        assert!(matches!(missing, Err(Error::MissingTable(_))), "{missing:?}");
    }

    async fn a_setting_in_a_transaction_is_gone_after_it(bed: Bed) except [sqlite: "a PRAGMA in a transaction does nothing"] {
        let db = one_connection(&bed).await;
        let set = match bed.backend {
            Backend::Postgres => "SET app.tenant = '1'",
            _ => "SET @tenant = 1",
        };
        db.transaction(async move |tx| sql(set).exec(&mut *tx).await).await.unwrap();
        assert!(!has_tenant(&db).await);
    }

    async fn a_lock_of_a_session_is_free_for_the_next_one(bed: Bed) except [sqlite: "no locks of a session"] {
        let db = one_connection(&bed).await;
        let (lock, is_held) = match bed.backend {
            Backend::Postgres => (
                "SELECT pg_try_advisory_lock(4711)",
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711",
            ),
            _ => ("SELECT GET_LOCK('orm_sessions', 5)", "SELECT IS_USED_LOCK('orm_sessions') IS NOT NULL"),
        };
        sql(lock).exec(&db).await.unwrap();
        // The server notices that a client is gone a moment later.
        let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while sql(is_held).fetch_as::<(i64,)>().one(&db).await.unwrap() != (0,) {
            assert!(std::time::Instant::now() < end, "the lock is still held");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    async fn sql_that_changes_no_session_costs_no_connection(bed: Bed) {
        bed.create::<Entry>().await;
        let db = one_connection(&bed).await;
        let opened = db.pool_status().opened;
        for value in 0..20 {
            sql("INSERT INTO entries (value) VALUES ({})").bind(value).exec(&db).await.unwrap();
            sql("SELECT value FROM entries").fetch_as::<(i64,)>().all(&db).await.unwrap();
            sql("UPDATE entries SET value = value + 1").exec(&db).await.unwrap();
            Entry::select().filter(Entry::value.gt(3)).count(&db).await.unwrap();
            db.transaction(async |tx| Entry::delete().filter(Entry::value.gt(100)).exec(tx).await).await.unwrap();
        }
        assert_eq!(db.pool_status().opened, opened);
    }

    async fn what_a_hook_sets_is_there_for_everybody(bed: Bed) except [sqlite: "its one connection in memory is the bed's"] {
        let builder = Db::builder(&bed.url).pool_size(1).max_overflow(0).on_connect(async |mut connection| {
            let set = match connection.dialect() {
                orm_core::Dialect::Postgres => "SET app.tenant = 'x'",
                _ => "SET @tenant = 1",
            };
            sql(set).exec(&mut connection).await.map(drop)
        });
        let builder = if bed.backend == Backend::MySql { builder.assume_mysql() } else { builder };
        let db = builder.connect().await.unwrap();
        for _ in 0..3 {
            assert!(has_tenant(&db).await);
            // Its connection is closed, and the hook runs on the next one.
            sql(if bed.backend == Backend::Postgres { "RESET ALL" } else { "SET @tenant = NULL" }).exec(&db).await.unwrap();
        }
        assert!(has_tenant(&db).await);
    }
}
