//! Inserts: what is stored, what comes back and in which order, and that a failed one leaves nothing behind.

use orm_core::prelude::*;
use orm_core::{Dialect, Error, sql};
use orm_tests::{Backend, cases};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items")]
struct Item {
    #[model(primary_key, generated)]
    id: i64,
    #[model(unique)]
    name: String,
    note: Option<String>,
    #[model(default = "7")]
    stock: i32,
    #[model(default = "'new'", type = "VARCHAR(20)")]
    label: Option<String>,
}

fn item(name: impl Into<String>) -> NewItem {
    NewItem { name: name.into(), note: None, stock: None, label: None }
}

/// A whole item, with its key.
fn stored(id: i64, name: &str) -> Item {
    Item { id, name: name.into(), note: None, stock: 1, label: None }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "seats")]
struct Seat {
    #[model(primary_key)]
    hall: i32,
    #[model(primary_key)]
    number: String,
    guest: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "folders")]
#[belongs_to(parent: Folder, key = parent_id)]
struct Folder {
    #[model(primary_key)]
    id: i32,
    parent_id: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "counters")]
struct Counter {
    #[model(primary_key, generated)]
    id: i64,
    #[model(default = "0")]
    hits: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tokens")]
struct Token {
    #[model(primary_key, default = "'t0'", type = "VARCHAR(20)")]
    code: String,
    owner: String,
}

/// How many rows of `columns` values go into one statement: SQLite's are short, PostgreSQL's have a bind a column.
fn rows_a_statement(dialect: Dialect, columns: usize) -> usize {
    match dialect {
        Dialect::Sqlite => (2_000 / columns).min(1_000),
        Dialect::Postgres => 10_000,
        _ => (dialect.max_binds() / columns).min(1_000),
    }
}

/// How many statements an insert of so many rows is: the chunks, in a transaction where there are several.
fn statements(rows: usize, chunk: usize) -> usize {
    match rows.div_ceil(chunk) {
        chunks @ (0 | 1) => chunks,
        chunks => chunks + 2,
    }
}

cases! {
    async fn an_unset_column_takes_its_default_and_null_is_a_value(bed: Bed) {
        bed.create::<Item>().await;
        let rows = [
            item("default"),
            NewItem { stock: Some(3), label: Some(Some("old".into())), ..item("given") },
            NewItem { label: Some(None), note: Some("a note".into()), ..item("null") },
        ];
        let mut made = Vec::new();
        for row in rows.clone() {
            made.push(Item::insert(row).one(&bed.db).await.unwrap());
        }
        let seen: Vec<_> = made.iter().map(|item| (item.stock, item.label.as_deref(), item.note.as_deref())).collect();
        assert_eq!(seen, [(7, Some("new"), None), (3, Some("old"), None), (7, None, Some("a note"))]);
        assert_eq!(made.iter().map(|item| item.id).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(Item::select().all(&bed.db).await.unwrap(), made);

        // The same rows in one call, which groups them by the columns that they give.
        Item::delete().all_rows().exec(&bed.db).await.unwrap();
        let again = Item::insert_many(rows).all(&bed.db).await.unwrap();
        let same = |items: &[Item]| -> Vec<_> {
            items.iter().map(|item| (item.name.clone(), item.stock, item.label.clone(), item.note.clone())).collect()
        };
        assert_eq!(same(&again), same(&made));
    }

    async fn one_row_is_one_statement_where_the_server_returns_it(bed: Bed) {
        bed.create::<Item>().await;
        Item::insert(item("a")).exec(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
        let b = Item::insert(item("b")).one(&bed.db).await.unwrap();
        assert_eq!((b.id, b.stock), (2, 7));
        // MySQL: the insert and the read of the row in one transaction.
        assert_eq!(bed.statements.count(), if bed.backend == Backend::MySql { 4 } else { 1 });
        Item::insert_many([item("c"), item("d")]).exec(&bed.db).await.unwrap();
        // PostgreSQL is asked once about the table's texts.
        assert_eq!(bed.statements.count(), if bed.backend == Backend::Postgres { 2 } else { 1 });
        Item::insert_many([item("e"), item("f")]).exec(&bed.db).await.unwrap();
        assert_eq!(bed.statements.count(), 1);
    }

    async fn a_whole_model_brings_its_key_and_the_next_generated_one_is_free(bed: Bed) {
        bed.create::<Item>().await;
        let given = stored(41, "given");
        assert_eq!(Item::insert(given.clone()).one(&bed.db).await.unwrap(), given);
        Item::insert(stored(43, "exec")).exec(&bed.db).await.unwrap();
        let shuffled = [9, 3, 60, 7, 50].map(|id| stored(id, &format!("n{id}")));
        assert_eq!(Item::insert_many(shuffled.clone()).all(&bed.db).await.unwrap(), shuffled);
        if bed.backend == Backend::Postgres {
            // Its sequence knows nothing of given keys: it starts at 1 and would meet 3.
            bed.sql("ALTER TABLE items ALTER COLUMN id RESTART WITH 61").await;
        }
        assert_eq!(Item::insert(item("next")).one(&bed.db).await.unwrap().id, 61);
        let two = Item::insert_many([item("x"), item("y")]).all(&bed.db).await.unwrap();
        assert_eq!(two.iter().map(|item| item.id).collect::<Vec<_>>(), [62, 63]);
    }

    async fn the_key_zero_is_a_key_like_any_other(bed: Bed) {
        bed.create::<Item>().await;
        let zero = stored(0, "zero");
        assert_eq!(Item::insert(zero.clone()).one(&bed.db).await.unwrap(), zero);
        assert_eq!(Item::insert_many([stored(-1, "minus")]).all(&bed.db).await.unwrap()[0].id, -1);
        assert_eq!(Item::find(0).one(&bed.db).await.unwrap(), zero);
    }

    async fn columns_come_back_alone_and_in_tuples(bed: Bed) {
        bed.create::<Item>().await;
        let id: i64 = Item::insert(item("a")).returning(Item::id).one(&bed.db).await.unwrap();
        let (stock, name): (i32, String) =
            Item::insert(item("b")).returning((Item::stock, Item::name)).one(&bed.db).await.unwrap();
        assert_eq!((id, stock, name.as_str()), (1, 7, "b"));
        let labels: Vec<Option<String>> = Item::insert_many([
            NewItem { label: Some(None), ..item("c") },
            item("d"),
        ]).returning(Item::label).all(&bed.db).await.unwrap();
        assert_eq!(labels, [None, Some("new".into())]);
        let ids: Vec<(i64,)> = Item::insert_many(["e", "f"].map(item)).returning((Item::id,)).all(&bed.db).await.unwrap();
        assert_eq!(ids, [(5,), (6,)]);
    }

    async fn no_rows_are_no_statement(bed: Bed) {
        bed.create::<Item>().await;
        let none = || Vec::<NewItem>::new();
        assert_eq!(Item::insert_many(none()).exec(&bed.db).await.unwrap(), 0);
        assert_eq!(Item::insert_many(none()).all(&bed.db).await.unwrap(), []);
        assert_eq!(Item::insert_many(none()).returning(Item::id).all(&bed.db).await.unwrap(), [0_i64; 0]);
        assert_eq!(bed.statements.take(), [""; 0]);
    }

    async fn any_number_of_rows_is_stored_and_returned_in_input_order(bed: Bed) {
        bed.create::<Item>().await;
        let chunk = rows_a_statement(bed.dialect(), 2);
        Item::insert_many([item("a"), item("b")]).exec(&bed.db).await.unwrap();
        Item::delete().all_rows().exec(&bed.db).await.unwrap();
        // Without RETURNING every row is a round trip of its own and one more.
        let most = if bed.backend == Backend::MySql { 1_001 } else { 2 * chunk + 1 };
        for rows in [1, 2, 999, 1_001, chunk - 1, chunk, chunk + 1, 2 * chunk + 1] {
            let new = || (0..rows).map(|n| item(format!("n{:05}", n * 7_919 % 100_003)));
            bed.statements.clear();
            assert_eq!(Item::insert_many(new()).exec(&bed.db).await.unwrap(), rows as u64);
            let is_copied = bed.backend == Backend::Postgres && rows >= 2_000;
            // BEGIN, the portions, a question about the table, COMMIT.
            let expected = if is_copied { rows.div_ceil(chunk) + 3 } else { statements(rows, chunk) };
            assert_eq!(bed.statements.count(), expected, "{rows} rows");
            Item::delete().all_rows().exec(&bed.db).await.unwrap();
            if rows > most {
                continue;
            }
            bed.statements.clear();
            let made = Item::insert_many(new()).all(&bed.db).await.unwrap();
            if bed.backend != Backend::MySql {
                assert_eq!(bed.statements.count(), statements(rows, chunk), "{rows} rows");
            }
            assert!(made.iter().map(|item| &item.name).eq(new().collect::<Vec<_>>().iter().map(|new| &new.name)));
            assert!(made.is_sorted_by(|a, b| a.id < b.id), "keys rise in input order");
            assert_eq!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap(), made);
            Item::delete().all_rows().exec(&bed.db).await.unwrap();
        }
    }

    async fn given_keys_in_any_order_come_back_in_input_order(bed: Bed) {
        bed.create::<(Item, Seat)>().await;
        let rows = if bed.backend == Backend::MySql { 500 } else { 10_000 };
        let shuffled: Vec<Item> =
            (0..rows).map(|n| n * 7_919 % 100_003).map(|id| stored(id, &format!("n{id}"))).collect();
        assert_eq!(Item::insert_many(shuffled.clone()).all(&bed.db).await.unwrap(), shuffled);
        let seats: Vec<Seat> = (0..300)
            .map(|n| n * 7_919 % 1_009)
            .map(|n| Seat { hall: n % 3, number: format!("{}{n}", if n % 2 == 0 { "A" } else { "b" }), guest: None })
            .collect();
        assert_eq!(Seat::insert_many(seats.clone()).all(&bed.db).await.unwrap(), seats);
        let guests = seats.iter().cloned().map(|seat| Seat { hall: seat.hall + 10, ..seat });
        let numbers: Vec<String> = Seat::insert_many(guests).returning(Seat::number).all(&bed.db).await.unwrap();
        assert!(numbers.iter().eq(seats.iter().map(|seat| &seat.number)));
    }

    async fn text_keys_under_a_collation_that_folds_them_come_back_in_input_order(bed: Bed) {
        let column = match bed.backend {
            Backend::Sqlite => "code TEXT COLLATE NOCASE PRIMARY KEY",
            Backend::Postgres => {
                bed.sql("CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)").await;
                "code text COLLATE folded PRIMARY KEY"
            }
            _ => "code CHAR(8) COLLATE utf8mb4_general_ci PRIMARY KEY",
        };
        bed.sql(format!("CREATE TABLE tokens ({column}, owner VARCHAR(9) NOT NULL)")).await;
        let rows: Vec<Token> = ["Zoe", "ada", "Émile", "BOB", "dora", "Carl "]
            .iter()
            .enumerate()
            .map(|(n, code)| Token { code: (*code).into(), owner: format!("o{n}") })
            .collect();
        let made = Token::insert_many(rows.clone()).all(&bed.db).await.unwrap();
        assert!(made.iter().map(|token| &token.owner).eq(rows.iter().map(|token| &token.owner)), "{made:?}");
        let refused = Token::insert(Token { code: "ZOE".into(), owner: "x".into() }).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::UniqueViolation(_))), "{refused:?}");
    }

    async fn triggers_change_neither_keys_nor_order(bed: Bed) {
        bed.create::<(Item, Counter)>().await;
        match bed.backend {
            Backend::Sqlite => {
                // `sql` takes one statement and so no trigger of SQLite; the schema's table takes its text. The connection
                // that was allowed to write there is closed after the transaction.
                bed.db.transaction(async |tx| {
                    sql("PRAGMA writable_schema = ON").exec(&mut *tx).await?;
                    sql(
                        "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES ('trigger', 'watch', \
                         'items', 0, 'CREATE TRIGGER watch AFTER INSERT ON items BEGIN \
                         INSERT INTO counters (hits) VALUES (1); INSERT INTO counters (hits) VALUES (2); END')",
                    ).exec(&mut *tx).await
                }).await.unwrap();
            }
            Backend::Postgres => {
                bed.sql(
                    "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note = upper(NEW.name); \
                     INSERT INTO counters (hits) VALUES (1), (2); RETURN NEW; END'",
                ).await;
                bed.sql("CREATE TRIGGER watch BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION watch()").await;
            }
            _ => {
                bed.sql("CREATE TRIGGER shout BEFORE INSERT ON items FOR EACH ROW SET NEW.note = UPPER(NEW.name)").await;
                bed.sql("CREATE TRIGGER watch AFTER INSERT ON items FOR EACH ROW INSERT INTO counters (hits) VALUES (1), (2)").await;
            }
        }
        let names = || (0..300).map(|n| format!("n{:03}", n * 7 % 300));
        let made = Item::insert_many(names().map(item)).all(&bed.db).await.unwrap();
        assert!(made.iter().map(|item| item.name.clone()).eq(names()));
        assert!(made.iter().map(|item| item.id).eq(1..=300));
        assert_eq!(Counter::select().count(&bed.db).await.unwrap(), 600);
        if bed.backend != Backend::Sqlite {
            assert!(made.iter().all(|item| item.note == Some(item.name.to_uppercase())));
        }
        assert_eq!(Item::insert(item("one")).one(&bed.db).await.unwrap().id, 301);
    }

    async fn a_trigger_that_keeps_rows_back_is_an_error_in_words(bed: Bed) except [
        sqlite: "its triggers come after the row",
        mariadb: "its triggers cannot leave a row out",
        mysql: "its triggers cannot leave a row out",
    ] {
        bed.create::<Item>().await;
        bed.sql(
            "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.name = ''b'' THEN RETURN NULL; END IF; \
             RETURN NEW; END'",
        ).await;
        bed.sql("CREATE TRIGGER skip BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION skip()").await;
        let refused = Item::insert_many(["a", "b", "c"].map(item)).all(&bed.db).await.unwrap_err();
        assert!(matches!(refused, Error::InvalidQuery(_)), "{refused:?}");
        assert!(refused.to_string().contains("3 rows of Item returned 2"), "{refused}");
        // One statement is its own transaction, and the error says so; a transaction around it undoes it.
        assert_eq!(Item::delete().all_rows().exec(&bed.db).await.unwrap(), 2);
        let many = || ["b".to_owned()].into_iter().chain((0..11_000).map(|n| format!("n{n}")));
        let refused = Item::insert_many(many().map(item)).all(&bed.db).await;
        assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{refused:?}");
        assert_eq!(Item::select().count(&bed.db).await.unwrap(), 0);
        assert_eq!(Item::insert_many(["a", "b", "c"].map(item)).exec(&bed.db).await.unwrap(), 2);
    }

    async fn rows_that_give_different_columns_are_stored_together(bed: Bed) {
        bed.create::<Item>().await;
        let rows = (0..30).map(|n| NewItem {
            stock: (n % 2 == 0).then_some(n),
            label: match n % 3 { 0 => None, 1 => Some(None), _ => Some(Some(format!("l{n}"))) },
            ..item(format!("n{n}"))
        });
        let made = Item::insert_many(rows).all(&bed.db).await.unwrap();
        for (n, item) in made.iter().enumerate() {
            let n = n as i32;
            assert_eq!(item.name, format!("n{n}"));
            assert_eq!(item.stock, if n % 2 == 0 { n } else { 7 });
            let label = match n % 3 { 0 => Some("new".to_owned()), 1 => None, _ => Some(format!("l{n}")) };
            assert_eq!(item.label, label);
        }
        bed.statements.clear();
        let mixed = [item("x"), NewItem { stock: Some(1), ..item("y") }, item("z")];
        assert_eq!(Item::insert_many(mixed).exec(&bed.db).await.unwrap(), 3);
        assert_eq!(bed.statements.count(), 4, "BEGIN, two groups, COMMIT");
    }

    async fn rows_of_defaults_alone_are_stored(bed: Bed) {
        bed.create::<Counter>().await;
        let defaults = |rows| vec![NewCounter { hits: None }; rows];
        assert_eq!(Counter::insert(NewCounter { hits: None }).one(&bed.db).await.unwrap(), Counter { id: 1, hits: 0 });
        assert_eq!(Counter::insert_many(defaults(3)).exec(&bed.db).await.unwrap(), 3);
        let made = Counter::insert_many(defaults(4)).all(&bed.db).await.unwrap();
        assert!(made.iter().map(|counter| counter.id).eq(5..=8), "{made:?}");
    }

    async fn a_failure_in_the_last_chunk_leaves_nothing_behind(bed: Bed) {
        bed.create::<Item>().await;
        Item::insert(item("taken")).exec(&bed.db).await.unwrap();
        let rows = rows_a_statement(bed.dialect(), 2) * 2 + 5;
        let new = || (1..rows).map(|n| item(format!("n{n}"))).chain([item("taken")]);
        for all in [false, true] {
            if all && bed.backend == Backend::MySql {
                continue;
            }
            let insert = Item::insert_many(new());
            let refused = if all {
                insert.all(&bed.db).await.unwrap_err()
            } else {
                insert.exec(&bed.db).await.unwrap_err()
            };
            assert!(matches!(refused, Error::UniqueViolation(_)), "{refused:?}");
            assert_eq!(Item::select().count(&bed.db).await.unwrap(), 1);
        }
        // A value that is refused before it is sent, behind chunks that were sent.
        let nul = (1..rows).map(|n| item(format!("n{n}"))).chain([item("nul\0")]);
        let refused = Item::insert_many(nul).exec(&bed.db).await;
        if bed.backend == Backend::Postgres {
            assert!(matches!(refused, Err(Error::InvalidValue { .. })), "{refused:?}");
        }
        if refused.is_err() {
            assert_eq!(Item::select().count(&bed.db).await.unwrap(), 1);
        }
    }

    async fn a_failed_insert_fails_its_transaction_however_many_chunks_it_has(bed: Bed) {
        bed.create::<Item>().await;
        Item::insert(item("taken")).exec(&bed.db).await.unwrap();
        let chunk = rows_a_statement(bed.dialect(), 2);
        for rows in [1, 2, chunk, chunk + 1] {
            let new = (1..rows).map(|n| item(format!("n{n}"))).chain([item("taken")]);
            let mut new = Some(new);
            let outcome = bed.db.transaction(async |tx| {
                Item::insert(item("before")).exec(&mut *tx).await?;
                let refused = Item::insert_many(new.take().unwrap()).exec(&mut *tx).await;
                assert!(matches!(refused, Err(Error::UniqueViolation(_))), "{refused:?}");
                let after = Item::insert(item("after")).exec(&mut *tx).await;
                assert!(matches!(after, Err(Error::TransactionFailed { .. })), "{rows} rows: {after:?}");
                Ok(())
            }).await;
            assert!(matches!(outcome, Err(Error::RolledBack { .. })), "{rows} rows: {outcome:?}");
            assert_eq!(Item::select().count(&bed.db).await.unwrap(), 1);
            // Where the failure is part of the plan, a transaction inside undoes it.
            let new = (1..rows).map(|n| item(format!("n{n}"))).chain([item("taken")]);
            let mut new = Some(new);
            bed.db.transaction(async |tx| {
                let inner = tx.transaction(async |tx| Item::insert_many(new.take().unwrap()).exec(tx).await).await;
                assert!(matches!(inner, Err(Error::UniqueViolation(_))));
                Item::insert(item(format!("after {rows}"))).exec(&mut *tx).await
            }).await.unwrap();
            Item::delete().filter(Item::name.starts_with("after")).exec(&bed.db).await.unwrap();
        }
    }

    async fn a_refused_row_names_constraint_and_columns(bed: Bed) {
        bed.create::<(Item, Seat)>().await;
        Item::insert(item("taken")).exec(&bed.db).await.unwrap();
        let Error::UniqueViolation(said) = Item::insert(item("taken")).exec(&bed.db).await.unwrap_err() else { panic!() };
        let named = match bed.backend {
            Backend::Sqlite => (Some("items"), None, vec!["name"]),
            Backend::Postgres => (Some("items"), Some("uq_items_name"), vec!["name"]),
            _ => (None, Some("uq_items_name"), vec![]),
        };
        assert_eq!((said.table.as_deref(), said.constraint.as_deref()), (named.0, named.1));
        assert_eq!(said.columns, named.2);
        assert!(said.statement.starts_with("INSERT INTO "), "{}", said.statement);
        let seat = Seat { hall: 1, number: "A".into(), guest: None };
        let Error::UniqueViolation(said) = Seat::insert_many([seat.clone(), seat]).exec(&bed.db).await.unwrap_err() else { panic!() };
        let named = match bed.backend {
            Backend::Sqlite => (None, vec!["hall", "number"]),
            Backend::Postgres => (Some("seats_pkey"), vec!["hall", "number"]),
            _ => (Some("PRIMARY"), vec![]),
        };
        assert_eq!((said.constraint.as_deref(), said.columns), (named.0, named.1.into_iter().map(str::to_owned).collect()));
    }

    async fn rows_may_refer_to_each_other_in_one_insert(bed: Bed) {
        bed.create::<Folder>().await;
        // Longer than one statement, and every row refers to the one before it.
        let rows = if bed.backend == Backend::MySql { 50 } else { 1_500 };
        let chain = || (1..=rows).map(|id| Folder { id, parent_id: (id > 1).then_some(id - 1) });
        assert!(Folder::insert_many(chain()).all(&bed.db).await.unwrap().into_iter().eq(chain()));
        assert_eq!(Folder::select().filter(Folder::parent.get(Folder::id).ge(1)).count(&bed.db).await.unwrap(), rows as u64 - 1);
        // A row before the one that it refers to: kept where the server looks at the end of the statement.
        let backwards = [Folder { id: 9_001, parent_id: Some(9_002) }, Folder { id: 9_002, parent_id: None }];
        let outcome = Folder::insert_many(backwards).exec(&bed.db).await;
        match bed.dialect() {
            Dialect::Sqlite | Dialect::Postgres => assert_eq!(outcome.unwrap(), 2),
            _ => assert!(matches!(outcome, Err(Error::ForeignKeyViolation(_))), "{outcome:?}"),
        }
    }

    async fn a_key_that_the_database_makes_by_a_default(bed: Bed) {
        bed.create::<Token>().await;
        let made = Token::insert(NewToken { code: None, owner: "a".into() }).one(&bed.db).await;
        if bed.backend == Backend::MySql {
            // Nothing tells which key the row got.
            assert!(matches!(made, Err(Error::Unsupported { .. })), "{made:?}");
            assert_eq!(Token::select().count(&bed.db).await.unwrap(), 0);
            assert_eq!(bed.statements.take().iter().filter(|text| text.starts_with("INSERT")).count(), 0);
        } else {
            assert_eq!(made.unwrap(), Token { code: "t0".into(), owner: "a".into() });
        }
        Token::delete().all_rows().exec(&bed.db).await.unwrap();
        Token::insert(NewToken { code: None, owner: "b".into() }).exec(&bed.db).await.unwrap();
        assert_eq!(Token::find("t0".to_owned()).one(&bed.db).await.unwrap().owner, "b");
    }

    async fn keys_are_right_when_the_server_counts_in_threes(bed: Bed) except [
        sqlite: "its keys have no step", postgres: "its step belongs to the sequence",
    ] {
        bed.create::<Item>().await;
        let db = Db::builder(&bed.url).on_connect(async |mut connection| {
            let set = sql("SET SESSION auto_increment_increment = 3, SESSION auto_increment_offset = 2");
            set.exec(&mut connection).await.map(drop)
        });
        let db = if bed.backend == Backend::MySql { db.assume_mysql() } else { db }.connect().await.unwrap();
        let made = Item::insert_many((0..50).map(|n| item(format!("n{n}")))).all(&db).await.unwrap();
        assert!(made.iter().map(|item| item.id).eq((0..50).map(|n| 2 + 3 * n)), "{made:?}");
        for item in &made {
            assert_eq!(&Item::find(item.id).one(&db).await.unwrap(), item);
        }
        db.close().await;
    }

    async fn parallel_inserts_each_get_their_own_rows_back(bed: Bed) {
        bed.create::<Item>().await;
        let tasks = (0..6).map(|task| {
            let db = bed.db.clone();
            tokio::spawn(async move {
                for turn in 0..5 {
                    let names = || (0..20).map(|n| format!("{task}-{turn}-{n}"));
                    let made = Item::insert_many(names().map(item)).all(&db).await.unwrap();
                    assert!(made.iter().map(|item| item.name.clone()).eq(names()));
                    assert!(made.is_sorted_by(|a, b| a.id < b.id));
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(Item::select().count(&bed.db).await.unwrap(), 600);
    }
}
