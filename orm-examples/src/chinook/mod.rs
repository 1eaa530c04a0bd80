//! Chinook, a sample database of a shop for music (<https://github.com/lerocha/chinook-database>), as models; a report over
//! it; and a copy of it to any other database.

mod copy;
mod figures;
pub mod models;
mod report;
mod trees;

pub use copy::{copy, row_counts};
pub use report::Report;

use models::*;

/// All tables.
pub type Tables = (
    Artist,
    Album,
    Track,
    Genre,
    MediaType,
    Playlist,
    PlaylistTrack,
    Employee,
    Customer,
    Invoice,
    InvoiceLine,
);
