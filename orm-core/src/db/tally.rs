//! A sink around a sink, which counts.

use crate::backend::{Row, Sink};
use crate::error::Result;

/// Counts the rows on their way, for observers.
pub(super) struct Tally<'a> {
    sink: &'a mut dyn Sink,
    pub(super) rows: u64,
}

impl<'a> Tally<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink) -> Self {
        Tally { sink, rows: 0 }
    }
}

impl Sink for Tally<'_> {
    fn row(&mut self, row: Row<'_>) -> Result<()> {
        self.rows += 1;
        self.sink.row(row)
    }
}
