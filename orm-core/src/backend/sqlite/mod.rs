//! SQLite, on the raw handle of a sqlx connection.
//!
//! How values are kept: booleans and integers as INTEGER, floats as REAL, text and JSON as TEXT, bytes as BLOB, UUIDs as a
//! BLOB of 16 bytes, decimals as TEXT, dates and times as TEXT in the form of `CURRENT_TIMESTAMP`, timestamps in UTC.
//!
//! SQLite reads a double-quoted name that is no column as text, and sqlx gives no way to turn that off: the renderer
//! qualifies columns with their table's alias, which is never taken for text.

mod cache;
mod codec;
mod connection;
mod failure;
mod job;
mod options;
mod raw;
mod row;
mod session;
#[cfg(test)]
mod tests;
mod turns;
mod wait;
mod watch;

pub(super) use connection::Connection;
pub(super) use failure::classify;
pub(super) use options::Options;
pub(super) use row::Row;
