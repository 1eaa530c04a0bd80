//! Every kind of error, provoked on every backend that has it: what it names, and that it holds no value.

use std::error::Error as _;
use std::time::Duration;

use orm_core::prelude::*;
use orm_core::{Dialect, Error, Violation, sql};
use orm_tests::{Backend, cases};

/// Stands in every value of these tests, and must stand in no error.
const CANARY: &str = "c4nary";
const NUMBER: i64 = 7_719_283;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people", unique(first, last))]
#[has_many(pets: Pet, key = owner_id)]
struct Person {
    #[model(primary_key, generated)]
    id: i64,
    #[model(unique)]
    email: String,
    first: String,
    last: String,
    age: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pets")]
#[belongs_to(owner: Person, key = owner_id)]
struct Pet {
    #[model(primary_key, generated)]
    id: i64,
    owner_id: i64,
    #[model(type = "VARCHAR(30)")]
    name: Option<String>,
}

/// The same table, with a column that it does not have.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pets")]
struct Ghost {
    #[model(primary_key, generated)]
    id: i64,
    soul: String,
}

/// The same table, read as another type.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
struct Misread {
    #[model(primary_key, generated)]
    id: i64,
    email: i64,
}

/// The same table, with a column that may be left out here and not there.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "people")]
struct Nullable {
    #[model(primary_key, generated)]
    id: i64,
    email: Option<String>,
    first: String,
    last: String,
    age: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "nowhere")]
struct Nowhere {
    #[model(primary_key, generated)]
    id: i64,
    name: String,
}

fn person(email: &str) -> NewPerson {
    NewPerson {
        email: format!("{CANARY}-{email}"),
        first: format!("{CANARY} f"),
        last: format!("{CANARY}'{email}"),
        age: NUMBER,
    }
}

/// The error, after a look that neither it nor what it came from holds a value.
#[track_caller]
fn clean<T: std::fmt::Debug>(result: orm_core::Result<T>) -> Error {
    let error = result.unwrap_err();
    let mut texts = vec![format!("{error}"), format!("{error:?}"), format!("{error:#?}")];
    let mut source = error.source();
    while let Some(inner) = source {
        texts.extend([format!("{inner}"), format!("{inner:?}")]);
        source = inner.source();
    }
    for text in texts {
        assert!(
            !text.to_lowercase().contains(CANARY) && !text.contains(&NUMBER.to_string()),
            "a value stands in: {text}"
        );
    }
    error
}

/// Has the server end the connection of a transaction.
async fn kill(tx: &mut Transaction, db: &Db) -> orm_core::Result<()> {
    let (ask, kill) = match tx.dialect() {
        Dialect::Postgres => (
            "SELECT CAST(pg_backend_pid() AS bigint)",
            "SELECT CAST(pg_terminate_backend(CAST({} AS integer)) AS integer)",
        ),
        _ => ("SELECT CAST(CONNECTION_ID() AS SIGNED)", "KILL {}"),
    };
    let (id,) = sql(ask).fetch_as::<(i64,)>().one(tx).await?;
    sql(kill).bind(id).exec(db).await.map(drop)
}

fn names(said: &Violation) -> (Option<&str>, Option<&str>, Vec<&str>) {
    (said.table.as_deref(), said.constraint.as_deref(), said.columns.iter().map(String::as_str).collect())
}

cases! {
    async fn unique_violations(bed: Bed) {
        bed.create::<Person>().await;
        Person::insert(person("a")).exec(&bed.db).await.unwrap();
        let email = clean(Person::insert(NewPerson { last: "other".into(), ..person("a") }).one(&bed.db).await);
        let pair = clean(Person::insert_many([person("b"), NewPerson { last: person("a").last, ..person("c") }]).exec(&bed.db).await);
        let key = clean(Person::insert(Person { id: 1, email: format!("{CANARY}-k"), first: "k".into(), last: "k".into(), age: 0 }).exec(&bed.db).await);
        let expected = match bed.backend {
            Backend::Sqlite => [
                (Some("people"), None, vec!["email"]),
                (Some("people"), None, vec!["first", "last"]),
                (Some("people"), None, vec!["id"]),
            ],
            Backend::Postgres => [
                (Some("people"), Some("uq_people_email"), vec!["email"]),
                (Some("people"), Some("uq_people_first_last"), vec!["first", "last"]),
                (Some("people"), Some("people_pkey"), vec!["id"]),
            ],
            _ => [(None, Some("uq_people_email"), vec![]), (None, Some("uq_people_first_last"), vec![]), (None, Some("PRIMARY"), vec![])],
        };
        for (error, expected) in [email, pair, key].into_iter().zip(expected) {
            let Error::UniqueViolation(said) = &error else { panic!("{error:?}") };
            assert_eq!(names(said), expected);
            assert!(said.statement.contains("INSERT INTO") && error.to_string().contains("INSERT INTO"), "{error}");
        }
        let two = Person::insert_many([person("x"), NewPerson { first: "y".into(), ..person("y") }]).all(&bed.db).await.unwrap();
        let update = clean(Person::update().set(Person::email, format!("{CANARY}-x")).filter(Person::id.eq(two[1].id)).exec(&bed.db).await);
        assert!(matches!(&update, Error::UniqueViolation(said) if said.statement.starts_with("UPDATE")), "{update:?}");
        let rows = [Person { email: format!("{CANARY}-x"), ..two[1].clone() }];
        assert!(matches!(clean(Person::update_many(&rows, Person::email).exec(&bed.db).await), Error::UniqueViolation(_)));
        let raw = sql("INSERT INTO people (email, first, last, age) VALUES ({}, {}, {}, {})")
            .bind(format!("{CANARY}-x")).bind(CANARY.to_owned()).bind(CANARY.to_owned()).bind(NUMBER);
        assert!(matches!(clean(raw.exec(&bed.db).await), Error::UniqueViolation(_)));
    }

    async fn foreign_key_violations(bed: Bed) {
        bed.create::<(Person, Pet)>().await;
        let ada = Person::insert(person("a")).one(&bed.db).await.unwrap();
        Pet::insert(NewPet { owner_id: ada.id, name: None }).exec(&bed.db).await.unwrap();
        let insert = clean(Pet::insert(NewPet { owner_id: NUMBER, name: Some(CANARY.into()) }).exec(&bed.db).await);
        let delete = clean(Person::delete().filter(Person::email.eq(format!("{CANARY}-a"))).exec(&bed.db).await);
        let expected = match bed.backend {
            Backend::Sqlite => [(None, None, vec![]), (None, None, vec![])],
            Backend::Postgres => [
                (Some("pets"), Some("fk_pets_owner_id"), vec!["owner_id"]),
                (Some("pets"), Some("fk_pets_owner_id"), vec!["id"]),
            ],
            _ => [
                (Some("pets"), Some("fk_pets_owner_id"), vec!["owner_id"]),
                (Some("pets"), Some("fk_pets_owner_id"), vec!["owner_id"]),
            ],
        };
        for (error, expected) in [insert, delete].into_iter().zip(expected) {
            let Error::ForeignKeyViolation(said) = &error else { panic!("{error:?}") };
            assert_eq!(names(said), expected);
        }
    }

    async fn not_null_and_check_violations(bed: Bed) {
        bed.create::<Person>().await;
        let missing = clean(Nullable::insert(NewNullable { email: None, first: CANARY.into(), last: CANARY.into(), age: NUMBER }).exec(&bed.db).await);
        let Error::NotNullViolation(said) = &missing else { panic!("{missing:?}") };
        assert_eq!(said.columns, ["email"]);
        let raw = sql("INSERT INTO people (email, first, last) VALUES ({}, {}, {})").bind(CANARY.to_owned()).bind(CANARY.to_owned()).bind(CANARY.to_owned());
        let missing = clean(raw.exec(&bed.db).await);
        let Error::NotNullViolation(said) = &missing else { panic!("{missing:?}") };
        assert_eq!(said.columns, ["age"]);

        bed.sql("DROP TABLE people").await;
        bed.sql("CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(50) NOT NULL, first VARCHAR(50), last VARCHAR(50), \
                 age BIGINT, CONSTRAINT grown CHECK (age >= 18), CONSTRAINT mail CHECK (email LIKE '%@%'))").await;
        let young = Person { id: 1, email: format!("{CANARY}@x"), first: CANARY.into(), last: CANARY.into(), age: 3 };
        let check = clean(Person::insert(young.clone()).exec(&bed.db).await);
        let Error::CheckViolation(said) = &check else { panic!("{check:?}") };
        assert_eq!(said.constraint.as_deref(), Some("grown"));
        let mail = clean(Person::insert(Person { age: NUMBER, email: CANARY.into(), ..young }).exec(&bed.db).await);
        let Error::CheckViolation(said) = &mail else { panic!("{mail:?}") };
        assert_eq!(said.constraint.as_deref(), Some("mail"));
        assert_eq!(said.table.as_deref(), (bed.backend != Backend::Sqlite).then_some("people"));
    }

    async fn what_is_not_there(bed: Bed) {
        bed.create::<(Person, Pet)>().await;
        for error in [
            clean(Nowhere::select().filter(Nowhere::name.eq(CANARY)).all(&bed.db).await),
            clean(Nowhere::insert(NewNowhere { name: CANARY.into() }).one(&bed.db).await),
            clean(Nowhere::update().set(Nowhere::name, CANARY).all_rows().exec(&bed.db).await),
            clean(Nowhere::delete().filter(Nowhere::name.eq(CANARY)).exec(&bed.db).await),
        ] {
            assert!(matches!(&error, Error::MissingTable(said) if !said.statement.is_empty()), "{error:?}");
            assert!(error.to_string().contains("nowhere"), "{error}");
        }
        for error in [
            clean(Ghost::select().filter(Ghost::soul.contains(CANARY)).all(&bed.db).await),
            clean(Ghost::insert(NewGhost { soul: CANARY.into() }).exec(&bed.db).await),
            clean(Ghost::update().set(Ghost::soul, CANARY).all_rows().exec(&bed.db).await),
        ] {
            assert!(matches!(&error, Error::MissingColumn(said) if !said.statement.is_empty()), "{error:?}");
            assert!(error.to_string().contains("soul"), "{error}");
        }
        let syntax = clean(sql("SELEKT {}").bind(CANARY.to_owned()).exec(&bed.db).await);
        assert!(matches!(&syntax, Error::Database(said) if said.statement.contains("SELEKT")), "{syntax:?}");
        assert!(matches!(clean(Person::find(NUMBER).one(&bed.db).await), Error::NotFound { model: "Person" }));
        Person::insert_many([person("a"), NewPerson { first: "g".into(), ..person("b") }]).exec(&bed.db).await.unwrap();
        let many = clean(Person::select().filter(Person::email.starts_with(CANARY)).one(&bed.db).await);
        assert!(matches!(many, Error::TooMany { model: "Person" }), "{many:?}");
        let misread = clean(Misread::select().all(&bed.db).await);
        assert!(matches!(misread, Error::Decode { model: "Misread", column: "email", .. }), "{misread:?}");
    }

    async fn values_that_do_not_fit(bed: Bed) {
        bed.create::<(Person, Pet)>().await;
        let ada = Person::insert(person("a")).one(&bed.db).await.unwrap();
        if bed.backend == Backend::Postgres {
            let nul = clean(Person::insert(NewPerson { email: format!("{CANARY}\0"), ..person("n") }).exec(&bed.db).await);
            assert!(matches!(nul, Error::InvalidValue { .. }), "{nul:?}");
            let nul = clean(Person::select().filter(Person::email.eq(format!("{CANARY}\0"))).all(&bed.db).await);
            assert!(matches!(nul, Error::InvalidValue { .. }), "{nul:?}");
        }
        if bed.backend != Backend::Sqlite {
            let long = format!("{CANARY} {}", "x".repeat(40));
            let cut = clean(Pet::insert(NewPet { owner_id: ada.id, name: Some(long.clone()) }).exec(&bed.db).await);
            assert!(matches!(cut, Error::Database(_)), "{cut:?}");
            let cut = clean(Pet::insert_many([NewPet { owner_id: ada.id, name: Some(long) }]).all(&bed.db).await);
            assert!(matches!(cut, Error::Database(_)), "{cut:?}");
        }
        // A number out of a text, on servers that convert; arithmetic that overflows.
        let overflow = clean(Person::update().set(Person::age, Person::age * i64::MAX).all_rows().exec(&bed.db).await);
        assert!(matches!(overflow, Error::Database(_)), "{overflow:?}");
        let cast = match bed.backend {
            Backend::Postgres => Some("SELECT CAST(CAST({} AS text) AS integer)"),
            Backend::Sqlite => None,
            _ => Some("UPDATE people SET age = {}"),
        };
        if let Some(cast) = cast {
            let error = clean(sql(cast).bind(format!("{CANARY} is no number")).exec(&bed.db).await);
            assert!(matches!(error, Error::Database(_)), "{error:?}");
        }
    }

    async fn time_limits(bed: Bed) except [sqlite: "has no time limit of its own"] {
        let mut tx = bed.db.begin().await.unwrap();
        let (limit, sleep) = match bed.backend {
            Backend::Postgres => ("SET LOCAL statement_timeout = 50", "SELECT pg_sleep(5), {}"),
            _ => ("SET SESSION max_statement_time = 0.05", "SELECT SLEEP(5), {}"),
        };
        sql(limit).exec(&mut tx).await.unwrap();
        let late = clean(sql(sleep).bind(CANARY.to_owned()).exec(&mut tx).await);
        assert!(matches!(late, Error::Timeout(_)), "{late:?}");
        let failed = clean(sql("SELECT {}").bind(CANARY.to_owned()).exec(&mut tx).await);
        assert!(matches!(failed, Error::TransactionFailed { .. }), "{failed:?}");
        assert!(matches!(clean(tx.commit().await), Error::RolledBack { .. }));
    }

    async fn a_failed_transaction_tells_its_cause_without_values(bed: Bed) {
        bed.create::<Person>().await;
        Person::insert(person("a")).exec(&bed.db).await.unwrap();
        let outcome = bed.db.transaction(async |tx| {
            clean(Person::insert(person("a")).exec(&mut *tx).await);
            let next = clean(Person::insert(person("b")).exec(&mut *tx).await);
            assert!(matches!(next, Error::TransactionFailed { .. }));
            Ok(())
        }).await;
        let rolled_back = clean(outcome);
        assert!(rolled_back.to_string().contains("unique violation"), "{rolled_back}");
    }

    async fn connections_that_cannot_be_made(bed: Bed) {
        let secret = "s3cret-c4nary";
        let urls = match bed.backend {
            Backend::Sqlite => vec!["sqlite:/nowhere/at/all.db".to_owned()],
            Backend::Postgres => vec![
                format!("postgres://nobody:{secret}@127.0.0.1:1/test"),
                format!("postgres://nobody_{}:{secret}@127.0.0.1:5432/test", std::process::id()),
                format!("postgres://postgres:{secret}@127.0.0.1:5432/no_such_database"),
            ],
            _ => vec![
                format!("mysql://nobody:{secret}@127.0.0.1:1/test"),
                format!("mysql://nobody:{secret}@127.0.0.1:3306/test"),
                "mysql://root@127.0.0.1:3306/no_such_database".to_owned(),
            ],
        };
        for url in urls {
            let db = Db::builder(&url).pool_timeout(Duration::from_secs(5)).connect().await;
            let error = clean(db);
            assert!(matches!(error, Error::Connection { .. }), "{error:?}");
        }
        for url in ["oracle://x", "postgres", "", "sqlite:", &format!("postgres://user:{secret}@host:port/db")] {
            let error = clean(Db::connect(url).await);
            assert!(matches!(error, Error::Configuration(_)), "{url}: {error:?}");
        }
        assert!(!format!("{:?} {:?}", bed.db, Db::builder(&format!("postgres://user:{secret}@host/db"))).contains(secret));
    }

    async fn a_connection_that_is_killed(bed: Bed) except [sqlite: "has no server"] {
        bed.create::<Person>().await;
        let mut tx = bed.db.begin().await.unwrap();
        Person::insert(person("a")).exec(&mut tx).await.unwrap();
        kill(&mut tx, &bed.db).await.unwrap();
        let broken = clean(Person::insert(person("b")).exec(&mut tx).await);
        assert!(matches!(broken, Error::Connection { .. }), "{broken:?}");
        let commit = clean(tx.commit().await);
        assert!(matches!(commit, Error::RolledBack { .. } | Error::TransactionFailed { .. }), "{commit:?}");
        assert_eq!(Person::select().count(&bed.db).await.unwrap(), 0);
        assert_eq!(bed.db.pool_status().in_use, 0);
    }

    async fn refusals_before_anything_is_sent(bed: Bed) {
        bed.create::<(Person, Pet)>().await;
        let text = sql("SELECT 'x'; SELECT {}").bind(CANARY.to_owned());
        assert!(matches!(clean(text.exec(&bed.db).await), Error::InvalidQuery(_)));
        let count = sql("SELECT {}, {}").bind(CANARY.to_owned());
        assert!(matches!(clean(count.exec(&bed.db).await), Error::InvalidQuery(_)));
        assert!(matches!(clean(Person::update().set(Person::first, CANARY).exec(&bed.db).await), Error::Unfiltered { .. }));
        let deep = (0..2_000).fold(Person::first.eq(CANARY), |filter, n| filter.and(Person::age.eq(n)).not());
        let error = clean(Person::select().filter(deep).all(&bed.db).await);
        assert!(matches!(error, Error::QueryTooComplex { .. }), "{error:?}");
        // A model that is read only has no entry points for writes; the functions behind them refuse it.
        let update = orm_core::query::update::<Handle>().set(Handle::handle, CANARY).all_rows().exec(&bed.db).await;
        assert!(matches!(clean(update), Error::ReadOnly { model: "Handle" }));
        let delete = orm_core::query::delete::<Handle>().all_rows().exec(&bed.db).await;
        assert!(matches!(clean(delete), Error::ReadOnly { .. }));
        assert_eq!(bed.statements.take(), [""; 0]);
        // What was built but not run shows no value either.
        let built = format!(
            "{:?} {:?} {:?}",
            Person::update().set(Person::first, CANARY).filter(Person::age.eq(NUMBER)),
            Person::delete().filter(Person::email.in_list([CANARY])),
            Person::select().filter(Person::email.eq(CANARY).and(Person::age.gt(NUMBER))),
        );
        assert!(!built.contains(CANARY) && !built.contains(&NUMBER.to_string()), "{built}");
    }

    async fn a_commit_that_is_cut_off_tells_that_nobody_knows(bed: Bed) except [sqlite: "has no server"] {
        bed.create::<Person>().await;
        let mut tx = bed.db.begin().await.unwrap();
        Person::insert(person("a")).exec(&mut tx).await.unwrap();
        kill(&mut tx, &bed.db).await.unwrap();
        let commit = clean(tx.commit().await);
        assert!(matches!(commit, Error::CommitOutcomeUnknown), "{commit:?}");
        assert_eq!(bed.db.pool_status().in_use, 0);
        // It is never tried again, however many retries there are.
        let runs = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let (run, db) = (runs.clone(), bed.db.clone());
        let outcome = bed.db.transaction_with(TxOptions::default().retries(5), async move |tx| {
            run.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            kill(tx, &db).await
        }).await;
        assert!(matches!(clean(outcome), Error::CommitOutcomeUnknown));
        assert_eq!(runs.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "handles", read_only)]
struct Handle {
    #[model(primary_key)]
    id: i64,
    handle: String,
}
