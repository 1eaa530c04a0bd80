//! A connection, and the choice of the thread that a statement runs on.
//!
//! A statement that is known to keep nobody waiting runs where the caller is ([`turns`]): a change of thread costs more than a
//! short statement, and to copy the rows of a longer one costs more than to give others their turn between them. Everything
//! else runs on a thread that may block ([`job`]): what has not run yet, and what took long the last time. Statements turn long
//! where tables grow, so that what runs in place has a time limit wherever it can be stopped without harm; it then starts again
//! on another thread, where rows that were given away are passed over:
//!
//! - What only reads can be stopped at any time. Inside a transaction the second run sees what the first one saw; outside,
//!   a snapshot is kept from the first row on.
//! - What writes outside of a transaction is undone where it is stopped, and nothing was given away by then.
//! - What writes inside a transaction would undo the transaction. It is never stopped.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, SqliteConnection};
use tokio::runtime::RuntimeFlavor;

use super::cache::{Kind, Known};
use super::codec::{self, Argument};
use super::job::{self, Work};
use super::raw::Failure;
use super::session::{End, Session, control};
use super::turns::{self, SHORT, Turns};
use super::wait::Wait;
use super::{failure, options::BUSY_TIMEOUT};
use crate::ast::Bind;
use crate::backend::{Outcome, Row, Sink};
use crate::error::{ConnectionReason, Error, Result};

/// After how much work in place other tasks get their turn.
const TURN: Duration = Duration::from_millis(1);

/// A connection.
pub(crate) struct Connection {
    state: State,
    settings: Settings,
    /// The work in place since other tasks had their turn.
    worked: Duration,
}

/// What is known of a connection when it is opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// How many prepared statements it keeps.
    pub(super) statements: usize,
    /// Whether its database is in memory, so that writing it waits for no disk.
    pub(super) is_memory: bool,
    /// How long a statement waits for another connection's lock.
    pub(super) busy_timeout: Duration,
}

enum State {
    Held(Box<Session>),
    /// Its user has it, or had.
    Lent(Box<SqliteConnection>),
    /// With a future that was dropped.
    Gone,
}

impl Connection {
    pub(super) async fn new(connection: SqliteConnection, settings: Settings) -> Result<Self, sqlx::Error> {
        let session = Session::hold(connection, settings.statements, BUSY_TIMEOUT).await?;
        Ok(Connection { state: State::Held(Box::new(session)), settings, worked: Duration::ZERO })
    }

    /// Runs one statement and gives its rows to `sink`.
    pub(in crate::backend) async fn fetch(
        &mut self,
        text: &Arc<str>,
        binds: &[Bind],
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let values = codec::arguments(binds)?;
        self.kept(text, &values, sink).await
    }

    /// Runs statements without values, whose rows nobody wants.
    pub(in crate::backend) async fn run(&mut self, text: &str) -> Result<()> {
        if control(text).is_some() {
            return self.kept(&text.into(), &[], &mut Nobody).await.map(drop);
        }
        let mut rest = text;
        let mut wait = Wait::new(self.settings.busy_timeout);
        while !rest.is_empty() {
            let (end, used) = self.elsewhere(Work::Once { text: rest.to_owned() }, &mut Nobody).await?;
            match end {
                End::Done(_) | End::Refused(_) => {
                    rest = rest.get(used..).unwrap_or_default();
                    wait = Wait::new(self.settings.busy_timeout);
                }
                End::Failed(failure, _) => self.again(&failure, true, &mut wait, text).await?,
            }
        }
        Ok(())
    }

    /// Runs a statement that is kept prepared, where it runs best.
    async fn kept(
        &mut self,
        text: &Arc<str>,
        values: &[Argument<'_>],
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut wait = Wait::new(self.settings.busy_timeout);
        if self.worked > TURN {
            self.worked = Duration::ZERO;
            tokio::task::yield_now().await;
        }
        loop {
            let end = match self.here(text, values, sink).await? {
                Ok(end) => end,
                Err(pass) => {
                    let values = values.iter().map(Argument::to_owned).collect();
                    let work = Work::Kept { text: Arc::clone(text), values, pass };
                    self.elsewhere(work, sink).await?.0
                }
            };
            match end {
                End::Done(outcome) => return Ok(outcome),
                End::Refused(error) => return Err(error),
                End::Failed(failure, rows) => self.again(&failure, rows == 0, &mut wait, text).await?,
            }
        }
    }

    /// Runs a statement in place, if it is one for that. If not, or if it was stopped, gives how many rows were given away.
    async fn here(
        &mut self,
        text: &str,
        values: &[Argument<'_>],
        sink: &mut dyn Sink,
    ) -> Result<Result<End, u64>> {
        let is_memory = self.settings.is_memory;
        let session = self.session().await?;
        let Some((place, known)) = session.find(text) else { return Ok(Err(0)) };
        let Some(may_stop) = may_stop_here(session, known, is_memory) else { return Ok(Err(0)) };
        let mut session = self.take()?;
        let turns = turns::run(&mut session, (place, known), may_stop, values, sink).await;
        self.state = State::Held(session);
        Ok(match turns {
            Turns::Ended(end, last) => {
                self.worked += last;
                Ok(end)
            }
            Turns::Stopped(rows) => Err(rows),
        })
    }

    /// Runs it on another thread.
    async fn elsewhere(&mut self, work: Work, sink: &mut dyn Sink) -> Result<(End, usize)> {
        self.session().await?;
        let session = self.take()?;
        self.worked = Duration::ZERO;
        let report = job::run(session, work, sink).await.ok_or_else(gone)?;
        self.state = State::Held(report.session);
        Ok((report.end, report.used))
    }

    /// Waits until a statement that found the database busy may run again; its error, where it may not.
    async fn again(&mut self, failure: &Failure, at_start: bool, wait: &mut Wait, text: &str) -> Result<()> {
        let pause = match &mut self.state {
            State::Held(session) if at_start => {
                wait.next(failure, session.handle(), control(text) == Some(Kind::End))
            }
            _ => None,
        };
        match pause {
            None => Err(failure::by_code(failure.code, &failure.message, text)),
            Some(pause) => {
                tokio::time::sleep(pause).await;
                Ok(())
            }
        }
    }

    /// The session, taken back where the connection was lent.
    async fn session(&mut self) -> Result<&mut Session> {
        if let State::Lent(_) = &self.state {
            self.take_back().await?;
        }
        match &mut self.state {
            State::Held(session) => Ok(session),
            _ => Err(gone()),
        }
    }

    /// Takes the session out, so that it goes with the future that has it where that is dropped.
    fn take(&mut self) -> Result<Box<Session>> {
        match std::mem::replace(&mut self.state, State::Gone) {
            State::Held(session) => Ok(session),
            _ => Err(gone()),
        }
    }

    async fn take_back(&mut self) -> Result<()> {
        let State::Lent(mut connection) = std::mem::replace(&mut self.state, State::Gone) else {
            return Ok(());
        };
        // Of locks that are asked for in quick succession, sqlx's worker may see the requests too late and then wait for ever.
        // Its answer says that it has seen the last one.
        let held = match connection.ping().await {
            Ok(()) => Session::hold(*connection, self.settings.statements, BUSY_TIMEOUT).await,
            Err(error) => Err(error),
        };
        let session = held.map_err(|error| crate::backend::failure::classify(error, ""))?;
        self.state = State::Held(Box::new(session));
        Ok(())
    }

    /// The connection as sqlx knows it. The next statement takes it back.
    pub(in crate::backend) fn lend(&mut self) -> Result<&mut SqliteConnection> {
        self.state = match std::mem::replace(&mut self.state, State::Gone) {
            State::Held(session) => State::Lent(Box::new(session.release())),
            other => other,
        };
        match &mut self.state {
            State::Lent(connection) => Ok(connection),
            _ => Err(gone()),
        }
    }

    /// A database in this process needs to give no sign of life, and comes into step with its next statement.
    pub(in crate::backend) async fn ping(&mut self) -> sqlx::Result<()> {
        Ok(())
    }

    pub(in crate::backend) async fn close(self) -> sqlx::Result<()> {
        match self.state {
            State::Held(session) => session.release().close().await,
            State::Lent(connection) => connection.close().await,
            State::Gone => Ok(()),
        }
    }
}

#[cfg(test)]
impl Connection {
    /// As if nothing had ever taken long.
    pub(super) fn forget_times(&mut self) {
        if let State::Held(session) = &mut self.state {
            session.cache().forget_times();
        }
    }

    pub(super) fn set_busy_timeout(&mut self, timeout: Duration) {
        self.settings.busy_timeout = timeout;
    }
}

/// Whether a statement may be stopped where it runs in place; `None` where it does not run there.
fn may_stop_here(session: &mut Session, known: Known, is_memory: bool) -> Option<bool> {
    if known.took.is_none_or(|took| took > SHORT) {
        return None;
    }
    let is_autocommit = session.handle().is_autocommit();
    match known.kind {
        Kind::Mark => Some(false),
        Kind::Read { repeatable } => repeatable.then_some(true),
        Kind::Write if is_autocommit && (is_memory || has_other_workers()) => Some(true),
        // Where it turns out long, this thread is kept from other work: a runtime of several can bear that.
        Kind::Write | Kind::End => has_other_workers().then_some(false),
    }
}

/// Whether the runtime has threads that go on while this one is at work.
fn has_other_workers() -> bool {
    tokio::runtime::Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread)
}

fn gone() -> Error {
    let message = "a statement was dropped half-way, and its connection with it";
    crate::backend::failure::broken(ConnectionReason::Abandoned, message)
}

/// Wants no rows.
struct Nobody;

impl Sink for Nobody {
    fn row(&mut self, _: Row<'_>) -> Result<()> {
        Ok(())
    }
}
