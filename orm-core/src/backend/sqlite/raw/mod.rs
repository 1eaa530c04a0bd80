//! The handle of a sqlx connection, used directly. All unsafe code of this crate is here.
//!
//! Why it is sound:
//! - A [`Handle`] has sqlx's lock for as long as it lives, so that sqlx's worker thread touches neither the database nor
//!   its statements. The lock borrows the connection, which lies at a fixed address and is reached by pointer only, and
//!   goes before it.
//! - Whatever touches the database or a statement borrows the handle mutably, so that one thread at a time does.
//! - Statements lie in the handle, which finalises them before the lock goes. Outside they are known by number.
//! - A statement that runs borrows the handle; a row borrows the statement until its next step.
//! - Bound text and bytes are borrowed for as long as the statement runs, and not copied. The bindings are cleared when the
//!   run ends; where its end was forgotten (`mem::forget`), before the statement is stepped again.

#![allow(unsafe_code)]

mod pinned;
mod row;
#[cfg(test)]
mod tests;

pub(super) use row::Field;
pub(crate) use row::Row;

use std::ffi::{CStr, c_int, c_void};
use std::marker::PhantomData;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::time::Duration;

use libsqlite3_sys as ffi;
use sqlx::SqliteConnection;
use sqlx::sqlite::LockedSqliteHandle;

use self::pinned::Pinned;
use super::watch::Watch;

/// How many instructions of its virtual machine SQLite runs between two looks at the [`Watch`]: some 20 µs.
const INSTRUCTIONS: c_int = 1_000;
/// What keeps a read transaction open while it stands at its only row, and costs little.
const SNAPSHOT: &str = "PRAGMA schema_version";

/// What SQLite said.
#[derive(Debug)]
pub(super) struct Failure {
    /// The extended result code.
    pub(super) code: c_int,
    pub(super) message: String,
}

/// A value to bind, borrowed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'v> {
    Null,
    Int(i64),
    Float(f64),
    Text(&'v str),
    Bytes(&'v [u8]),
}

/// The number of a statement in its handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatementId(usize);

#[cfg(test)]
impl StatementId {
    pub(super) fn of_test(number: usize) -> Self {
        StatementId(number)
    }
}

/// A sqlx connection whose handle is ours. The fields go in this order.
pub(super) struct Handle {
    database: Database,
    lock: LockedSqliteHandle<'static>,
    connection: Pinned,
}

// SAFETY: `&Handle` gives nothing: every method takes `&mut self`, or the handle itself.
unsafe impl Sync for Handle {}

/// The database and its statements.
struct Database {
    raw: NonNull<ffi::sqlite3>,
    /// By number; `None` where a statement was finalised.
    statements: Vec<Option<Statement>>,
    /// Keeps a snapshot while it stands at its row.
    snapshot: Option<StatementId>,
    keeps_snapshot: bool,
    /// SQLite has its address.
    _watch: Arc<Watch>,
    busy_timeout: Duration,
}

// SAFETY: SQLite is compiled to be used from any thread, by one at a time (sqlx relies on it too), and `&mut` is one at a time.
unsafe impl Send for Database {}

struct Statement {
    raw: NonNull<ffi::sqlite3_stmt>,
    /// Whether a run has begun and its end is still to come.
    runs: bool,
}

impl Handle {
    /// Takes the handle over. SQLite no longer waits for locks by itself, and asks `watch` at times whether to go on.
    ///
    /// `busy_timeout` is what sqlx has set and gets back.
    pub(super) async fn hold(
        connection: SqliteConnection,
        watch: Arc<Watch>,
        busy_timeout: Duration,
    ) -> Result<Handle, sqlx::Error> {
        let mut connection = Pinned::new(connection);
        // SAFETY: The lock lives in the handle, which drops it before the connection; the future goes before `connection`.
        let mut lock = unsafe { connection.borrow() }.lock_handle().await?;
        let raw = lock.as_raw_handle();
        // SAFETY: The database is open and locked for us. The watch lives in `Database`, which takes the callback back before
        // it goes.
        unsafe {
            let watch: *const Watch = Arc::as_ptr(&watch);
            ffi::sqlite3_progress_handler(raw.as_ptr(), INSTRUCTIONS, Some(tick), watch.cast_mut().cast());
            ffi::sqlite3_busy_timeout(raw.as_ptr(), 0);
        }
        let database = Database {
            raw,
            statements: Vec::new(),
            snapshot: None,
            keeps_snapshot: false,
            _watch: watch,
            busy_timeout,
        };
        Ok(Handle { database, lock, connection })
    }

    /// Gives the connection back to sqlx, as it was.
    pub(super) fn release(self) -> SqliteConnection {
        let Handle { database, lock, connection } = self;
        drop(database);
        drop(lock);
        connection.into_inner()
    }

    /// Prepares the first statement of a text: its number, or `None` where there is none but spaces and comments; and how many
    /// bytes of the text it took.
    pub(super) fn prepare(&mut self, text: &str) -> Result<(Option<StatementId>, usize), Failure> {
        self.database.prepare(text)
    }

    /// Finalises a statement.
    pub(super) fn finalize(&mut self, id: StatementId) {
        if let Some(statement) = self.database.statements.get_mut(id.0).and_then(Option::take) {
            // SAFETY: It was prepared on this database and, taken out of its place, is finalised once. No run of it borrows us.
            unsafe { ffi::sqlite3_finalize(statement.raw.as_ptr()) };
        }
    }

    /// Whether the statement writes nothing to the database. Statements that begin and end transactions do not, but for BEGIN
    /// IMMEDIATE.
    pub(super) fn is_read_only(&mut self, id: StatementId) -> bool {
        let statement = self.database.statement(id);
        // SAFETY: The statement is not finalised.
        statement.is_some_and(|statement| unsafe { ffi::sqlite3_stmt_readonly(statement.as_ptr()) } != 0)
    }

    /// Whether no transaction was begun.
    pub(super) fn is_autocommit(&mut self) -> bool {
        // SAFETY: The database is open.
        unsafe { ffi::sqlite3_get_autocommit(self.database.raw.as_ptr()) != 0 }
    }

    /// Whether the database holds no lock and no snapshot for us.
    pub(super) fn is_idle(&mut self) -> bool {
        // SAFETY: The database is open; no name of a schema means all of them.
        let state = unsafe { ffi::sqlite3_txn_state(self.database.raw.as_ptr(), ptr::null()) };
        state == ffi::SQLITE_TXN_NONE
    }

    /// Begins a run of a statement; `None` where it was finalised.
    pub(super) fn start<'v>(&mut self, id: StatementId) -> Option<Running<'_, 'v>> {
        let entry = self.database.statements.get_mut(id.0)?.as_mut()?;
        if std::mem::replace(&mut entry.runs, true) {
            reset(entry.raw);
        }
        let statement = entry.raw;
        let database = &mut self.database;
        Some(Running { database, id, statement, columns: 0, ended: false, values: PhantomData })
    }

    /// Lets go of what [`Running::keep_snapshot`] kept.
    pub(super) fn drop_snapshot(&mut self) {
        if !std::mem::take(&mut self.database.keeps_snapshot) {
            return;
        }
        if let Some(statement) = self.database.snapshot.and_then(|id| self.database.statement(id)) {
            reset(statement);
        }
    }
}

impl Database {
    fn statement(&self, id: StatementId) -> Option<NonNull<ffi::sqlite3_stmt>> {
        self.statements.get(id.0)?.as_ref().map(|statement| statement.raw)
    }

    fn prepare(&mut self, text: &str) -> Result<(Option<StatementId>, usize), Failure> {
        let refuse = |code, message: &str| Failure { code, message: message.to_owned() };
        let length = c_int::try_from(text.len())
            .map_err(|_| refuse(ffi::SQLITE_TOOBIG, "the statement is longer than 2 GiB"))?;
        if text.contains('\0') {
            return Err(refuse(ffi::SQLITE_ERROR, "the statement holds a NUL"));
        }
        let (mut statement, mut rest) = (ptr::null_mut(), ptr::null());
        // SAFETY: The database is open, `text` has `length` bytes, and both places are ours.
        let code = unsafe {
            ffi::sqlite3_prepare_v3(
                self.raw.as_ptr(),
                text.as_ptr().cast(),
                length,
                ffi::SQLITE_PREPARE_PERSISTENT as _,
                &raw mut statement,
                &raw mut rest,
            )
        };
        if code != ffi::SQLITE_OK {
            return Err(self.failure(code));
        }
        let used = (rest as usize).saturating_sub(text.as_ptr() as usize);
        Ok((NonNull::new(statement).map(|statement| self.keep(statement)), used))
    }

    fn keep(&mut self, statement: NonNull<ffi::sqlite3_stmt>) -> StatementId {
        let free = self.statements.iter().position(Option::is_none).unwrap_or_else(|| {
            self.statements.push(None);
            self.statements.len() - 1
        });
        if let Some(place) = self.statements.get_mut(free) {
            *place = Some(Statement { raw: statement, runs: false });
        }
        StatementId(free)
    }

    /// What the last call, which gave `code`, failed with.
    fn failure(&mut self, code: c_int) -> Failure {
        // SAFETY: The database is open; the message is valid until the next call, and copied.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(self.raw.as_ptr())) };
        Failure { code, message: message.to_string_lossy().into_owned() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for statement in self.statements.iter().flatten() {
            // SAFETY: It was prepared on this database, which is open, and nothing uses it later.
            unsafe { ffi::sqlite3_finalize(statement.raw.as_ptr()) };
        }
        let busy_timeout = c_int::try_from(self.busy_timeout.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: The database is open: the lock and the connection go later.
        unsafe {
            ffi::sqlite3_progress_handler(self.raw.as_ptr(), 0, None, ptr::null_mut());
            ffi::sqlite3_busy_timeout(self.raw.as_ptr(), busy_timeout);
        }
    }
}

/// One run of a statement. Dropped, it ends.
pub(super) struct Running<'h, 'v> {
    database: &'h mut Database,
    id: StatementId,
    statement: NonNull<ffi::sqlite3_stmt>,
    columns: c_int,
    ended: bool,
    values: PhantomData<&'v [u8]>,
}

// SAFETY: As of `Database`, which it borrows mutably and whose statement it is; what is bound is shared memory of any thread.
unsafe impl Send for Running<'_, '_> {}

impl<'v> Running<'_, 'v> {
    /// Binds the value at a position, from 1.
    pub(super) fn bind(&mut self, position: usize, value: Value<'v>) -> Result<(), Failure> {
        let statement = self.statement.as_ptr();
        let position = c_int::try_from(position).unwrap_or(c_int::MAX);
        // SAFETY: The statement is not finalised. Text and bytes live for 'v, and this run, which ends before, clears them. A
        // destructor of `None` is SQLITE_STATIC: SQLite neither copies nor frees. An empty slice has no address to give.
        let code = unsafe {
            match value {
                Value::Null => ffi::sqlite3_bind_null(statement, position),
                Value::Int(value) => ffi::sqlite3_bind_int64(statement, position, value),
                Value::Float(value) => ffi::sqlite3_bind_double(statement, position, value),
                Value::Text("") => ffi::sqlite3_bind_text(statement, position, c"".as_ptr(), 0, None),
                Value::Text(text) => ffi::sqlite3_bind_text64(
                    statement,
                    position,
                    text.as_ptr().cast(),
                    text.len() as u64,
                    None,
                    ffi::SQLITE_UTF8 as _,
                ),
                Value::Bytes([]) => ffi::sqlite3_bind_zeroblob(statement, position, 0),
                Value::Bytes(bytes) => ffi::sqlite3_bind_blob64(
                    statement,
                    position,
                    bytes.as_ptr().cast(),
                    bytes.len() as u64,
                    None,
                ),
            }
        };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.database.failure(code)) }
    }

    /// Goes on to the next row; `None` at the end, and after a failure.
    pub(super) fn step(&mut self) -> Result<Option<Row<'_>>, Failure> {
        if self.ended {
            return Ok(None);
        }
        // SAFETY: The statement is not finalised, and what is bound is alive.
        match unsafe { ffi::sqlite3_step(self.statement.as_ptr()) } {
            ffi::SQLITE_ROW => {
                if self.columns == 0 {
                    // The first step may have prepared the statement anew, with other columns; later ones do not.
                    // SAFETY: The statement is not finalised.
                    self.columns = unsafe { ffi::sqlite3_column_count(self.statement.as_ptr()) };
                }
                // SAFETY: The statement stands at a row and, borrowed by it, is neither stepped nor reset before the row goes.
                Ok(Some(unsafe { Row::new(self.statement, self.columns) }))
            }
            ffi::SQLITE_DONE => {
                self.ended = true;
                Ok(None)
            }
            code => {
                self.ended = true;
                Err(self.database.failure(code))
            }
        }
    }

    /// Keeps the database as this run sees it, also after its end, until [`Handle::drop_snapshot`].
    pub(super) fn keep_snapshot(&mut self) -> Result<(), Failure> {
        let id = match self.database.snapshot {
            Some(id) => id,
            None => {
                let (id, _) = self.database.prepare(SNAPSHOT)?;
                self.database.snapshot = id;
                id.ok_or_else(|| self.database.failure(ffi::SQLITE_ERROR))?
            }
        };
        let Some(statement) = self.database.statement(id).filter(|_| !self.database.keeps_snapshot) else {
            return Ok(());
        };
        // SAFETY: The statement is not finalised, and nothing is bound to it.
        let code = unsafe { ffi::sqlite3_step(statement.as_ptr()) };
        self.database.keeps_snapshot = code == ffi::SQLITE_ROW;
        if self.database.keeps_snapshot {
            return Ok(());
        }
        let failure = self.database.failure(code);
        reset(statement);
        Err(failure)
    }

    /// How many rows the last statement that wrote has inserted, changed or deleted.
    pub(super) fn changes(&mut self) -> u64 {
        // SAFETY: The database is open.
        let changes = unsafe { ffi::sqlite3_changes64(self.database.raw.as_ptr()) };
        u64::try_from(changes).unwrap_or_default()
    }

    /// The key of the row that was last inserted.
    pub(super) fn last_insert_rowid(&mut self) -> i64 {
        // SAFETY: The database is open.
        unsafe { ffi::sqlite3_last_insert_rowid(self.database.raw.as_ptr()) }
    }
}

impl Drop for Running<'_, '_> {
    fn drop(&mut self) {
        reset(self.statement);
        if let Some(Some(statement)) = self.database.statements.get_mut(self.id.0) {
            statement.runs = false;
        }
    }
}

/// Ends the run that the statement is in, if it is in one, and forgets what is bound.
fn reset(statement: NonNull<ffi::sqlite3_stmt>) {
    // SAFETY: Whoever has the pointer has it from a handle that he borrows mutably, where it is not finalised. The result is that
    // of the last step, which was reported by it.
    unsafe {
        ffi::sqlite3_reset(statement.as_ptr());
        ffi::sqlite3_clear_bindings(statement.as_ptr());
    }
}

/// What SQLite calls from time to time: anything but 0 interrupts the statement.
extern "C" fn tick(watch: *mut c_void) -> c_int {
    // SAFETY: It is the address of the watch that `Database` keeps for as long as this is installed; a watch is shared by threads.
    let watch = unsafe { &*watch.cast_const().cast::<Watch>() };
    c_int::from(watch.stops())
}
