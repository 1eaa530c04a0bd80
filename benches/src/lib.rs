//! What is measured of this library, and what it is measured against: `cargo bench` and the runs with peers use it alike.
//!
//! Each workload is done by the library ([`ours`]), by sqlx as its documentation shows it ([`by_hand`]), and by a control that
//! takes whatever the driver gives ([`raw`]): prepared statements run and rows decoded by position, by code for this one data.

pub mod by_hand;
pub mod ours;
pub mod plain;
pub mod prepare;
pub mod raw;
