//! The answers of servers, as sqlx streams them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{TryStreamExt, stream::BoxStream};
use sqlx::{AssertSqlSafe, Either, SqlSafeStr, SqlStr};
use tokio::time::Instant;

use super::{Outcome, Row, Sink, failure};
use crate::error::{ConnectionReason, Error, Result};

/// A statement that is not prepared.
pub(super) fn unprepared(text: &str) -> sqlx::RawSql {
    sqlx::raw_sql(trusted(&text.into()))
}

/// The result of a statement whose outcome nobody wants.
pub(super) fn done<T>(result: sqlx::Result<T>, text: &str) -> Result<()> {
    result.map(drop).map_err(|error| failure::classify(error, text))
}

/// The one place where text becomes a statement. It comes from the SQL renderer, which puts no value into it, or from the
/// user's own `sql("…")`, which takes literals of the program only.
pub(super) fn trusted(text: &Arc<str>) -> SqlStr {
    AssertSqlSafe(Arc::clone(text)).into_sql_str()
}

/// A statement's stream, as sqlx gives it: rows, and the outcome at the end.
pub(super) type Answer<'a, Q, R> = BoxStream<'a, sqlx::Result<Either<Q, R>>>;

/// What became of an answer that was read to its end.
pub(super) struct Drained {
    /// `None` where the answer ended without one.
    pub(super) outcome: Option<Outcome>,
    /// The error of the sink, which then got no further row.
    pub(super) refused: Option<Error>,
}

impl Drained {
    pub(super) fn finish(self) -> Result<Outcome> {
        match (self.refused, self.outcome) {
            (Some(error), _) => Err(error),
            (None, Some(outcome)) => Ok(outcome),
            // Who reads it has lost its end.
            (None, None) => {
                Err(failure::broken(ConnectionReason::Protocol, "the answer ended before its end"))
            }
        }
    }
}

/// How an answer of one kind of connection is read. `K` is what is found out about a column once a result, so that nothing
/// but the position is looked up for a value.
pub(super) struct Reader<Q, R, K> {
    pub(super) layout: fn(&R) -> Vec<K>,
    pub(super) row: for<'r> fn(&'r R, &'r [K]) -> Row<'r>,
    pub(super) outcome: fn(Q) -> Outcome,
}

/// After how many rows one unit of a task's budget is used up, of which it has 128 before others get their turn.
const ROWS_A_TURN: usize = 8;

/// How long the rest of an answer is read after a row of it was refused.
const REST: Duration = Duration::from_millis(100);

/// Reads an answer to its end and gives the rows to `sink`, until that refuses one. A long rest is not read; then the
/// connection is in the middle of the answer and of no more use, which the sink is told.
pub(super) async fn drain<Q, R, K>(
    mut answer: Answer<'_, Q, R>,
    reader: Reader<Q, R, K>,
    sink: &mut dyn Sink,
) -> sqlx::Result<Drained> {
    let mut drained = Drained { outcome: None, refused: None };
    let mut layout = None;
    let mut read: usize = 0;
    let mut deadline = None;
    loop {
        let next = match deadline {
            None => answer.try_next().await,
            // Rows that are there are read whatever the time is, so that the clock is asked too.
            Some(deadline) if Instant::now() < deadline => {
                match tokio::time::timeout_at(deadline, answer.try_next()).await {
                    Ok(next) => next,
                    Err(_) => break sink.cut(),
                }
            }
            Some(_) => break sink.cut(),
        };
        let Some(item) = next? else { break };
        read += 1;
        if read.is_multiple_of(ROWS_A_TURN) {
            // Rows that are there already are read without a wait, however many: others get their turn too.
            tokio::task::coop::consume_budget().await;
        }
        match item {
            Either::Left(end) => {
                drained.outcome = Some((reader.outcome)(end));
                // Another result may follow (a procedure's), with other columns.
                layout = None;
            }
            Either::Right(next) if drained.refused.is_none() => {
                let layout = layout.get_or_insert_with(|| (reader.layout)(&next));
                if let Err(error) = sink.row((reader.row)(&next, layout)) {
                    drained.refused = Some(error);
                    deadline = Some(Instant::now() + REST);
                }
            }
            Either::Right(_) => {}
        }
    }
    Ok(drained)
}
