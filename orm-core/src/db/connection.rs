//! A connection as a state machine around the driver.
//!
//! It is *idle*, or *busy* while the driver works; it stands at a *depth* (0: no transaction, 1: BEGIN, above: one
//! SAVEPOINT each); each depth may have *failed*, and then only rolls back; the whole transaction may be *lost*, because
//! the server rolled it back or the connection broke; and it may be *closed*, which is for good. Whoever drops a driver's
//! future leaves `busy` set, whoever drops a scope leaves its depth open: the next statement finds it.

use std::sync::Arc;
use std::time::Instant;

use super::context::{Context, Generation};
use super::options::TxOptions;
use super::pulse::Pulse;
use super::session;
use super::tables::Tables;
use super::tally::Tally;
use crate::ast::Bind;
use crate::backend::{Driver, Outcome, breaks_others, is_disconnect, is_read_only_server, loses_transaction};
use crate::dialect::Dialect;
use crate::error::{ConnectionReason, Error, Result};
use crate::observe::{CloseReason, Event};
use crate::sql::Sql;

const UNREAD_REST: &str = "a row was refused, and the rest of its result was too long to be read";
const DROPPED_STATEMENT: &str =
    "a statement was dropped before its answer came, so the connection was closed";
const DROPPED_SCOPE: &str = "a transaction inside it was dropped before it ended";
const ENDED: &str = "it has ended";

/// An open transaction or savepoint, with the first failure in it, in words.
#[derive(Default)]
struct Level {
    failure: Option<String>,
}

/// What to do with a statement.
enum Call<'a, 't> {
    /// Prepared, with its values.
    Fetch(&'a mut Tally<'t>),
    /// The values follow it.
    Copy,
    /// Unprepared.
    Run,
}

/// A driver's connection and the state that it is in.
pub(super) struct Connection {
    /// `None` once closed: dropping the driver closes its socket, and the server rolls back.
    driver: Option<Driver>,
    /// Why it was closed; until then, what holds if its next future is dropped.
    closed_because: ConnectionReason,
    dialect: Dialect,
    context: Arc<Context>,
    generation: Generation,
    pulse: Option<Arc<Pulse>>,
    busy: bool,
    levels: Vec<Level>,
    /// Whether the transaction was begun as one that only reads.
    read_only: bool,
    lost: Option<String>,
    /// Whether SQL of the user's own may have changed what the next borrower would find.
    session_changed: bool,
    /// Whether it was given out as sqlx knows it, and no statement of ours was sent since.
    is_lent: bool,
}

impl Connection {
    pub(super) fn new(
        driver: Driver,
        context: Arc<Context>,
        generation: Generation,
        pulse: Option<Arc<Pulse>>,
    ) -> Self {
        Connection {
            dialect: driver.dialect(),
            driver: Some(driver),
            closed_because: ConnectionReason::Abandoned,
            context,
            generation,
            pulse,
            busy: false,
            levels: Vec::new(),
            read_only: false,
            lost: None,
            session_changed: false,
            is_lent: false,
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What the pool knows of the tables.
    pub(super) fn tables(&self) -> &Tables {
        &self.context.tables
    }

    /// Why the next borrower would not find it as if it had just been made; `None` where he would.
    pub(super) fn unfit(&self) -> Option<CloseReason> {
        if self.driver.is_none() {
            return Some(match self.closed_because {
                ConnectionReason::Abandoned => CloseReason::Abandoned,
                _ => CloseReason::Broken,
            });
        }
        if self.is_in_the_middle() {
            return Some(CloseReason::Abandoned);
        }
        self.session_changed.then_some(CloseReason::SessionChanged)
    }

    /// Whether a statement or a transaction was begun on it and not ended.
    pub(super) fn is_in_the_middle(&self) -> bool {
        self.busy || !self.levels.is_empty() || self.lost.is_some()
    }

    /// Takes the driver out, to keep it or to part with it in order.
    pub(super) fn take_driver(&mut self) -> Option<Driver> {
        self.driver.take()
    }

    /// Whether SQL of the user's own may be sent, before it is. What may change the state of the session has this
    /// connection closed when it comes back to the pool.
    pub(super) fn admit(&mut self, text: &str) -> Result<()> {
        if !session::may_change(text, self.dialect) {
            return Ok(());
        }
        if self.context.through_pooler {
            let feature = "state of a session (SET, LISTEN, advisory locks, temporary tables) through a transaction pooler";
            return Err(Error::Unsupported { feature, backend: self.dialect.name() });
        }
        self.session_changed = true;
        Ok(())
    }

    /// The driver, to give sqlx's connection out at `depth`. Whoever has it may leave anything behind in the session.
    pub(super) fn lend(&mut self, depth: usize) -> Result<&mut Driver> {
        self.check(depth)?;
        if self.context.through_pooler {
            let feature = "connection to lend through a transaction pooler";
            return Err(Error::Unsupported { feature, backend: self.dialect.name() });
        }
        let Some(driver) = &mut self.driver else {
            let message = self.lost.clone().unwrap_or_default();
            return Err(Error::Connection { reason: self.closed_because, message });
        };
        self.session_changed = true;
        self.is_lent = true;
        Ok(driver)
    }

    /// Sends a statement with its values, at `depth`, and gives its rows to the tally's sink.
    pub(super) async fn fetch(&mut self, depth: usize, sql: &Sql, tally: Tally<'_>) -> Result<Outcome> {
        if depth == 0 && self.context.through_pooler {
            return self.fetch_in_transaction(sql, tally).await;
        }
        self.fetch_at(depth, sql, tally).await
    }

    /// Through a pooler the session lasts as long as a transaction, and preparing and running are two steps.
    async fn fetch_in_transaction(&mut self, sql: &Sql, tally: Tally<'_>) -> Result<Outcome> {
        self.begin(0, TxOptions::default()).await?;
        match self.fetch_at(1, sql, tally).await {
            Ok(outcome) => self.commit(1).await.map(|()| outcome),
            Err(error) => {
                let _ = self.rollback(1).await;
                Err(error)
            }
        }
    }

    async fn fetch_at(&mut self, depth: usize, sql: &Sql, mut tally: Tally<'_>) -> Result<Outcome> {
        self.check(depth)?;
        let result = self.send(&sql.text, &sql.binds, Call::Fetch(&mut tally)).await;
        result.inspect_err(|error| self.note(error))
    }

    /// Sends rows behind a COPY, at `depth`; gives their number.
    pub(super) async fn copy(&mut self, depth: usize, sql: &Sql) -> Result<u64> {
        self.check(depth)?;
        let copied = self.send(&sql.text, &sql.binds, Call::Copy).await;
        copied.map(|outcome| outcome.rows_affected).inspect_err(|error| self.note(error))
    }

    /// Sends a statement without values, unprepared: DDL.
    pub(super) async fn run(&mut self, depth: usize, text: &str) -> Result<()> {
        self.check(depth)?;
        if depth > 0 && self.dialect.is_mysql_like() {
            // The server would commit what came before it, and the rest would run outside of any transaction.
            return Err(Error::Unsupported { feature: "DDL in a transaction", backend: self.dialect.name() });
        }
        self.send(&text.into(), &[], Call::Run).await.map(drop).inspect_err(|error| self.note(error))
    }

    /// Opens the scope below `depth`: BEGIN at 0, SAVEPOINT above.
    pub(super) async fn begin(&mut self, depth: usize, options: TxOptions) -> Result<()> {
        self.check(depth)?;
        if depth > 0 {
            let text = format!("SAVEPOINT {}", savepoint(depth + 1));
            self.command(&text).await.inspect_err(|error| self.note(error))?;
        } else if let Some(level) = options.before_begin(self.dialect) {
            self.command(&level).await?;
            let begun = self.command(&options.begin(self.dialect)).await;
            // The level would hold for the next borrower's transaction.
            begun.inspect_err(|error| self.abandon(ConnectionReason::Abandoned, error))?;
        } else {
            self.command(&options.begin(self.dialect)).await?;
        }
        if depth == 0 {
            self.read_only = options.is_read_only();
        }
        self.levels.push(Level::default());
        Ok(())
    }

    /// Closes the scope at `depth`: COMMIT at 1, RELEASE above. A scope that has failed rolls back instead.
    pub(super) async fn commit(&mut self, depth: usize) -> Result<()> {
        if let Some(cause) = self.failure(depth) {
            // The cause says more than what goes wrong on the way out; the scope is gone either way.
            let _ = self.rollback(depth).await;
            return Err(Error::RolledBack { cause });
        }
        let committed = match depth {
            1 => self.command("COMMIT").await,
            _ => self.command(&format!("RELEASE SAVEPOINT {}", savepoint(depth))).await,
        };
        match committed {
            Ok(()) => {
                self.levels.truncate(depth.saturating_sub(1));
                Ok(())
            }
            Err(error) if depth == 1 && is_disconnect(&error) => {
                self.levels.clear();
                Err(Error::CommitOutcomeUnknown)
            }
            Err(error) => {
                self.note(&error);
                let _ = self.rollback(depth).await;
                Err(error)
            }
        }
    }

    /// Undoes the scope at `depth` and all in it: ROLLBACK at 1, ROLLBACK TO and RELEASE above. Where no statement can do
    /// that any more, the connection is closed, which undoes the whole transaction.
    pub(super) async fn rollback(&mut self, depth: usize) -> Result<()> {
        if self.busy {
            self.abandon(ConnectionReason::Abandoned, DROPPED_STATEMENT);
        }
        let outer = depth.saturating_sub(1);
        let result = match (self.driver.is_some(), outer, self.lost.take()) {
            (false, _, lost) => {
                self.lost = lost;
                Ok(())
            }
            (true, 0, lost) => self.rollback_all(lost.is_some()).await,
            // The savepoint went with the transaction.
            (true, _, Some(lost)) => {
                self.lost = Some(lost);
                Ok(())
            }
            (true, _, None) => self.rollback_to(depth).await,
        };
        self.levels.truncate(outer);
        result
    }

    async fn rollback_all(&mut self, was_lost: bool) -> Result<()> {
        let Err(error) = self.command("ROLLBACK").await else { return Ok(()) };
        self.abandon(ConnectionReason::Abandoned, &error);
        // It is undone either way; where the server had done it already, SQLite finds nothing to roll back.
        if was_lost || is_disconnect(&error) { Ok(()) } else { Err(error) }
    }

    async fn rollback_to(&mut self, depth: usize) -> Result<()> {
        let name = savepoint(depth);
        let undone = match self.command(&format!("ROLLBACK TO SAVEPOINT {name}")).await {
            Ok(()) => self.command(&format!("RELEASE SAVEPOINT {name}")).await,
            Err(error) => Err(error),
        };
        undone.inspect_err(|error| {
            self.lost.get_or_insert_with(|| error.to_string());
        })
    }

    /// Whether a statement may be sent at `depth`.
    fn check(&mut self, depth: usize) -> Result<()> {
        match self.failure(depth) {
            None => Ok(()),
            Some(message) if depth == 0 => Err(Error::Connection { reason: self.closed_because, message }),
            Some(cause) => Err(Error::TransactionFailed { cause }),
        }
    }

    /// Why nothing more may be sent at `depth`, after a look at what dropped futures left behind.
    fn failure(&mut self, depth: usize) -> Option<String> {
        if self.busy {
            self.abandon(ConnectionReason::Abandoned, DROPPED_STATEMENT);
        }
        if depth == 0 && !self.levels.is_empty() {
            self.abandon(ConnectionReason::Abandoned, DROPPED_SCOPE);
        }
        let dropped = self.levels.len() > depth;
        let level = depth.checked_sub(1).map(|outer| self.levels.get_mut(outer));
        let failed = match level {
            None => None,
            Some(None) => Some(ENDED.to_owned()),
            Some(Some(level)) if dropped => {
                Some(level.failure.get_or_insert_with(|| DROPPED_SCOPE.to_owned()).clone())
            }
            Some(Some(level)) => level.failure.clone(),
        };
        self.lost.clone().or(failed)
    }

    /// Writes down that a statement failed: its scope can only roll back, or the whole transaction where that is gone.
    pub(super) fn note(&mut self, error: &Error) {
        let Some(level) = self.levels.last_mut() else { return };
        if !was_sent(error) {
            return;
        }
        let place = if loses_transaction(error, self.dialect) { &mut self.lost } else { &mut level.failure };
        place.get_or_insert_with(|| error.to_string());
    }

    /// Closes the socket without a word to the server: its state is not known, or there is nobody to talk to.
    fn abandon(&mut self, reason: ConnectionReason, cause: impl ToString) {
        if self.driver.take().is_some() {
            self.closed_because = reason;
        }
        self.busy = false;
        self.lost.get_or_insert_with(|| cause.to_string());
    }

    /// Draws the conclusions from an error that is about the connection and not about the statement.
    fn judge(&mut self, error: Error) -> Error {
        let is_own_wish = self.read_only && !self.levels.is_empty();
        let became_read_only = !is_own_wish && is_read_only_server(&error, self.dialect);
        let (reason, message) = match error {
            error if became_read_only => (ConnectionReason::ReadOnlyServer, error.to_string()),
            Error::Connection { reason, message } => (reason, message),
            error => return error,
        };
        if breaks_others(reason) {
            self.context.invalidate(self.generation);
        }
        self.abandon(reason, &message);
        Error::Connection { reason, message }
    }

    async fn command(&mut self, text: &str) -> Result<()> {
        self.send(&text.into(), &[], Call::Run).await.map(drop)
    }

    /// The one place that calls the driver: busy until the answer is read, and reported when it is.
    async fn send(&mut self, text: &Arc<str>, binds: &[Bind], mut call: Call<'_, '_>) -> Result<Outcome> {
        let Some(driver) = &mut self.driver else {
            let message = self.lost.clone().unwrap_or_default();
            return Err(Error::Connection { reason: self.closed_because, message });
        };
        let started = (!self.context.observers.is_empty()).then(Instant::now);
        self.busy = true;
        let is_lent = std::mem::take(&mut self.is_lent);
        let work = async {
            if is_lent {
                driver.settle().await?;
            }
            match &mut call {
                Call::Fetch(tally) => driver.fetch(text, binds, *tally).await,
                Call::Copy => driver.copy(text, binds).await,
                Call::Run => driver.run(text).await.map(|()| Outcome::default()),
            }
        };
        let result = match &self.pulse {
            Some(pulse) => pulse.watch(work).await,
            None => work.await,
        };
        self.busy = false;
        let result = result.map_err(|error| self.judge(error));
        let tally = match call {
            Call::Fetch(tally) => Some(tally),
            Call::Copy | Call::Run => None,
        };
        if tally.as_ref().is_some_and(|tally| tally.is_cut()) {
            self.abandon(ConnectionReason::Abandoned, UNREAD_REST);
        }
        if let Some(started) = started.filter(|_| result.as_ref().err().is_none_or(was_sent)) {
            let affected = result.as_ref().map_or(0, |outcome| outcome.rows_affected);
            let rows = tally.map_or(affected, |tally| tally.total(affected));
            let event = Event::new(text, binds.len(), rows, started.elapsed(), result.is_ok());
            self.context.observers.statement(&event);
        }
        result
    }
}

fn savepoint(depth: usize) -> String {
    format!("orm_{depth}")
}

/// Whether the server has seen anything of what failed.
fn was_sent(error: &Error) -> bool {
    !matches!(
        error,
        Error::Unsupported { .. }
            | Error::InvalidValue { .. }
            | Error::InvalidName { .. }
            | Error::QueryTooComplex { .. }
            | Error::InvalidQuery(_)
            | Error::Unfiltered { .. }
            | Error::ReadOnly { .. }
            | Error::Configuration(_)
    )
}
