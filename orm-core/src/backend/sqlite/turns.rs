//! A statement that runs where its caller is: a turn at a time, between which other tasks have theirs.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::cache::{Kind, Known, Place};
use super::codec::Argument;
use super::raw;
use super::row;
use super::session::{Course, End, INTERRUPT, Progress, Run, Session};
use crate::backend::{Row, Sink};
use crate::error::Error;

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

/// How a run ended, and what the sink refused.
struct Ran {
    end: End,
    refused: Option<Error>,
    took: Duration,
    /// How long its last turn was.
    last: Duration,
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
    let run = Run { values, started: Instant::now(), pass: 0, limit: may_stop.then_some(LIMIT) };
    let ran = match session.begin(known, &run) {
        Ok(course) => take_turns(course, turn, sink).await,
        Err(failure) => {
            let end = End::Failed(failure, 0);
            Ran { end, refused: None, took: Duration::ZERO, last: Duration::ZERO }
        }
    };
    session.watch().lift();
    session.record(place, &ran.end, ran.took);
    match (ran.end, ran.refused) {
        (End::Failed(failure, rows), None) if failure.code & 0xff == INTERRUPT => Turns::Stopped(rows),
        (end, refused) => {
            if may_stop {
                session.handle().drop_snapshot();
            }
            Turns::Ended(refused.map_or(end, End::Refused), ran.last)
        }
    }
}

/// Goes on to the end; others have their turns between.
async fn take_turns(mut course: Course<'_, '_>, turn: Duration, sink: &mut dyn Sink) -> Ran {
    let mut refused = None;
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
    Ran { end, refused, took: course.took(), last: course.worked() - before }
}
