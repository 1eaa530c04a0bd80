//! A row, where the statement stands at it or as a copy, and copies of rows.

use super::codec;
use super::raw::{self, Field};
use crate::value::{Cell, Mismatch};

/// A row of a result.
#[derive(Clone, Copy)]
pub(crate) enum Row<'r> {
    /// Where the statement stands.
    Live(raw::Row<'r>),
    /// One that another thread has copied.
    Copied { chunk: &'r Chunk, first: usize },
}

impl<'r> Row<'r> {
    /// The value in column `index`.
    pub(in crate::backend) fn cell(self, index: usize) -> Result<Cell<'r>, Mismatch> {
        codec::cell(match self {
            Row::Live(row) => row.field(index),
            Row::Copied { chunk, first } => chunk.field(first, index),
        })
    }
}

/// Copies of neighbouring rows, close together: what one thread gives to another.
#[derive(Default)]
pub(crate) struct Chunk {
    columns: usize,
    fields: Vec<Kept>,
    /// The text and bytes of all fields.
    data: Vec<u8>,
}

/// A field, with text and bytes by their place in the data.
#[derive(Clone, Copy)]
enum Kept {
    Null,
    Int(i64),
    Float(f64),
    Text(u32, u32),
    Bytes(u32, u32),
    /// One that the database could not give.
    Lost,
}

impl Chunk {
    /// From how many bytes on a chunk is full: large enough that sending it costs little, small enough that reading it does
    /// not keep a runtime from other work.
    const FULL: usize = 64 << 10;

    /// An empty one with place for as much as this one holds.
    pub(super) fn of_this_size(&self) -> Self {
        let (fields, data) = (Vec::with_capacity(self.fields.len()), Vec::with_capacity(self.data.len()));
        Chunk { columns: self.columns, fields, data }
    }

    /// Copies a row.
    pub(super) fn push(&mut self, row: raw::Row<'_>) {
        self.columns = row.columns();
        for index in 0..self.columns {
            let field = match row.field(index) {
                Some(Field::Null) => Kept::Null,
                Some(Field::Int(value)) => Kept::Int(value),
                Some(Field::Float(value)) => Kept::Float(value),
                Some(Field::Text(text)) => {
                    self.keep(text).map_or(Kept::Lost, |(at, length)| Kept::Text(at, length))
                }
                Some(Field::Bytes(bytes)) => {
                    self.keep(bytes).map_or(Kept::Lost, |(at, length)| Kept::Bytes(at, length))
                }
                None => Kept::Lost,
            };
            self.fields.push(field);
        }
    }

    /// Copies bytes, and gives their place and length. A row of SQLite has less than 2^31 bytes.
    fn keep(&mut self, bytes: &[u8]) -> Option<(u32, u32)> {
        let place = (u32::try_from(self.data.len()).ok()?, u32::try_from(bytes.len()).ok()?);
        self.data.extend_from_slice(bytes);
        Some(place)
    }

    pub(super) fn is_full(&self) -> bool {
        self.data.len() + self.fields.len() * size_of::<Kept>() >= Self::FULL
    }

    /// The rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.fields.len()).step_by(self.columns.max(1)).map(|first| Row::Copied { chunk: self, first })
    }

    fn field(&self, first: usize, index: usize) -> Option<Field<'_>> {
        let field = self.fields.get(first + index).filter(|_| index < self.columns)?;
        let data = |at: u32, length: u32| self.data.get(at as usize..)?.get(..length as usize);
        Some(match *field {
            Kept::Null => Field::Null,
            Kept::Int(value) => Field::Int(value),
            Kept::Float(value) => Field::Float(value),
            Kept::Text(at, length) => Field::Text(data(at, length)?),
            Kept::Bytes(at, length) => Field::Bytes(data(at, length)?),
            Kept::Lost => return None,
        })
    }
}
