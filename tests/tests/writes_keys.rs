//! Keys that the database makes and that do not rise: rows come back in the order of the input all the same.

use orm_core::prelude::*;
use orm_tests::cases;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "lines")]
struct Line {
    #[model(primary_key)]
    document: i32,
    #[model(primary_key, generated)]
    number: i64,
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tickets")]
struct Ticket {
    #[model(primary_key, generated)]
    id: uuid::Uuid,
    number: i32,
}

cases! {
    async fn keys_that_do_not_rise_keep_the_order(bed: Bed) except [
        sqlite: "makes no UUID and no part of a composite key", mariadb: "makes no UUID", mysql: "makes no UUID",
    ] {
        bed.create::<(Ticket, Line)>().await;
        let made = Ticket::insert_many((0..2_500).map(|number| NewTicket { number })).all(&bed.db).await.unwrap();
        assert!(made.iter().map(|ticket| ticket.number).eq(0..2_500));
        assert!(!made.is_sorted_by_key(|ticket| ticket.id));
        let lines = || (0..100).map(|n| NewLine { document: n * 37 % 11, text: format!("l{n}") });
        let made = Line::insert_many(lines()).all(&bed.db).await.unwrap();
        assert!(made.iter().map(|line| line.text.clone()).eq(lines().map(|line| line.text)));
        let texts: Vec<String> = Line::insert_many(lines()).returning(Line::text).all(&bed.db).await.unwrap();
        assert!(texts.into_iter().eq(lines().map(|line| line.text)));
    }
}
