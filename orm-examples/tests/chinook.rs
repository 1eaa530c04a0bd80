//! The example on a small database: a file made through its models, its report, and a copy that gives the same.

use orm_core::{Db, Result};
use orm_examples::chinook::models::*;
use orm_examples::chinook::{Report, Tables, copy, row_counts};
use rust_decimal::Decimal;
use time::macros::datetime;

/// A directory that is gone at the end.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Scratch {
        let path = std::env::temp_dir().join(format!("orm-chinook-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }

    fn url(&self, parameters: &str) -> String {
        format!("sqlite:{}{parameters}", self.0.join("chinook.sqlite").display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn the_report_of_a_copy_is_that_of_the_file() {
    let scratch = Scratch::new();
    let made = Db::connect(&scratch.url("")).await.unwrap();
    fill(&made).await.unwrap();
    made.close().await;

    let file = Db::connect(&scratch.url("?mode=ro")).await.unwrap();
    let report = Report::of(&file).await.unwrap();
    assert!(report.unequal().is_empty(), "{:?}", report.unequal());
    let text = report.to_string();
    for line in
        ["Track             4", "revenue, by invoices                                    5.95", "Norway"]
    {
        assert!(text.contains(line), "{line} in\n{text}");
    }

    let target = Db::connect("sqlite::memory:").await.unwrap();
    assert!(row_counts(&target).await.unwrap().iter().all(|(_, rows)| rows.is_none()));
    target.create_tables::<Tables>().await.unwrap();
    copy(&file, &target).await.unwrap();
    let copied = Report::of(&target).await.unwrap();
    assert_eq!(report.differences(&copied), Vec::<String>::new());
    let tracks = Track::select().order_by(Track::track_id.asc());
    assert_eq!(tracks.clone().all(&file).await.unwrap(), tracks.all(&target).await.unwrap());
    let invoices = Invoice::select().order_by(Invoice::invoice_id.asc());
    assert_eq!(invoices.clone().all(&file).await.unwrap(), invoices.all(&target).await.unwrap());

    Track::update().set(Track::milliseconds, 1).filter(Track::track_id.eq(1)).exec(&target).await.unwrap();
    assert!(!report.differences(&Report::of(&target).await.unwrap()).is_empty());
}

async fn fill(db: &Db) -> Result<()> {
    db.create_tables::<Tables>().await?;
    let name = |name: &str| Some(name.to_owned());
    let cents = |cents| Decimal::new(cents, 2);
    let artists =
        Artist::insert_many(["Ada", "Bo"].map(|artist| NewArtist { name: name(artist) })).all(db).await?;
    let album = Album::insert(NewAlbum { title: "First".to_owned(), artist_id: artists[0].artist_id })
        .one(db)
        .await?;
    let genre = Genre::insert(NewGenre { name: name("Jazz") }).one(db).await?;
    let media = MediaType::insert(NewMediaType { name: name("Tape") }).one(db).await?;
    let tracks = Track::insert_many((1..=4).map(|n| NewTrack {
        name: format!("Track {n}"),
        album_id: (n < 4).then_some(album.album_id),
        media_type_id: media.media_type_id,
        genre_id: (n < 3).then_some(genre.genre_id),
        composer: None,
        milliseconds: n * 60_000,
        bytes: None,
        unit_price: cents(99 + i64::from(n)),
    }))
    .all(db)
    .await?;
    let lists =
        Playlist::insert_many(["All", "None"].map(|list| NewPlaylist { name: name(list) })).all(db).await?;
    let on_list =
        |track: &Track| PlaylistTrack { playlist_id: lists[0].playlist_id, track_id: track.track_id };
    PlaylistTrack::insert_many(tracks.iter().map(on_list)).exec(db).await?;
    // The head of all has the highest key, so that a copy in the order of the keys would break the foreign key.
    Employee::insert(employee(9, None)).exec(db).await?;
    Employee::insert_many([employee(1, Some(9)), employee(2, Some(1))]).exec(db).await?;
    let customer = Customer::insert(customer("Kari", 2)).one(db).await?;
    let invoices = Invoice::insert_many((0..7).map(|n| NewInvoice {
        customer_id: customer.customer_id,
        invoice_date: datetime!(2026-01-31 12:00) + time::Duration::days(n),
        billing_address: None,
        billing_city: None,
        billing_state: None,
        billing_country: name("Norway"),
        billing_postal_code: None,
        total: cents(if n == 0 { 595 } else { 0 }),
    }))
    .all(db)
    .await?;
    InvoiceLine::insert_many(tracks[..2].iter().map(|track| NewInvoiceLine {
        invoice_id: invoices[0].invoice_id,
        track_id: track.track_id,
        unit_price: track.unit_price,
        quantity: 2,
    }))
    .exec(db)
    .await?;
    Ok(())
}

fn employee(employee_id: i32, reports_to: Option<i32>) -> Employee {
    Employee {
        employee_id,
        last_name: format!("Number {employee_id}"),
        first_name: "Em".to_owned(),
        title: None,
        reports_to,
        birth_date: Some(datetime!(1970-01-01 0:00)),
        hire_date: None,
        address: None,
        city: None,
        state: None,
        country: None,
        postal_code: None,
        phone: None,
        fax: None,
        email: None,
    }
}

fn customer(first_name: &str, support_rep_id: i32) -> NewCustomer {
    NewCustomer {
        first_name: first_name.to_owned(),
        last_name: "Nord".to_owned(),
        company: None,
        address: None,
        city: None,
        state: None,
        country: Some("Norway".to_owned()),
        postal_code: None,
        phone: None,
        fax: None,
        email: "kari@example.org".to_owned(),
        support_rep_id: Some(support_rep_id),
    }
}
