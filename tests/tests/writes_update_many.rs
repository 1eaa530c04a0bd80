//! `update_many`: many rows, each to values of its own.

use orm_core::Error;
use orm_core::prelude::*;
use orm_tests::cases;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "items")]
struct Item {
    #[model(primary_key)]
    id: i64,
    #[model(unique)]
    name: String,
    note: Option<String>,
    price: f64,
    active: bool,
    #[model(type = "VARCHAR(12)")]
    code: Option<String>,
    at: Option<time::OffsetDateTime>,
    amount: Option<rust_decimal::Decimal>,
    blob: Option<Vec<u8>>,
    day: Option<time::Date>,
    uid: Option<uuid::Uuid>,
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
#[model(table = "documents")]
struct Document {
    #[model(primary_key)]
    id: i64,
    data: Option<serde_json::Value>,
}

fn item(id: i64) -> Item {
    Item {
        id,
        name: format!("n{id}"),
        note: None,
        price: 1.5,
        active: true,
        code: None,
        at: None,
        amount: None,
        blob: None,
        day: None,
        uid: None,
    }
}

async fn stored(db: &Db, rows: i64) -> Vec<Item> {
    let items: Vec<Item> = (1..=rows).map(item).collect();
    Item::insert_many(items.clone()).exec(db).await.unwrap();
    items
}

cases! {
    async fn no_row_one_row_and_many_rows(bed: Bed) {
        bed.create::<Item>().await;
        let mut items = stored(&bed.db, 1_001).await;
        bed.statements.clear();
        assert_eq!(Item::update_many(&[] as &[Item], Item::note).exec(&bed.db).await.unwrap(), 0);
        assert_eq!(bed.statements.count(), 0);
        for item in &mut items {
            item.note = (item.id % 2 == 0).then(|| format!("of {}", item.id));
            item.price = item.id as f64 / 4.0;
            item.active = item.id % 3 == 0;
        }
        let columns = (Item::note, Item::price, Item::active);
        for (rows, statements) in [(1, 1), (2, 1), (499, 1), (500, 1), (501, 4), (1_000, 4), (1_001, 5)] {
            bed.statements.clear();
            assert_eq!(Item::update_many(&items[..rows], columns).exec(&bed.db).await.unwrap(), rows as u64);
            assert_eq!(bed.statements.count(), statements, "{rows} rows");
            let read = Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap();
            assert!(read[..rows] == items[..rows], "{rows} rows");
        }
        // Again: nothing changes, and all rows are found.
        assert_eq!(Item::update_many(&items, columns).exec(&bed.db).await.unwrap(), 1_001);
    }

    async fn every_type_and_its_null(bed: Bed) {
        bed.create::<Item>().await;
        let mut items = stored(&bed.db, 3).await;
        let full = Item {
            note: Some("ä 'quoted' \\".into()),
            code: Some("c-1".into()),
            at: Some(time::OffsetDateTime::from_unix_timestamp(1_700_000_000).unwrap()),
            amount: Some("12.345".parse().unwrap()),
            blob: Some(vec![0, 255, 39]),
            day: Some(time::Date::from_ordinal_date(2024, 60).unwrap()),
            uid: Some(uuid::Uuid::from_u128(7)),
            ..item(1)
        };
        items[0] = full;
        items[2] = Item { id: 3, name: "n3".into(), ..items[0].clone() };
        let columns = (
            (Item::note, Item::code, Item::at, Item::amount),
            (Item::blob, Item::day, Item::uid),
        );
        assert_eq!(Item::update_many(&items, columns).exec(&bed.db).await.unwrap(), 3);
        assert_eq!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap(), items);
        // All back to NULL, in rows that have nothing else.
        let empty: Vec<Item> = (1..=3).map(item).collect();
        assert_eq!(Item::update_many(&empty, columns).exec(&bed.db).await.unwrap(), 3);
        assert_eq!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap(), empty);
    }

    async fn documents_too(bed: Bed) except [mysql: "the server behind it is MariaDB, which has no CAST(… AS JSON)"] {
        bed.create::<Document>().await;
        let document = |id, data| Document { id, data };
        Document::insert_many([document(1, None), document(2, Some("old".into()))]).exec(&bed.db).await.unwrap();
        let changed = [document(1, Some(serde_json::json!({ "a": [1, null, "'"] }))), document(2, None)];
        assert_eq!(Document::update_many(&changed, Document::data).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Document::select().order_by(Document::id.asc()).all(&bed.db).await.unwrap(), changed);
    }

    async fn rows_that_are_not_there_are_not_counted(bed: Bed) {
        bed.create::<Item>().await;
        stored(&bed.db, 3).await;
        let changed = [2, 77, 3, 78].map(|id| Item { note: Some("x".into()), ..item(id) });
        assert_eq!(Item::update_many(&changed, Item::note).exec(&bed.db).await.unwrap(), 2);
        assert_eq!(Item::select().order_by(Item::id.asc()).columns(Item::note).all(&bed.db).await.unwrap(), [None, Some("x".into()), Some("x".into())]);
    }

    async fn composite_and_text_keys_find_their_rows(bed: Bed) {
        bed.create::<Seat>().await;
        let seats: Vec<Seat> = (0..600)
            .map(|n| Seat { hall: n % 3, number: format!("s{:03}", n / 3), guest: None })
            .collect();
        Seat::insert_many(seats.clone()).exec(&bed.db).await.unwrap();
        let mut taken: Vec<Seat> = seats
            .iter()
            .map(|seat| Seat { guest: Some(format!("{} in {}", seat.number, seat.hall)), ..seat.clone() })
            .collect();
        assert_eq!(Seat::update_many(&taken, Seat::guest).exec(&bed.db).await.unwrap(), 600);
        let by_key = (Seat::hall.asc(), Seat::number.asc());
        taken.sort_by_key(|seat| (seat.hall, seat.number.clone()));
        assert!(Seat::select().order_by(by_key).all(&bed.db).await.unwrap() == taken);
    }

    async fn a_failure_in_the_last_chunk_undoes_the_others(bed: Bed) {
        bed.create::<Item>().await;
        let items = stored(&bed.db, 1_100).await;
        let mut changed: Vec<Item> = items.iter().map(|item| Item { name: format!("{}!", item.name), ..item.clone() }).collect();
        changed[1_099].name = "n1!".into();
        let refused = Item::update_many(&changed, Item::name).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::UniqueViolation(_))), "{refused:?}");
        assert!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap() == items);
        let outcome = bed.db.transaction(async |tx| {
            let refused = Item::update_many(&changed, Item::name).exec(&mut *tx).await;
            assert!(matches!(refused, Err(Error::UniqueViolation(_))), "{refused:?}");
            Ok(())
        }).await;
        assert!(matches!(outcome, Err(Error::RolledBack { .. })), "{outcome:?}");
        assert!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap() == items);
    }

    async fn a_text_that_is_too_long_is_refused_and_not_cut(bed: Bed) except [
        sqlite: "its VARCHAR(12) has no length",
    ] {
        bed.create::<Item>().await;
        let items = stored(&bed.db, 2).await;
        let long = items.iter().map(|item| Item { code: Some("0123456789abc".into()), ..item.clone() }).collect::<Vec<_>>();
        let refused = Item::update_many(&long, Item::code).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        let refused = Item::update().set(Item::code, "0123456789abc").all_rows().exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        assert_eq!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap(), items);
    }

    async fn a_row_given_twice_is_refused(bed: Bed) {
        bed.create::<Item>().await;
        stored(&bed.db, 2).await;
        let twice = ["a", "b"].map(|note| Item { note: Some(note.into()), ..item(1) });
        bed.statements.clear();
        let refused = Item::update_many(&twice, Item::note).exec(&bed.db).await;
        assert!(matches!(refused, Err(Error::InvalidQuery(_))), "which of the two would win is chance: {refused:?}");
        assert_eq!(bed.statements.count(), 0);
    }

    async fn it_works_in_a_transaction_and_rolls_back_with_it(bed: Bed) {
        bed.create::<Item>().await;
        let items = stored(&bed.db, 600).await;
        let changed: Vec<Item> = items.iter().map(|item| Item { price: 9.0, ..item.clone() }).collect();
        let mut tx = bed.db.begin().await.unwrap();
        assert_eq!(Item::update_many(&changed, Item::price).exec(&mut tx).await.unwrap(), 600);
        assert_eq!(Item::select().filter(Item::price.eq(9.0)).count(&mut tx).await.unwrap(), 600);
        tx.rollback().await.unwrap();
        assert!(Item::select().order_by(Item::id.asc()).all(&bed.db).await.unwrap() == items);
    }
}
