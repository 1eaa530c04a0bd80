//! stub
mod row;
use crate::error::Result;
pub use row::Cells;
pub(crate) use row::Row;
pub(crate) trait Sink: Send {
    fn row(&mut self, row: Row<'_>) -> Result<()>;
}
pub(crate) struct Outcome {
    pub(crate) rows_affected: u64,
    pub(crate) last_insert_id: Option<i64>,
}
mod sqlite {
    use crate::value::*;
    pub(crate) fn cell(_: &sqlx::sqlite::SqliteRow, _: usize) -> Result<Cell<'_>, Mismatch> {
        Ok(Cell::Null)
    }
}
mod postgres {
    use crate::value::*;
    #[cfg(feature = "postgres")]
    pub(crate) fn cell(_: &sqlx::postgres::PgRow, _: usize) -> Result<Cell<'_>, Mismatch> {
        Ok(Cell::Null)
    }
}
mod mysql {
    use crate::value::*;
    #[cfg(feature = "mysql")]
    pub(crate) fn cell(_: &sqlx::mysql::MySqlRow, _: usize) -> Result<Cell<'_>, Mismatch> {
        Ok(Cell::Null)
    }
}
