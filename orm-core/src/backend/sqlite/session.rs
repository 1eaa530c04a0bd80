//! A connection's handle and prepared statements, and how a statement runs on whatever thread it is on.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::SqliteConnection;

use super::cache::{Cache, Kind, Known, Place};
use super::codec::Argument;
use super::raw::{Failure, Handle, Row, Running, StatementId};
use super::watch::Watch;
use crate::backend::Outcome;
use crate::error::Error;

/// SQLITE_INTERRUPT.
const INTERRUPT: i32 = 9;

/// How a run ended.
pub(super) enum End {
    Done(Outcome),
    /// By who took the rows.
    Refused(Error),
    /// By SQLite, after so many rows were given away.
    Failed(Failure, u64),
}

/// Takes a row, and says whether it wants more.
pub(super) type Take<'t> = &'t mut dyn FnMut(Row<'_>) -> ControlFlow<()>;

/// What to run.
pub(super) struct Run<'a> {
    pub(super) values: &'a [Argument<'a>],
    pub(super) started: Instant,
    /// How many rows were given away by an earlier run on the same snapshot, and are passed over.
    pub(super) pass: u64,
    /// Whether the watch may stop it, so that it runs again somewhere else, on the same snapshot.
    pub(super) may_stop: bool,
}

/// A connection as a thread holds it while it works with it.
pub(super) struct Session {
    handle: Handle,
    cache: Cache,
    watch: Arc<Watch>,
}

impl Session {
    pub(super) async fn hold(
        connection: SqliteConnection,
        statements: usize,
        busy_timeout: Duration,
    ) -> Result<Session, sqlx::Error> {
        let watch = Arc::<Watch>::default();
        let handle = Handle::hold(connection, Arc::clone(&watch), busy_timeout).await?;
        Ok(Session { handle, cache: Cache::new(statements), watch })
    }

    pub(super) fn release(self) -> SqliteConnection {
        self.handle.release()
    }

    pub(super) fn handle(&mut self) -> &mut Handle {
        &mut self.handle
    }

    #[cfg(test)]
    pub(super) fn cache(&mut self) -> &mut Cache {
        &mut self.cache
    }

    pub(super) fn watch(&self) -> &Arc<Watch> {
        &self.watch
    }

    /// The statement with this text, if it is kept.
    pub(super) fn find(&mut self, text: &str) -> Option<(Place, Known)> {
        self.cache.find(text)
    }

    /// The statement with this text, prepared and kept if it is not yet.
    pub(super) fn statement(&mut self, text: &str) -> Result<(Place, Known), Failure> {
        if let Some(found) = self.cache.find(text) {
            return Ok(found);
        }
        let (id, used) = self.prepare(text)?;
        let rest = text.get(used..).unwrap_or_default();
        if !rest.is_empty()
            && let (Some(second), _) = self.handle.prepare(rest)?
        {
            self.handle.finalize(second);
            self.handle.finalize(id);
            return Err(failure("more than one statement"));
        }
        let kind = control(text).unwrap_or_else(|| match self.handle.is_read_only(id) {
            true => Kind::Read { repeatable: is_repeatable(text) },
            false => Kind::Write,
        });
        let known = Known { id, kind, took: None };
        let (place, evicted) = self.cache.insert(text, known);
        if let Some(evicted) = evicted {
            self.handle.finalize(evicted);
        }
        Ok((place, known))
    }

    fn prepare(&mut self, text: &str) -> Result<(StatementId, usize), Failure> {
        match self.handle.prepare(text)? {
            (Some(id), used) => Ok((id, used)),
            (None, _) => Err(failure("no statement")),
        }
    }

    /// Runs a statement that is kept, and gives how long it took.
    pub(super) fn run(
        &mut self,
        (place, known): (Place, Known),
        run: &Run<'_>,
        take: Take<'_>,
    ) -> (End, Duration) {
        let end = drive(&mut self.handle, &self.watch, known, run, take);
        let interrupted = matches!(&end, End::Failed(failure, _) if failure.code & 0xff == INTERRUPT);
        let took = run.started.elapsed();
        if !interrupted {
            self.cache.record(place, took);
        }
        (end, took)
    }

    /// Runs the first statement of a text once, without keeping it, and gives how many bytes of the text it took.
    pub(super) fn run_once(&mut self, text: &str) -> (End, usize) {
        let (id, used) = match self.handle.prepare(text) {
            Ok((Some(id), used)) => (id, used),
            // Nothing but spaces and comments.
            Ok((None, _)) => return (End::Done(Outcome::default()), text.len()),
            Err(failure) => return (End::Failed(failure, 0), 0),
        };
        let known = Known { id, kind: Kind::Write, took: None };
        let run = Run { values: &[], started: Instant::now(), pass: 0, may_stop: false };
        let end = drive(&mut self.handle, &self.watch, known, &run, &mut |_| ControlFlow::Continue(()));
        self.handle.finalize(id);
        (end, used)
    }
}

/// Runs a statement to its end, or until something stops it.
fn drive(handle: &mut Handle, watch: &Watch, known: Known, run: &Run<'_>, take: Take<'_>) -> End {
    let keeps_snapshot = run.may_stop && only_reads(known) && handle.is_autocommit();
    let Some(mut running) = handle.start(known.id) else { return End::Failed(failure("no statement"), 0) };
    let mut rows = 0;
    let end = steps(&mut running, watch, known, run, keeps_snapshot, &mut rows, take);
    match end {
        Ok(end) => end,
        Err(failure) => End::Failed(failure, rows.max(run.pass)),
    }
}

fn steps<'v>(
    running: &mut Running<'_, 'v>,
    watch: &Watch,
    known: Known,
    run: &Run<'v>,
    keeps_snapshot: bool,
    rows: &mut u64,
    take: Take<'_>,
) -> Result<End, Failure> {
    for (index, value) in run.values.iter().enumerate() {
        running.bind(index + 1, value.as_raw())?;
    }
    let mut wanted = true;
    while let Some(row) = running.step()? {
        *rows += 1;
        if *rows <= run.pass || !wanted {
            continue;
        }
        wanted = take(row).is_continue();
        // What writes has written all before its first row, and goes on to its end.
        if !wanted && only_reads(known) {
            break;
        }
        if *rows == 1 {
            if !only_reads(known) {
                watch.lift();
            } else if keeps_snapshot && running.keep_snapshot().is_err() {
                // Then it must not be stopped any more.
                watch.lift();
            }
        }
    }
    Ok(End::Done(Outcome {
        rows_affected: running.changes(),
        last_insert_id: Some(running.last_insert_rowid()),
    }))
}

fn failure(message: &str) -> Failure {
    Failure { code: 1, message: message.to_owned() }
}

fn only_reads(known: Known) -> bool {
    matches!(known.kind, Kind::Read { .. })
}

/// What a text does that begins or ends a transaction or a savepoint.
pub(super) fn control(text: &str) -> Option<Kind> {
    let starts = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    if starts(&["BEGIN", "SAVEPOINT", "RELEASE"]) {
        Some(Kind::Mark)
    } else {
        starts(&["COMMIT", "ROLLBACK"]).then_some(Kind::End)
    }
}

/// Whether a statement gives the same rows in the same order when it runs again on the same data: not if it reads the clock
/// or makes random numbers.
fn is_repeatable(text: &str) -> bool {
    const NOT: [&[u8]; 8] = [
        b"random",
        b"current_date",
        b"current_time",
        b"'now'",
        b"date()",
        b"time()",
        b"julianday()",
        b"unixepoch()",
    ];
    let found = |word: &[u8]| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    !NOT.iter().any(|word| found(word))
}
