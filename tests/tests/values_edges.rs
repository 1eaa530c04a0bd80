//! Values that a backend cannot hold, and values in the database that a field cannot hold: errors that name the column and never
//! the value.

use orm_core::prelude::*;
use orm_core::{Error, sql};
use orm_tests::{Backend, Bed, cases};
use time::macros::{date, datetime, time};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "accounts")]
struct Account {
    #[model(primary_key)]
    id: i64,
    number: u64,
    name: String,
    score: f64,
    note: Option<String>,
    rating: Option<f64>,
}

fn account(id: i64) -> Account {
    Account { id, number: 7, name: "Ada".into(), score: 0.5, note: None, rating: None }
}

/// The column that an error says cannot hold the value.
fn refused(result: orm_core::Result<impl std::fmt::Debug>) -> String {
    match result {
        Err(Error::InvalidValue { column, .. }) => column,
        other => panic!("expected InvalidValue, got {other:?}"),
    }
}

/// Model and column that an error says cannot be read; the error must not show the canary.
fn unread(result: orm_core::Result<impl std::fmt::Debug>) -> (&'static str, &'static str) {
    let error = result.unwrap_err();
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("canary") && !shown.contains("4711"), "{shown}");
    }
    match error {
        Error::Decode { model, column, .. } => (model, column),
        other => panic!("expected Decode, got {other}"),
    }
}

fn has_no_unsigned(backend: Backend) -> bool {
    matches!(backend, Backend::Sqlite | Backend::Postgres)
}

cases! {
    async fn an_unsigned_number_beyond_the_columns_range_is_refused_or_kept(bed: Bed) {
        bed.create::<Account>().await;
        let large = Account { number: u64::MAX, ..account(1) };
        if has_no_unsigned(bed.backend) {
            assert_eq!(refused(Account::insert(large.clone()).exec(&bed.db).await), "Account.number");
            let many = [account(1), account(2), Account { id: 3, ..large.clone() }];
            assert_eq!(refused(Account::insert_many(many).exec(&bed.db).await), "Account.number");
            let change = Account::update().set(Account::number, u64::MAX).all_rows();
            assert_eq!(refused(change.exec(&bed.db).await), "Account.number");
            assert_eq!(refused(Account::update_many([&large], (Account::number,)).exec(&bed.db).await), "Account.number");
            assert_eq!(refused(Account::select().filter(Account::number.eq(u64::MAX)).all(&bed.db).await), "Account.number");
            assert_eq!(refused(Account::select().filter(Account::number.in_list([1, u64::MAX])).all(&bed.db).await), "Account.number");
            // PostgreSQL is asked about the table's columns.
            let mut sent = bed.statements.take();
            sent.retain(|text| !text.contains("pg_attribute"));
            assert_eq!(sent, Vec::<String>::new(), "nothing is sent");
            assert_eq!(Account::select().count(&bed.db).await.unwrap(), 0);
            return;
        }
        assert_eq!(Account::insert(large.clone()).one(&bed.db).await.unwrap(), large);
        Account::insert(account(2)).exec(&bed.db).await.unwrap();
        assert_eq!(Account::select().filter(Account::number.eq(u64::MAX)).one(&bed.db).await.unwrap(), large);
        assert_eq!(Account::select().filter(Account::number.in_list([1, u64::MAX])).one(&bed.db).await.unwrap(), large);
        assert_eq!(Account::select().max(Account::number, &bed.db).await.unwrap(), Some(u64::MAX));
        let down = [Account { number: 8, ..large }, Account { number: u64::MAX, ..account(2) }];
        Account::update_many(&down, (Account::number,)).exec(&bed.db).await.unwrap();
        assert_eq!(Account::select().all(&bed.db).await.unwrap(), down);
    }

    async fn a_sum_beyond_its_type_is_an_error_and_no_other_number(bed: Bed) {
        bed.create::<Account>().await;
        let large = i64::MAX as u64;
        Account::insert_many([Account { number: large, ..account(1) }, Account { number: large, ..account(2) }]).exec(&bed.db).await.unwrap();
        let sum = Account::select().sum(Account::number, &bed.db).await;
        assert!(sum.is_err(), "{sum:?}");
    }

    async fn a_nul_in_text_is_refused_or_kept(bed: Bed) {
        bed.create::<Account>().await;
        let with = Account { name: "a\0b".into(), note: Some("\0".into()), ..account(1) };
        if bed.backend == Backend::Postgres {
            assert_eq!(refused(Account::insert(with.clone()).exec(&bed.db).await), "Account.name");
            assert_eq!(refused(Account::insert(Account { name: String::new(), ..with }).exec(&bed.db).await), "Account.note");
            assert_eq!(refused(Account::select().filter(Account::name.eq("a\0b")).all(&bed.db).await), "Account.name");
            assert_eq!(refused(Account::select().filter(Account::name.contains("\0")).all(&bed.db).await), "Account.name");
            assert_eq!(refused(Account::select().filter(Account::name.in_list(["\0"])).all(&bed.db).await), "Account.name");
            assert_eq!(refused(sql("SELECT {}").bind("\0".to_owned()).fetch_as::<(String,)>().all(&bed.db).await), "a bound value");
            assert_eq!(bed.statements.count(), 0);
            return;
        }
        assert_eq!(Account::insert(with.clone()).one(&bed.db).await.unwrap(), with);
        assert_eq!(Account::select().filter(Account::name.eq("a\0b")).one(&bed.db).await.unwrap(), with);
        let many: Vec<String> = (0..300).map(|n| format!("{n}")).chain(["a\0b".to_owned()]).collect();
        assert_eq!(Account::select().filter(Account::name.in_list(many)).one(&bed.db).await.unwrap(), with);
    }

    async fn what_is_no_number_is_refused_or_kept(bed: Bed) {
        bed.create::<Account>().await;
        let row = Account { score: f64::NAN, rating: Some(f64::NAN), ..account(1) };
        if bed.backend == Backend::Postgres {
            let stored = Account::insert(row).one(&bed.db).await.unwrap();
            assert!(stored.score.is_nan() && stored.rating.unwrap().is_nan());
            assert_eq!(Account::select().filter(Account::score.eq(f64::NAN)).count(&bed.db).await.unwrap(), 1);
        } else {
            assert_eq!(refused(Account::insert(row.clone()).exec(&bed.db).await), "Account.score");
            assert_eq!(refused(Account::insert(Account { score: 0.0, ..row }).exec(&bed.db).await), "Account.rating");
            assert_eq!(refused(Account::select().filter(Account::score.lt(f64::NAN)).all(&bed.db).await), "Account.score");
            assert_eq!(bed.statements.count(), 0);
        }
        let infinite = Account { score: f64::INFINITY, rating: Some(f64::NEG_INFINITY), ..account(2) };
        let stored = Account::insert(infinite.clone()).one(&bed.db).await;
        if matches!(bed.backend, Backend::MariaDb | Backend::MySql) {
            assert_eq!(refused(stored), "Account.score");
        } else {
            assert_eq!(stored.unwrap(), infinite);
        }
    }

    async fn decimals_of_every_length_are_stored_exactly_or_refused(bed: Bed)
        except [mysql: "MariaDB has no CAST(.. AS JSON), which the model's other columns need"]
    {
        bed.create::<Reading>().await;
        let longest = [rust_decimal::Decimal::MAX, rust_decimal::Decimal::MIN, "0.0000000000000000000000000001".parse().unwrap(), "7922816251426433759354395033.5".parse().unwrap()];
        for (amount, id) in longest.into_iter().zip(1..) {
            let row = Reading { id, amount, ..reading() };
            let stored = Reading::insert(row.clone()).one(&bed.db).await;
            if matches!(bed.backend, Backend::MariaDb | Backend::MySql) && amount.trunc().to_string().trim_start_matches('-').len() > 28 {
                let error = stored.unwrap_err();
                assert!(!error.to_string().contains("792281"), "{error}");
                continue;
            }
            assert_eq!(stored.unwrap(), row);
        }
    }

    async fn text_of_every_script_comes_back_as_it_was(bed: Bed) {
        bed.create::<Account>().await;
        let texts = [
            "Zoë", "e\u{301}", "ß", "日本語", "עברית", "\u{202e}x", "😀👩‍👩‍👧‍👦", "\u{10ffff}", " a ", "a\n\r\t\u{1}\u{7f}", "'; DROP TABLE accounts; --",
            "\"`[]\\'{}?$1:a@b#", "NULL", "\u{feff}", "%_!",
        ];
        for (text, id) in texts.iter().zip(1..) {
            let row = Account { name: (*text).into(), note: Some((*text).into()), ..account(id) };
            assert_eq!(Account::insert(row.clone()).one(&bed.db).await.unwrap(), row);
            assert!(Account::select().filter(Account::name.eq(*text)).all(&bed.db).await.unwrap().contains(&row), "{text}");
            assert!(Account::select().filter(Account::note.contains(*text)).all(&bed.db).await.unwrap().contains(&row), "{text}");
        }
        let long = Account { name: "€".repeat(100_000), ..account(99) };
        assert_eq!(Account::insert(long.clone()).one(&bed.db).await.unwrap(), long);
        assert_eq!(Account::find(99).columns(Account::name.length()).one(&bed.db).await.unwrap(), Some(100_000));
        let many: Vec<&str> = texts.iter().copied().cycle().take(600).collect();
        assert_eq!(Account::select().filter(Account::name.in_list(many)).count(&bed.db).await.unwrap(), texts.len() as u64);
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "readings")]
struct Reading {
    #[model(primary_key)]
    id: i64,
    small: i16,
    tiny: u8,
    flag: bool,
    text: String,
    maybe: Option<String>,
    state: State,
    level: Level,
    day: time::Date,
    id2: uuid::Uuid,
    document: serde_json::Value,
    amount: rust_decimal::Decimal,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum State {
    New,
    Old,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db(integer)]
enum Level {
    Low = 1,
    High = 2,
}

fn reading() -> Reading {
    Reading {
        id: 1,
        small: 1,
        tiny: 1,
        flag: true,
        text: "x".into(),
        maybe: None,
        state: State::New,
        level: Level::Low,
        day: date!(2024 - 01 - 01),
        id2: uuid::Uuid::nil(),
        document: serde_json::json!({}),
        amount: rust_decimal::Decimal::ONE,
    }
}

/// A table made by somebody else, in which the columns have these types and the row these values.
async fn foreign(bed: &Bed, column: &str, declared: &str, value: &str) {
    let quoted = |name: &str| {
        if matches!(bed.backend, Backend::MariaDb | Backend::MySql) {
            format!("`{name}`")
        } else {
            format!("\"{name}\"")
        }
    };
    bed.sql("DROP TABLE IF EXISTS readings").await;
    let uuid = if bed.backend == Backend::Postgres { "uuid" } else { "BLOB" };
    let uuid_value = if bed.backend == Backend::Postgres {
        "'00000000-0000-0000-0000-000000000000'"
    } else {
        "x'00000000000000000000000000000000'"
    };
    let columns = [
        ("id", "BIGINT", "1"),
        ("small", "SMALLINT", "1"),
        ("tiny", "SMALLINT", "1"),
        ("flag", "BOOLEAN", "TRUE"),
        ("text", "VARCHAR(100)", "'x'"),
        ("maybe", "VARCHAR(100)", "NULL"),
        ("state", "VARCHAR(100)", "'New'"),
        ("level", "INTEGER", "1"),
        ("day", "DATE", "'2024-01-01'"),
        ("id2", uuid, uuid_value),
        ("document", "VARCHAR(100)", "'{}'"),
        ("amount", "NUMERIC(10, 2)", "1"),
    ];
    let pick =
        |name: &str, usual: &str, own: &str| if name == column { own.to_owned() } else { usual.to_owned() };
    let definitions: Vec<String> = columns
        .iter()
        .map(|(name, usual, _)| format!("{} {}", quoted(name), pick(name, usual, declared)))
        .collect();
    let values: Vec<String> = columns.iter().map(|(name, _, usual)| pick(name, usual, value)).collect();
    bed.sql(format!("CREATE TABLE readings ({})", definitions.join(", "))).await;
    bed.sql(format!("INSERT INTO readings VALUES ({})", values.join(", "))).await;
}

cases! {
    async fn a_value_in_the_database_that_a_field_cannot_hold_is_an_error(bed: Bed) {
        foreign(&bed, "", "", "").await;
        if bed.backend == Backend::Postgres {
            // VARCHAR in place of jsonb reads as JSON too.
            assert_eq!(Reading::select().all(&bed.db).await.unwrap(), [reading()]);
        } else {
            assert_eq!(Reading::select().one(&bed.db).await.unwrap().text, "x");
        }
        let wrong = [
            ("small", "VARCHAR(100)", "'canary'"), ("small", "BIGINT", "47110"), ("small", "SMALLINT", "NULL"), ("small", "DOUBLE PRECISION", "0.5"),
            ("tiny", "BIGINT", "-4711"), ("tiny", "BIGINT", "4711"), ("flag", "INTEGER", "4711"), ("flag", "VARCHAR(100)", "'canary'"),
            ("text", "INTEGER", "4711"), ("text", "VARCHAR(100)", "NULL"), ("state", "VARCHAR(100)", "'canary'"), ("state", "VARCHAR(100)", "'new'"),
            ("state", "INTEGER", "4711"), ("level", "INTEGER", "4711"), ("level", "VARCHAR(100)", "'canary'"), ("level", "INTEGER", "NULL"),
            ("day", "VARCHAR(100)", "'canary'"), ("day", "VARCHAR(100)", "'2024-02-30'"), ("day", "INTEGER", "4711"), ("day", "DATE", "NULL"),
            ("id2", "VARCHAR(100)", "'canary'"), ("document", "VARCHAR(100)", "'{canary'"), ("amount", "VARCHAR(100)", "'canary'"),
            ("maybe", "INTEGER", "4711"),
        ];
        for (column, declared, value) in wrong {
            foreign(&bed, column, declared, value).await;
            let field = unread(Reading::select().all(&bed.db).await);
            assert_eq!(field, ("Reading", column), "{declared} {value}");
            let found = unread(Reading::find(1).optional(&bed.db).await);
            assert_eq!(found, ("Reading", column), "{declared} {value}");
        }
        // The connection is whole afterwards.
        foreign(&bed, "", "", "").await;
        assert_eq!(Reading::select().columns(Reading::text).all(&bed.db).await.unwrap(), ["x"]);
    }

    async fn sqlites_loose_tables_are_read_by_what_is_in_them(bed: Bed)
        except [postgres: "columns have one type", mariadb: "columns have one type", mysql: "columns have one type"]
    {
        for (column, value) in [("small", "'canary'"), ("small", "x'00'"), ("text", "x'63616e617279'"), ("flag", "0.5"), ("level", "'4711x'"), ("amount", "'canary'")] {
            foreign(&bed, column, "INTEGER", value).await;
            assert_eq!(unread(Reading::select().all(&bed.db).await), ("Reading", column), "{value}");
        }
        // NUMERIC affinity made 12 of '0012'; what is there is what is read.
        foreign(&bed, "small", "NUMERIC", "'0012'").await;
        assert_eq!(Reading::select().columns(Reading::small).one(&bed.db).await.unwrap(), 12);
    }

    async fn our_own_tables_are_strict_on_sqlite(bed: Bed)
        except [postgres: "always strict", mariadb: "the session is strict", mysql: "the session is strict"]
    {
        bed.create::<Reading>().await;
        Reading::insert(reading()).exec(&bed.db).await.unwrap();
        for change in ["small = 'canary'", "text = x'00'", "id2 = 'canary'", "flag = 0.5"] {
            let changed = orm_core::sql_dynamic(format!("UPDATE readings SET {change}")).exec(&bed.db).await;
            assert!(matches!(changed, Err(Error::Database(_) | Error::CheckViolation(_))), "{change}: {changed:?}");
        }
        assert_eq!(Reading::select().all(&bed.db).await.unwrap(), [reading()]);
    }

    async fn a_text_too_long_for_its_column_is_refused_by_the_server(bed: Bed) except [sqlite: "VARCHAR has no length there"] {
        foreign(&bed, "", "", "").await;
        let change = Reading::update().set(Reading::text, "canary".repeat(20)).all_rows().exec(&bed.db).await;
        let error = change.unwrap_err();
        assert!(!error.to_string().contains("canarycanary"), "{error}");
        assert_eq!(Reading::select().columns(Reading::text).one(&bed.db).await.unwrap(), "x");
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "events")]
struct Event {
    #[model(primary_key)]
    id: i64,
    at: time::OffsetDateTime,
    local: time::PrimitiveDateTime,
    day: time::Date,
    clock: time::Time,
    #[model(default = "CURRENT_TIMESTAMP")]
    made: chrono::DateTime<chrono::Utc>,
}

fn event(id: i64, at: time::OffsetDateTime) -> NewEvent {
    NewEvent {
        id,
        at,
        local: datetime!(2024-03-10 02:30),
        day: date!(2024 - 03 - 10),
        clock: time!(02:30),
        made: None,
    }
}

cases! {
    async fn the_time_zone_of_server_and_session_changes_nothing(bed: Bed) {
        bed.create::<Event>().await;
        let db = match bed.backend {
            Backend::Postgres => Db::connect(&format!("{}&options[TimeZone]=America/New_York", bed.url)).await.unwrap(),
            Backend::MariaDb | Backend::MySql => Db::connect(&format!("{}?timezone=%2D05:00", bed.url)).await.unwrap(),
            Backend::Sqlite => bed.db.clone(),
        };
        let at = datetime!(2024-03-10 02:30 -5);
        let before = time::OffsetDateTime::now_utc() - time::Duration::seconds(2);
        let stored = Event::insert(event(1, at)).one(&db).await.unwrap();
        assert_eq!(stored.at, at, "the instant");
        assert_eq!((stored.local, stored.day, stored.clock), (datetime!(2024-03-10 02:30), date!(2024 - 03 - 10), time!(02:30)));
        let made = time::OffsetDateTime::from_unix_timestamp(stored.made.timestamp()).unwrap();
        assert!(made >= before && made <= time::OffsetDateTime::now_utc() + time::Duration::seconds(2), "{made} is now, in UTC");
        assert_eq!(Event::select().one(&bed.db).await.unwrap(), stored);
        let same_instant = Event::select().filter(Event::at.eq(datetime!(2024-03-10 07:30 UTC))).count(&db).await.unwrap();
        assert_eq!(same_instant, 1);
        assert_eq!(Event::select().filter(Event::at.gt(datetime!(2024-03-10 08:29:59.999999 +1))).count(&db).await.unwrap(), 1);
        assert_eq!(Event::select().filter(Event::local.eq(datetime!(2024-03-10 02:30))).count(&db).await.unwrap(), 1);
    }

    async fn a_time_finer_than_a_microsecond_is_cut(bed: Bed) {
        bed.create::<Event>().await;
        let stored = Event::insert(NewEvent { clock: time!(1:02:03.123456789), ..event(1, datetime!(1969-12-31 23:59:59.999999999 UTC)) }).one(&bed.db).await.unwrap();
        assert_eq!((stored.at, stored.clock), (datetime!(1969-12-31 23:59:59.999999 UTC), time!(1:02:03.123456)));
    }

    async fn years_that_the_backend_cannot_hold_or_sort_are_refused(bed: Bed) {
        bed.create::<Event>().await;
        let ancient = Event::insert(NewEvent { day: date!(-0044 - 03 - 15), ..event(1, datetime!(2024-01-01 0:00 UTC)) }).one(&bed.db).await;
        if bed.backend == Backend::Postgres {
            assert_eq!(ancient.unwrap().day, date!(-0044 - 03 - 15));
        } else {
            assert_eq!(refused(ancient), "Event.day");
            let instant = Event::insert(event(1, datetime!(-0044-03-15 0:00 UTC))).exec(&bed.db).await;
            assert_eq!(refused(instant), "Event.at");
        }
    }

    async fn postgres_dates_beyond_rust_are_errors(bed: Bed)
        except [sqlite: "no infinity", mariadb: "no infinity", mysql: "no infinity"]
    {
        bed.create::<Event>().await;
        for (column, value) in [
            ("at", "'infinity'"), ("at", "'-infinity'"), ("at", "'294276-01-01'"), ("at", "'4713-01-01 BC'"), ("local", "'infinity'"),
            ("local", "'294276-01-01'"), ("day", "'infinity'"), ("day", "'5874897-12-31'"), ("day", "'-infinity'"), ("clock", "'24:00'"),
        ] {
            Event::delete().all_rows().exec(&bed.db).await.unwrap();
            Event::insert(event(1, datetime!(2024-01-01 0:00 UTC))).exec(&bed.db).await.unwrap();
            bed.sql(format!("UPDATE events SET {column} = {value}")).await;
            if value == "'4713-01-01 BC'" {
                Event::select().all(&bed.db).await.unwrap();
                continue;
            }
            assert_eq!(unread(Event::select().all(&bed.db).await), ("Event", column), "{value}");
        }
    }

    async fn postgres_numbers_beyond_decimal_are_errors(bed: Bed)
        except [sqlite: "numbers are floating-point there", mariadb: "no NaN and a fixed scale", mysql: "no NaN and a fixed scale"]
    {
        bed.create::<Reading>().await;
        Reading::insert(reading()).exec(&bed.db).await.unwrap();
        for value in ["'NaN'", "'Infinity'", "1e40", "0.12345678901234567890123456789012345"] {
            bed.sql(format!("UPDATE readings SET amount = {value}")).await;
            assert_eq!(unread(Reading::select().all(&bed.db).await), ("Reading", "amount"), "{value}");
        }
    }

    async fn zero_dates_of_mariadb_are_errors(bed: Bed)
        except [sqlite: "no zero dates", postgres: "no zero dates"]
    {
        bed.create::<Event>().await;
        Event::insert(event(1, datetime!(2024-01-01 0:00 UTC))).exec(&bed.db).await.unwrap();
        bed.sql("UPDATE IGNORE events SET day = '0000-00-00'").await;
        assert_eq!(unread(Event::select().all(&bed.db).await), ("Event", "day"));
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lists")]
struct List {
    #[model(primary_key)]
    id: i64,
    numbers: Vec<i32>,
    words: Option<Vec<String>>,
}

cases! {
    async fn an_array_that_a_field_cannot_hold_is_an_error(bed: Bed)
        except [sqlite: "no arrays", mariadb: "no arrays", mysql: "no arrays"]
    {
        bed.create::<List>().await;
        List::insert(List { id: 1, numbers: vec![1, 2], words: None }).exec(&bed.db).await.unwrap();
        assert_eq!(refused(List::update().set(List::words, vec!["\0".to_owned()]).all_rows().exec(&bed.db).await), "List.words");
        bed.sql("UPDATE lists SET numbers = '{1,NULL}'").await;
        assert_eq!(unread(List::select().all(&bed.db).await), ("List", "numbers"));
        bed.sql("UPDATE lists SET numbers = '{{1,2},{3,4}}'").await;
        assert_eq!(unread(List::select().all(&bed.db).await), ("List", "numbers"));
    }

    async fn arrays_are_unsupported_in_words_elsewhere(bed: Bed) except [postgres: "it has arrays"] {
        let error = bed.db.create_tables::<List>().await.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
        let error = List::insert(List { id: 1, numbers: vec![], words: None }).exec(&bed.db).await.unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    }
}
