//! How to open a SQLite database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::OnceCell;

use super::connection::{Connection, Settings};
use crate::backend::failure;
use crate::error::{Error, Result};

/// How long a statement waits for another connection's lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a connection that finds the file locked while it opens it tries again, and after how long.
const OPEN_TRIES: u32 = 50;
const OPEN_WAIT: Duration = Duration::from_millis(20);

/// A file, or a database in memory.
#[derive(Clone)]
pub(in crate::backend) struct Options {
    connect: SqliteConnectOptions,
    /// For a database in memory: a connection that keeps it alive while the pool holds none.
    anchor: Option<Arc<OnceCell<SqliteConnection>>>,
    statements: usize,
}

impl Options {
    /// Reads what follows `sqlite:` in a URL.
    ///
    /// A file is created if it is missing, unless the URL says otherwise (`?mode=rw`, `?mode=ro`).
    pub(in crate::backend) fn parse(rest: &str) -> Result<Options> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let mode = parameters.split('&').find_map(|parameter| parameter.strip_prefix("mode="));
        if path == ":memory:" || mode == Some("memory") {
            return Ok(Self::memory());
        }
        if path.is_empty() {
            return Err(Error::Configuration(
                "the URL names no database: `sqlite:app.db` is a file, `sqlite::memory:` one in memory"
                    .to_owned(),
            ));
        }
        let mut connect: SqliteConnectOptions =
            format!("sqlite:{rest}").parse().map_err(|error: sqlx::Error| {
                Error::Configuration(format!("the `sqlite:` URL cannot be read: {error}"))
            })?;
        if mode.is_none() {
            connect = connect.create_if_missing(true);
        }
        let immutable = parameters.split('&').any(|parameter| parameter.starts_with("immutable="));
        if mode != Some("ro") && !immutable {
            // What was committed is on the disk: NORMAL would lose the last transactions where the power fails
            // (<https://sqlite.org/pragma.html#pragma_synchronous>).
            connect = connect.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        }
        Ok(Options { connect: session(connect), anchor: None, statements: 0 })
    }

    /// A database of its own in the VFS `memdb`, where every connection that knows its name sees it.
    fn memory() -> Options {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("/orm-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let connect = SqliteConnectOptions::new().vfs("memdb").filename(name).create_if_missing(true);
        Options { connect: session(connect), anchor: Some(Arc::default()), statements: 0 }
    }

    pub(in crate::backend) fn statement_cache(&mut self, capacity: usize) {
        self.statements = capacity;
    }

    pub(in crate::backend) fn is_memory(&self) -> bool {
        self.anchor.is_some()
    }

    pub(in crate::backend) fn redacted(&self) -> String {
        match &self.anchor {
            Some(_) => "sqlite::memory:".to_owned(),
            None => format!("sqlite:{}", self.connect.get_filename().display()),
        }
    }

    pub(in crate::backend) async fn connect(&self) -> Result<Connection> {
        if let Some(anchor) = &self.anchor {
            anchor.get_or_try_init(|| self.open()).await?;
        }
        let settings =
            Settings { statements: self.statements, is_memory: self.is_memory(), busy_timeout: BUSY_TIMEOUT };
        let held = Connection::new(self.open().await?, settings).await;
        held.map_err(|error| failure::connecting(error, &self.redacted()))
    }

    /// Opens a connection. The change of a new file to WAL needs the file for itself and does not wait for it, so that
    /// connections opened side by side would fail: they try again.
    async fn open(&self) -> Result<SqliteConnection> {
        for _ in 1..OPEN_TRIES {
            match self.connect.connect().await {
                Err(sqlx::Error::Database(error)) if is_busy(&*error) => tokio::time::sleep(OPEN_WAIT).await,
                Err(error) => return Err(failure::connecting(error, &self.redacted())),
                Ok(connection) => return Ok(connection),
            }
        }
        self.connect.connect().await.map_err(|error| failure::connecting(error, &self.redacted()))
    }
}

/// What every session has, file or memory.
fn session(connect: SqliteConnectOptions) -> SqliteConnectOptions {
    connect.foreign_keys(true).busy_timeout(BUSY_TIMEOUT).disable_statement_logging()
}

fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6))
}
