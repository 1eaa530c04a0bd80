//! A statement that runs where its caller is: a turn at a time, between which other tasks have theirs.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::cache::{Kind, Known, Place};
use super::codec::Argument;
use super::raw;
use super::row;
use super::session::{End, INTERRUPT, Progress, Run, Session};
use crate::backend::{Row, Sink};

/// What keeps others waiting no longer than this runs where the caller is, and for this long at a time.
pub(super) const SHORT: Duration = Duration::from_micros(250);
/// And is stopped there where it goes on for this time without a row.
const LIMIT: Duration = Duration::from_micros(500);

/// How a run came out.
pub(super) enum Turns {
    /// It ended; the last turn was so long.
    Ended(End, Duration),
    /// It was stopped, after so many rows were given away.
    Stopped(u64),
}

/// Runs a statement that is kept, and stops it if it may be.
pub(super) async fn run(
    session: &mut Session,
    (place, known): (Place, Known),
    may_stop: bool,
    values: &[Argument<'_>],
    sink: &mut dyn Sink,
) -> Turns {
    // What writes holds its lock until its end, and is at its end for all but its rows.
    let turn = if matches!(known.kind, Kind::Read { .. }) { SHORT } else { Duration::MAX };
    let mut refused = None;
    let run = Run { values, started: Instant::now(), pass: 0, limit: may_stop.then_some(LIMIT) };
    let (end, took, last) = match session.begin(known, &run) {
        Err(failure) => (End::Failed(failure, 0), Duration::ZERO, Duration::ZERO),
        Ok(mut course) => {
            let mut before = Duration::ZERO;
            let end = loop {
                let take = &mut |row: raw::Row<'_>| match sink.row(Row::Sqlite(row::Row::Live(row))) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        refused = Some(error);
                        ControlFlow::Break(())
                    }
                };
                match course.advance(turn, take) {
                    Ok(Progress::Ended(outcome)) => break End::Done(outcome),
                    Err(failure) => break course.failed(failure),
                    Ok(Progress::Paused) => {
                        before = course.worked();
                        course.pause();
                        tokio::task::yield_now().await;
                        course.resume();
                    }
                }
            };
            (end, course.took(), course.worked() - before)
        }
    };
    session.watch().lift();
    session.record(place, &end, took);
    match (end, refused) {
        (End::Failed(failure, rows), None) if failure.code & 0xff == INTERRUPT => Turns::Stopped(rows),
        (end, refused) => {
            if may_stop {
                session.handle().drop_snapshot();
            }
            Turns::Ended(refused.map_or(end, End::Refused), last)
        }
    }
}
