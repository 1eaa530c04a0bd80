//! Figures that the database computes: nothing here loads rows to count or to add them up.
//!
//! Every list has an order that is the same on all backends: by numbers, and never by text, which each sorts in its own way.

use orm_core::Result;
use orm_core::prelude::*;
use rust_decimal::Decimal;

use super::models::*;
use crate::{Column, Table};

/// Money with two decimals. SQLite adds decimals up as floating-point numbers, so sums are rounded.
fn money(amount: Option<Decimal>) -> String {
    format!("{:.2}", amount.unwrap_or_default().round_dp(2))
}

fn text(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

pub(super) async fn row_counts(db: &Db) -> Result<Table> {
    let mut table = Table::new("Rows", [Column::Text("table"), Column::Number("rows")]);
    for (name, rows) in super::row_counts(db).await? {
        table
            .row([name.to_owned(), rows.map_or_else(|| "no such table".to_owned(), |rows| rows.to_string())]);
    }
    Ok(table)
}

/// One row for each group of rows, with the group's sums.
pub(super) async fn countries(db: &Db) -> Result<Table> {
    let columns = [Column::Text("country"), Column::Number("invoices"), Column::Number("revenue")];
    let mut table =
        Table::new("Revenue by country, the ten best of those with seven invoices or more", columns);
    let revenue = Invoice::total.sum();
    let rows = Invoice::select()
        .columns((Invoice::billing_country, Invoice::invoice_id.count(), revenue.clone()))
        .group_by(Invoice::billing_country)
        .having(Invoice::invoice_id.count().ge(7))
        .order_by((revenue.desc(), Invoice::invoice_id.min().asc()))
        .limit(10)
        .all(db)
        .await?;
    for (country, invoices, revenue) in rows {
        table.row([text(country), invoices.to_string(), money(revenue)]);
    }
    Ok(table)
}

/// Grouped by a column of another table, through the relation.
pub(super) async fn genres(db: &Db) -> Result<Table> {
    let columns = [
        Column::Text("genre"),
        Column::Number("tracks"),
        Column::Number("minutes"),
        Column::Number("average price"),
    ];
    let mut table = Table::new("The ten largest genres", columns);
    let rows = Track::select()
        .columns((
            Track::genre.get(Genre::name),
            Track::track_id.count(),
            Track::milliseconds.sum(),
            Track::unit_price.avg(),
        ))
        .group_by(Track::genre.get(Genre::name))
        .order_by((Track::track_id.count().desc(), Track::track_id.min().asc()))
        .limit(10)
        .all(db)
        .await?;
    for (genre, tracks, milliseconds, price) in rows {
        let minutes = milliseconds.unwrap_or_default() / 60_000;
        table.row([text(genre), tracks.to_string(), minutes.to_string(), money(price)]);
    }
    Ok(table)
}

/// Grouped through two relations: from the line to its track, from there to the genre.
pub(super) async fn sales(db: &Db) -> Result<Table> {
    let columns = [Column::Text("genre"), Column::Number("sold"), Column::Number("revenue")];
    let mut table = Table::new("The ten genres that sell best", columns);
    let genre = InvoiceLine::track.get(Track::genre.get(Genre::name));
    let sold = InvoiceLine::quantity.sum();
    let rows = InvoiceLine::select()
        .columns((genre.clone(), sold.clone(), price().sum()))
        .group_by(genre)
        .order_by((sold.desc(), InvoiceLine::invoice_line_id.min().asc()))
        .limit(10)
        .all(db)
        .await?;
    for (genre, sold, revenue) in rows {
        table.row([text(genre), sold.unwrap_or_default().to_string(), money(revenue)]);
    }
    Ok(table)
}

/// The price of a line. The two types do not multiply, and there is no cast yet: the factor's type is said by hand.
fn price() -> Expr<InvoiceLine, Decimal> {
    InvoiceLine::unit_price * Expr::<InvoiceLine, Decimal>::raw("{}", [InvoiceLine::quantity])
}

/// Columns of the model, of a to-one relation, and sums over a to-many one: only these are fetched.
pub(super) async fn customers(db: &Db) -> Result<Table> {
    let columns = [
        Column::Text("customer"),
        Column::Text("country"),
        Column::Number("invoices"),
        Column::Number("revenue"),
        Column::Text("support"),
    ];
    let mut table = Table::new("The ten best customers", columns);
    let revenue = Customer::invoices.sum(Invoice::total);
    let rows = Customer::select()
        .columns((
            Customer::first_name,
            Customer::last_name,
            Customer::country,
            Customer::invoices.count(),
            revenue.clone(),
            Customer::support_rep.get(Employee::last_name),
        ))
        .order_by((revenue.desc(), Customer::customer_id.asc()))
        .limit(10)
        .all(db)
        .await?;
    for (first, last, country, invoices, revenue, support) in rows {
        table.row([
            format!("{first} {last}"),
            text(country),
            invoices.to_string(),
            money(revenue),
            text(support),
        ]);
    }
    Ok(table)
}

pub(super) async fn tracks(db: &Db) -> Result<Table> {
    let columns =
        [Column::Text("track"), Column::Text("album"), Column::Number("sold"), Column::Number("seconds")];
    let mut table = Table::new("The ten longest tracks that were sold", columns);
    let rows = Track::select()
        .columns((
            Track::name,
            Track::album.get(Album::title),
            Track::invoice_lines.sum(InvoiceLine::quantity),
            Track::milliseconds,
        ))
        .filter(Track::invoice_lines.exists())
        .order_by((Track::milliseconds.desc(), Track::track_id.asc()))
        .limit(10)
        .all(db)
        .await?;
    for (name, album, sold, milliseconds) in rows {
        let seconds = milliseconds / 1_000;
        table.row([name, text(album), sold.unwrap_or_default().to_string(), seconds.to_string()]);
    }
    Ok(table)
}

/// Counts, sums, extremes and yes-or-no questions.
pub(super) async fn questions(db: &Db) -> Result<Table> {
    let mut table = Table::new("Questions", [Column::Text("question"), Column::Number("answer")]);
    let mut answer = |question: &str, answer: String| table.row([question.to_owned(), answer]);
    let yes = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let day = |date: Option<time::PrimitiveDateTime>| {
        date.map_or_else(|| "–".to_owned(), |date| date.date().to_string())
    };

    answer("revenue, by invoices", money(Invoice::select().sum(Invoice::total, db).await?));
    let by_line = InvoiceLine::select().sum(price(), db).await?;
    answer("revenue, by lines", money(by_line));
    answer("an average invoice", money(Invoice::select().avg(Invoice::total, db).await?));
    answer("the largest invoice", money(Invoice::select().max(Invoice::total, db).await?));
    answer("the first invoice", day(Invoice::select().min(Invoice::invoice_date, db).await?));
    answer("the last invoice", day(Invoice::select().max(Invoice::invoice_date, db).await?));
    let unsold = Track::select().filter(Track::invoice_lines.is_empty());
    answer("tracks that nobody bought", unsold.count(db).await?.to_string());
    let nameless = Track::select().filter(Track::composer.is_null());
    answer("tracks without a composer", nameless.count(db).await?.to_string());
    let silent = Artist::select().filter(Artist::albums.is_empty());
    answer("artists without an album", silent.count(db).await?.to_string());
    let bach = Track::select().filter(Track::composer.contains("Bach"));
    answer("tracks by a Bach", bach.count(db).await?.to_string());
    let cheap = Album::select()
        .filter(Album::tracks.exists().and(Album::tracks.every(Track::unit_price.lt(Decimal::ONE))));
    answer("albums on which every track costs less than 1.00", cheap.count(db).await?.to_string());
    let idle = Employee::select().filter(Employee::customers.is_empty().and(Employee::reports.is_empty()));
    answer("employees without customers and reports", idle.count(db).await?.to_string());
    let empty = Playlist::select().filter(Playlist::tracks.is_empty());
    answer("is there an empty playlist?", yes(empty.exists(db).await?));
    let lost = Customer::select().filter(Customer::invoices.is_empty());
    answer("is there a customer who never bought anything?", yes(lost.exists(db).await?));
    Ok(table)
}
