//! Many rows in one statement: PostgreSQL gets them as one array a column, whatever types its columns have (hazard 8).

use std::sync::atomic::{AtomicBool, Ordering};

use orm_core::prelude::*;
use orm_core::{Error, Event, TxOptions, sql};
use orm_tests::{Backend, Bed, Statements, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "labels")]
struct Label {
    #[model(primary_key, generated)]
    id: i64,
    name: String,
    note: Option<String>,
    size: i32,
    weight: f64,
}

/// Some labels whose names are moods.
fn labels(count: i32) -> Vec<NewLabel> {
    let label = |n: i32| NewLabel {
        name: ["calm", "glad", "sad"][n as usize % 3].to_owned(),
        note: (n % 2 == 0).then(|| format!("note {n}, {{}} \"quoted\" \\ NULL")),
        size: n,
        weight: f64::from(n) / 4.0,
    };
    (0..count).map(label).collect()
}

/// The table, with another type for its names.
async fn table(bed: &Bed, name: &str) {
    bed.sql("DROP TABLE IF EXISTS labels").await;
    bed.create::<Label>().await;
    let using = if name.contains("mood") { "USING name::mood" } else { "" };
    bed.sql(format!("ALTER TABLE labels ALTER COLUMN name TYPE {name} {using}")).await;
}

async fn moods(bed: &Bed) {
    bed.sql("CREATE TYPE mood AS ENUM ('calm', 'glad', 'sad')").await;
    bed.sql("CREATE DOMAIN word AS varchar(20) CHECK (value <> '')").await;
    bed.sql("CREATE DOMAIN mood_word AS mood").await;
}

fn same(stored: &[Label], rows: &[NewLabel]) -> bool {
    let given = |row: &Label| NewLabel {
        name: row.name.trim_end().to_owned(),
        note: row.note.clone(),
        size: row.size,
        weight: row.weight,
    };
    let pair = |row: &NewLabel| (row.name.clone(), row.note.clone(), row.size, row.weight.to_bits());
    stored.iter().map(given).map(|row| pair(&row)).eq(rows.iter().map(pair))
}

cases! {
    async fn columns_take_what_they_take_from_one_row(bed: Bed) except [
        sqlite: "it has VALUES", mariadb: "it has VALUES", mysql: "it has VALUES",
    ] {
        moods(&bed).await;
        for (name, as_arrays) in [
            ("text", true), ("varchar(20)", true), ("char(6)", true), ("word", true), ("name", true),
            ("mood", false), ("mood_word", false),
        ] {
            table(&bed, name).await;
            // Another `Db` each time, since one remembers the tables that it has seen.
            let db = Db::connect(&bed.url).await.unwrap();
            let statements = Statements::of(&db);
            let rows = labels(7);
            let stored = Label::insert_many(rows.clone()).all(&db).await.unwrap();
            assert!(same(&stored, &rows), "{name}: {stored:?}");
            assert_eq!(Label::insert_many(rows.clone()).exec(&db).await.unwrap(), 7, "{name}");
            let read = Label::select().order_by(Label::id.asc()).all(&db).await.unwrap();
            assert!(same(&read, &[rows.clone(), rows].concat()), "{name}: {read:?}");
            let texts = statements.take();
            assert_eq!(texts.iter().filter(|text| text.contains("unnest")).count(), if as_arrays { 2 } else { 0 }, "{texts:?}");
            db.close().await;
        }
    }

    async fn a_value_that_its_column_refuses_is_told_as_of_one_row(bed: Bed) except [sqlite: "its texts have no limit", mysql: "as MariaDB"] {
        bed.create::<Label>().await;
        bed.sql(match bed.backend {
            Backend::Postgres => "ALTER TABLE labels ALTER COLUMN name TYPE varchar(4)",
            _ => "ALTER TABLE labels MODIFY name VARCHAR(4) NOT NULL",
        }).await;
        let long = NewLabel { name: "longer".into(), ..labels(1).remove(0) };
        let one = Label::insert(long.clone()).exec(&bed.db).await.unwrap_err();
        let many = Label::insert_many([labels(1).remove(0), long]).exec(&bed.db).await.unwrap_err();
        assert_eq!(std::mem::discriminant(&one), std::mem::discriminant(&many), "{one} / {many}");
        assert!(!many.to_string().contains("longer"), "{many}");
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 0);
    }

    async fn the_text_does_not_depend_on_the_number_of_rows(bed: Bed) except [
        sqlite: "it has VALUES of as many rows", mariadb: "it has VALUES of as many rows", mysql: "it has VALUES of as many rows",
    ] {
        bed.create::<Label>().await;
        Label::insert_many(labels(2)).exec(&bed.db).await.unwrap();
        let texts = bed.statements.take();
        assert_eq!(texts.len(), 2, "the catalog is asked once: {texts:?}");
        for rows in [2, 3, 99, 1_999] {
            Label::insert_many(labels(rows)).exec(&bed.db).await.unwrap();
            assert_eq!(bed.statements.take(), texts[1..]);
        }
    }

    async fn a_column_that_changes_its_type_is_found_out(bed: Bed) except [
        sqlite: "it has VALUES", mariadb: "it has VALUES", mysql: "it has VALUES",
    ] {
        moods(&bed).await;
        bed.create::<Label>().await;
        Label::insert_many(labels(3)).exec(&bed.db).await.unwrap();
        bed.sql("ALTER TABLE labels ALTER COLUMN name TYPE mood USING name::mood").await;
        let refused = Label::insert_many(labels(3)).exec(&bed.db).await.unwrap_err();
        assert!(matches!(refused, Error::Database { .. }), "{refused:?}");
        assert_eq!(Label::insert_many(labels(3)).exec(&bed.db).await.unwrap(), 3);
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 6);
    }

    async fn a_table_that_is_made_later_is_asked_about_again(bed: Bed) {
        let missing = Label::insert_many(labels(2)).exec(&bed.db).await.unwrap_err();
        assert!(matches!(missing, Error::MissingTable(_)), "{missing:?}");
        bed.create::<Label>().await;
        assert_eq!(Label::insert_many(labels(2)).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Label::insert_many(labels(2)).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 4);
    }

    async fn thousands_of_rows_are_copied_where_that_is_the_same(bed: Bed) except [
        sqlite: "it has no COPY", mariadb: "it has no COPY", mysql: "it has no COPY",
    ] {
        moods(&bed).await;
        for (name, is_copied) in [("text", true), ("varchar(20)", true), ("char(6)", true), ("word", false), ("mood", false)] {
            table(&bed, name).await;
            let db = Db::connect(&bed.url).await.unwrap();
            let statements = Statements::of(&db);
            let rows = labels(2_500);
            assert_eq!(Label::insert_many(rows.clone()).exec(&db).await.unwrap(), 2_500);
            let texts = statements.take();
            assert_eq!(texts.iter().any(|text| text.starts_with("COPY")), is_copied, "{name}: {texts:?}");
            assert!(same(&Label::select().order_by(Label::id.asc()).all(&db).await.unwrap(), &rows), "{name}");
            db.close().await;
        }
        // What COPY would pass over, or refuse.
        for change in [
            "ALTER TABLE labels ENABLE ROW LEVEL SECURITY",
            "CREATE RULE none AS ON INSERT TO labels WHERE new.size < 0 DO INSTEAD NOTHING",
            "ALTER TABLE labels ALTER COLUMN weight TYPE numeric",
            "ALTER TABLE labels ALTER COLUMN size TYPE bigint",
        ] {
            table(&bed, "text").await;
            bed.sql(change).await;
            let db = Db::connect(&bed.url).await.unwrap();
            let statements = Statements::of(&db);
            assert_eq!(Label::insert_many(labels(2_500)).exec(&db).await.unwrap(), 2_500, "{change}");
            assert!(!statements.take().iter().any(|text| text.starts_with("COPY")), "{change}");
            db.close().await;
        }
    }

    async fn what_is_copied_is_all_there_or_nothing(bed: Bed) {
        bed.create::<Label>().await;
        // A row that the table refuses, after some thousands that it takes.
        let check = "ALTER TABLE labels ADD CONSTRAINT small CHECK (size <> 6000)";
        let refuses = bed.backend != Backend::Sqlite;
        if refuses {
            bed.sql(check).await;
            let refused = Label::insert_many(labels(6_500)).exec(&bed.db).await.unwrap_err();
            let Error::CheckViolation(violation) = &refused else { panic!("{refused:?}") };
            assert_eq!(violation.constraint.as_deref(), Some("small"));
            assert!(!refused.to_string().contains("note 6000"), "{refused}");
            assert_eq!(Label::select().count(&bed.db).await.unwrap(), 0);
        }
        let outcome = bed.db.transaction(async |tx| {
            Label::insert_many(labels(3)).exec(&mut *tx).await?;
            assert_eq!(Label::insert_many(labels(5_000)).exec(&mut *tx).await?, 5_000);
            assert_eq!(Label::select().count(&mut *tx).await?, 5_003);
            if refuses {
                let inner = tx.transaction(async |tx| Label::insert_many(labels(6_500)).exec(tx).await).await;
                assert!(matches!(inner, Err(Error::CheckViolation(_))), "{inner:?}");
            }
            Label::insert_many(labels(5_000)).exec(&mut *tx).await
        }).await;
        assert_eq!(outcome.unwrap(), 5_000);
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 10_003);
        let undone = bed.db.transaction(async |tx| {
            Label::insert_many(labels(5_000)).exec(&mut *tx).await?;
            Err::<(), _>(Error::InvalidQuery("no".to_owned()))
        }).await;
        assert!(undone.is_err());
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 10_003);
    }

    async fn a_transaction_with_an_older_snapshot_does_not_copy(bed: Bed) except [
        sqlite: "it has no COPY", mariadb: "it has no COPY", mysql: "it has no COPY",
    ] {
        bed.create::<Label>().await;
        bed.statements.clear();
        let mut tx = bed.db.begin_with(TxOptions::repeatable_read()).await.unwrap();
        assert_eq!(Label::insert_many(labels(2_500)).exec(&mut tx).await.unwrap(), 2_500);
        tx.commit().await.unwrap();
        assert!(!bed.statements.take().iter().any(|text| text.starts_with("COPY")));
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 2_500);
    }

    /// Its numbers are of the same length, so that the server would take the bytes of the one for the other.
    async fn a_column_that_changes_its_type_just_before_the_copy_is_found_out(bed: Bed) except [
        sqlite: "it has no COPY", mariadb: "it has no COPY", mysql: "it has no COPY",
    ] {
        bed.create::<Label>().await;
        let (url, is_changed) = (bed.url.clone(), AtomicBool::new(false));
        bed.db.observe(move |event: &Event<'_>| {
            if event.statement.contains("pg_attribute") && !is_changed.swap(true, Ordering::Relaxed) {
                let url = url.clone();
                std::thread::spawn(move || change(&url)).join().unwrap();
            }
        });
        let refused = Label::insert_many(labels(2_500)).exec(&bed.db).await.unwrap_err();
        assert!(matches!(refused, Error::Serialization(_)), "{refused:?}");
        assert!(bed.statements.take().iter().any(|text| text.starts_with("COPY")));
        assert_eq!(Label::select().count(&bed.db).await.unwrap(), 0);
        assert_eq!(Label::insert_many(labels(2_500)).exec(&bed.db).await.unwrap(), 2_500);
        assert!(!bed.statements.take().iter().any(|text| text.starts_with("COPY")));
        let largest = sql("SELECT max(size)::int8 FROM labels").fetch_as::<(i64,)>();
        assert_eq!(largest.one(&bed.db).await.unwrap().0, 2_499);
    }
}

/// Makes the integers of the table real numbers.
#[tokio::main(flavor = "current_thread")]
async fn change(url: &str) {
    let db = Db::connect(url).await.unwrap();
    sql("ALTER TABLE labels ALTER COLUMN size TYPE real").exec(&db).await.unwrap();
    db.close().await;
}
