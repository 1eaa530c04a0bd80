//! The eleven tables of Chinook, a shop for music, under the names that they have there.
//!
//! The tables are called `Album` and their columns `AlbumId`; the fields are in snake case all the same.

use orm_core::prelude::*;
use rust_decimal::Decimal;
use time::PrimitiveDateTime;

/// Whoever makes music.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Artist", rename_all = "PascalCase")]
#[has_many(albums: Album, key = artist_id)]
pub struct Artist {
    #[model(primary_key, generated)]
    pub artist_id: i32,
    pub name: Option<String>,
}

/// Tracks of one artist that came out together.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Album", rename_all = "PascalCase")]
#[belongs_to(artist: Artist, key = artist_id)]
#[has_many(tracks: Track, key = album_id)]
pub struct Album {
    #[model(primary_key, generated)]
    pub album_id: i32,
    pub title: String,
    #[model(index)]
    pub artist_id: i32,
}

/// A piece that is sold.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Track", rename_all = "PascalCase")]
#[belongs_to(album: Album, key = album_id)]
#[belongs_to(media_type: MediaType, key = media_type_id)]
#[belongs_to(genre: Genre, key = genre_id)]
#[has_many(invoice_lines: InvoiceLine, key = track_id)]
#[many_to_many(playlists: Playlist, through = PlaylistTrack)]
pub struct Track {
    #[model(primary_key, generated)]
    pub track_id: i32,
    pub name: String,
    #[model(index)]
    pub album_id: Option<i32>,
    #[model(index)]
    pub media_type_id: i32,
    #[model(index)]
    pub genre_id: Option<i32>,
    pub composer: Option<String>,
    pub milliseconds: i32,
    pub bytes: Option<i32>,
    #[model(type = "NUMERIC(10, 2)")]
    pub unit_price: Decimal,
}

/// Rock, Jazz, Opera…
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Genre", rename_all = "PascalCase")]
#[has_many(tracks: Track, key = genre_id)]
pub struct Genre {
    #[model(primary_key, generated)]
    pub genre_id: i32,
    pub name: Option<String>,
}

/// The form of a track's file.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "MediaType", rename_all = "PascalCase")]
#[has_many(tracks: Track, key = media_type_id)]
pub struct MediaType {
    #[model(primary_key, generated)]
    pub media_type_id: i32,
    pub name: Option<String>,
}

/// Tracks that somebody put together.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Playlist", rename_all = "PascalCase")]
#[many_to_many(tracks: Track, through = PlaylistTrack)]
pub struct Playlist {
    #[model(primary_key, generated)]
    pub playlist_id: i32,
    pub name: Option<String>,
}

/// That a track is on a playlist.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "PlaylistTrack", rename_all = "PascalCase")]
#[belongs_to(playlist: Playlist, key = playlist_id)]
#[belongs_to(track: Track, key = track_id)]
pub struct PlaylistTrack {
    #[model(primary_key)]
    pub playlist_id: i32,
    #[model(primary_key, index)]
    pub track_id: i32,
}

/// Who works for the shop. `ReportsTo` is the key of the employee's manager, who is an employee too.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Employee", rename_all = "PascalCase")]
#[belongs_to(manager: Employee, key = reports_to)]
#[has_many(reports: Employee, key = reports_to)]
#[has_many(customers: Customer, key = support_rep_id)]
pub struct Employee {
    #[model(primary_key, generated)]
    pub employee_id: i32,
    pub last_name: String,
    pub first_name: String,
    pub title: Option<String>,
    #[model(index)]
    pub reports_to: Option<i32>,
    pub birth_date: Option<PrimitiveDateTime>,
    pub hire_date: Option<PrimitiveDateTime>,
    pub address: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub postal_code: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub email: Option<String>,
}

/// Who buys.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Customer", rename_all = "PascalCase")]
#[belongs_to(support_rep: Employee, key = support_rep_id)]
#[has_many(invoices: Invoice, key = customer_id)]
pub struct Customer {
    #[model(primary_key, generated)]
    pub customer_id: i32,
    pub first_name: String,
    pub last_name: String,
    pub company: Option<String>,
    pub address: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub postal_code: Option<String>,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub email: String,
    #[model(index)]
    pub support_rep_id: Option<i32>,
}

/// What a customer bought at one time.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "Invoice", rename_all = "PascalCase")]
#[belongs_to(customer: Customer, key = customer_id)]
#[has_many(lines: InvoiceLine, key = invoice_id)]
pub struct Invoice {
    #[model(primary_key, generated)]
    pub invoice_id: i32,
    #[model(index)]
    pub customer_id: i32,
    pub invoice_date: PrimitiveDateTime,
    pub billing_address: Option<String>,
    pub billing_city: Option<String>,
    pub billing_state: Option<String>,
    pub billing_country: Option<String>,
    pub billing_postal_code: Option<String>,
    #[model(type = "NUMERIC(10, 2)")]
    pub total: Decimal,
}

/// One track on an invoice.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "InvoiceLine", rename_all = "PascalCase")]
#[belongs_to(invoice: Invoice, key = invoice_id)]
#[belongs_to(track: Track, key = track_id)]
pub struct InvoiceLine {
    #[model(primary_key, generated)]
    pub invoice_line_id: i32,
    #[model(index)]
    pub invoice_id: i32,
    #[model(index)]
    pub track_id: i32,
    #[model(type = "NUMERIC(10, 2)")]
    pub unit_price: Decimal,
    pub quantity: i32,
}
