//! A sink around a sink, which counts.

use crate::backend::{Row, Sink};
use crate::error::Result;

/// Counts the rows of a statement, for observers, and keeps in mind whether all were read.
pub(super) struct Tally<'a> {
    sink: Option<&'a mut dyn Sink>,
    rows: u64,
    is_cut: bool,
}

impl<'a> Tally<'a> {
    /// Of a query: its rows go to the sink.
    pub(super) fn of_rows(sink: &'a mut dyn Sink) -> Self {
        Tally { sink: Some(sink), rows: 0, is_cut: false }
    }

    /// Of a statement that is run for its effect; rows are passed over.
    pub(super) fn of_effect() -> Self {
        Tally { sink: None, rows: 0, is_cut: false }
    }

    /// How many rows came back or, where nobody wants them, were changed. The server's number is not asked for a query: SQLite
    /// gives that of the last change, whenever it was.
    pub(super) fn total(&self, affected: u64) -> u64 {
        if self.sink.is_some() { self.rows } else { affected }
    }

    /// Whether the connection is in the middle of a result that nobody wants.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

impl Sink for Tally<'_> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        self.rows += 1;
        self.sink.as_mut().map_or(Ok(()), |sink| sink.row(row))
    }

    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn cut(&mut self) {
        self.is_cut = true;
    }
}
