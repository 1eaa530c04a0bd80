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
pub(super) const INTERRUPT: i32 = 9;

/// After how many rows the clock is looked at.
const ROWS_A_LOOK: u64 = 8;

/// What works for longer than this in all goes to another thread, however quickly its rows follow one another: several such
/// statements then run side by side.
const LONG: Duration = Duration::from_millis(20);

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
    /// How long it may go on without a row before it is stopped, so that it runs again somewhere else, on the same snapshot.
    pub(super) limit: Option<Duration>,
}

/// How far a run has come.
pub(super) enum Progress {
    /// It stands at a row that was given away, and its time is up.
    Paused,
    Ended(Outcome),
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

    /// Runs a statement that is kept, to its end.
    pub(super) fn run(&mut self, (place, known): (Place, Known), run: &Run<'_>, take: Take<'_>) -> End {
        let mut course = match self.begin(known, run) {
            Ok(course) => course,
            Err(failure) => return End::Failed(failure, run.pass),
        };
        let end = course.finish(take);
        let took = course.took();
        drop(course);
        self.record(place, &end, took);
        end
    }

    /// Begins a run of a statement.
    pub(super) fn begin<'v>(&mut self, known: Known, run: &Run<'v>) -> Result<Course<'_, 'v>, Failure> {
        let keeps_snapshot = run.limit.is_some() && only_reads(known) && self.handle.is_autocommit();
        let mut running = self.handle.start(known.id).ok_or_else(|| failure("no statement"))?;
        for (index, value) in run.values.iter().enumerate() {
            running.bind(index + 1, value.as_raw())?;
        }
        let course = Course {
            running,
            watch: &self.watch,
            only_reads: only_reads(known),
            limit: run.limit,
            keeps_snapshot,
            pass: run.pass,
            rows: 0,
            wanted: true,
            looked: run.started,
            longest: Duration::ZERO,
            worked: Duration::ZERO,
        };
        course.arm();
        Ok(course)
    }

    /// Writes down how long a run took, unless it was interrupted.
    pub(super) fn record(&mut self, place: Place, end: &End, took: Duration) {
        if !matches!(end, End::Failed(failure, _) if failure.code & 0xff == INTERRUPT) {
            self.cache.record(place, took);
        }
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
        let run = Run { values: &[], started: Instant::now(), pass: 0, limit: None };
        let end = match self.begin(known, &run) {
            Ok(mut course) => course.finish(&mut |_| ControlFlow::Continue(())),
            Err(failure) => End::Failed(failure, 0),
        };
        self.handle.finalize(id);
        (end, used)
    }
}

/// A run that has begun. Dropped, it ends.
pub(super) struct Course<'s, 'v> {
    running: Running<'s, 'v>,
    watch: &'s Watch,
    only_reads: bool,
    limit: Option<Duration>,
    keeps_snapshot: bool,
    pass: u64,
    /// How many rows came, passed over or given away.
    rows: u64,
    wanted: bool,
    /// When the clock was looked at last.
    looked: Instant,
    /// The longest time from one look to the next.
    longest: Duration,
    /// All times together.
    worked: Duration,
}

impl Course<'_, '_> {
    /// Goes on to the end.
    pub(super) fn finish(&mut self, take: Take<'_>) -> End {
        loop {
            match self.advance(Duration::MAX, take) {
                Ok(Progress::Paused) => {}
                Ok(Progress::Ended(outcome)) => return End::Done(outcome),
                Err(failure) => return self.failed(failure),
            }
        }
    }

    /// Goes on to the end, or to a row after this time.
    pub(super) fn advance(&mut self, turn: Duration, take: Take<'_>) -> Result<Progress, Failure> {
        let began = self.worked;
        while let Some(row) = self.running.step()? {
            self.rows += 1;
            if self.rows <= self.pass || !self.wanted {
                continue;
            }
            self.wanted = take(row).is_continue();
            // What writes has written all before its first row, and goes on to its end.
            if !self.wanted && self.only_reads {
                break;
            }
            if self.rows == 1 {
                self.secure();
            }
            if self.rows.is_multiple_of(ROWS_A_LOOK) {
                self.look();
                if self.worked - began >= turn {
                    return Ok(Progress::Paused);
                }
            }
        }
        self.look();
        Ok(Progress::Ended(Outcome {
            rows_affected: self.running.changes(),
            last_insert_id: Some(self.running.last_insert_rowid()),
        }))
    }

    /// Sees to it that what is stopped after its first row can run again, or that it is not stopped any more.
    fn secure(&mut self) {
        if !self.only_reads || self.keeps_snapshot && self.running.keep_snapshot().is_err() {
            self.limit = None;
            self.watch.lift();
        }
    }

    /// Has it stopped where nothing comes for too long from now on.
    fn arm(&self) {
        if let Some(limit) = self.limit {
            self.watch.limit(self.looked + limit);
        }
    }

    fn look(&mut self) {
        let now = Instant::now();
        let since = now - self.looked;
        self.looked = now;
        self.longest = self.longest.max(since);
        self.worked += since;
        self.arm();
    }

    /// Is stopped by nobody until it goes on.
    pub(super) fn pause(&self) {
        self.watch.lift();
    }

    /// Goes on after a pause: the time that others took does not count.
    pub(super) fn resume(&mut self) {
        self.looked = Instant::now();
        self.arm();
    }

    pub(super) fn failed(&mut self, failure: Failure) -> End {
        self.look();
        End::Failed(failure, self.rows.max(self.pass))
    }

    /// What keeps others waiting: the longest time without a pause or, of what takes long in all, the whole.
    pub(super) fn took(&self) -> Duration {
        if self.worked > LONG { self.worked } else { self.longest }
    }

    /// How long it has worked.
    pub(super) fn worked(&self) -> Duration {
        self.worked
    }
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
