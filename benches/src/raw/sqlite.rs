//! SQLite's own interface: statements prepared once, stepped, and read by position, on the calling thread.
//!
//! The only place of the benchmarks with unsafe code. Handles are never null and never leave this module; what borrows from a
//! row is copied before the next step; texts that are bound outlive the cursor that they are bound to.

#![allow(unsafe_code)]

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::ffi::{CStr, CString, c_int};
use std::marker::PhantomData;
use std::ptr::{NonNull, null, null_mut};
use std::sync::{Mutex, MutexGuard};

use harness::client::{Client, number};
use harness::data::Entry;
use harness::{Error, Result};
use libsqlite3_sys as ffi;
use time::PrimitiveDateTime;

use super::{Key, civil};
use crate::plain::{Comment, Post, User, keys, nest, size, text};

/// A database of its own handle, used by one task at a time.
pub struct Raw(Mutex<Held>);

/// The statements are dropped before the handle that they belong to.
struct Held {
    statements: HashMap<Key, Statement>,
    handle: Handle,
}

// SAFETY: a handle and its statements may be used from any thread as long as no two use them at once; the mutex sees to it.
unsafe impl Send for Held {}

struct Handle(NonNull<ffi::sqlite3>);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: opened by `connect` and closed here only.
        unsafe { ffi::sqlite3_close(self.0.as_ptr()) };
    }
}

struct Statement(NonNull<ffi::sqlite3_stmt>);

impl Drop for Statement {
    fn drop(&mut self) {
        // SAFETY: prepared by `statement` and finalized here only.
        unsafe { ffi::sqlite3_finalize(self.0.as_ptr()) };
    }
}

/// A statement that is being run. `'a` is the statement's life and that of the texts bound to it.
struct Cursor<'a> {
    statement: NonNull<ffi::sqlite3_stmt>,
    handle: NonNull<ffi::sqlite3>,
    bound: c_int,
    texts: PhantomData<&'a str>,
}

impl Drop for Cursor<'_> {
    fn drop(&mut self) {
        // SAFETY: the statement outlives the cursor. What is still bound is never read again: each run binds all values anew.
        unsafe { ffi::sqlite3_reset(self.statement.as_ptr()) };
    }
}

impl Raw {
    /// # Errors
    /// What SQLite says.
    pub fn connect(path: &str) -> Result<Self> {
        let path = CString::new(path)?;
        let flags = ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE | ffi::SQLITE_OPEN_NOMUTEX;
        let mut handle = null_mut();
        // SAFETY: the path ends in NUL, and the handle is written whether or not it works.
        let code = unsafe { ffi::sqlite3_open_v2(path.as_ptr(), &raw mut handle, flags, null()) };
        let handle = Handle(NonNull::new(handle).ok_or("out of memory")?);
        check(handle.0, code)?;
        Ok(Self(Mutex::new(Held { statements: HashMap::new(), handle })))
    }

    fn held(&self) -> Result<MutexGuard<'_, Held>> {
        self.0.lock().map_err(|_| Error::from("another iteration panicked"))
    }
}

impl Held {
    fn run<'a>(&'a mut self, key: Key) -> Result<Cursor<'a>> {
        let handle = self.handle.0;
        let statement = match self.statements.entry(key) {
            Slot::Occupied(slot) => slot.get().0,
            Slot::Vacant(slot) => slot.insert(statement(handle, &key.text())?).0,
        };
        Ok(Cursor { statement, handle, bound: 0, texts: PhantomData })
    }

    fn done(&mut self, sql: &'static str) -> Result<()> {
        self.run(Key::Fixed(sql))?.step().map(|_| ())
    }

    fn all<T>(&mut self, key: Key, binds: &[i64], row: fn(&Cursor<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut cursor = self.run(key)?;
        for bind in binds {
            cursor.bind_int(*bind)?;
        }
        let mut rows = Vec::new();
        while cursor.step()? {
            rows.push(row(&cursor)?);
        }
        Ok(rows)
    }

    fn number(&mut self, sql: &'static str, bind: i64) -> Result<usize> {
        let counts = self.all(Key::Fixed(sql), &[bind], |row| Ok(row.int(0)))?;
        number(counts.first().copied().ok_or("no row")?)
    }

    fn insert(&mut self, rows: &[Entry]) -> Result<usize> {
        let times: Vec<String> = rows.iter().map(|row| written(row.created_at)).collect();
        let mut cursor = self.run(Key::Insert(rows.len()))?;
        for (row, time) in rows.iter().zip(&times) {
            cursor.bind_text(Some(&row.name))?;
            cursor.bind_text(row.email.as_deref())?;
            cursor.bind_text(Some(&row.city))?;
            cursor.bind_text(row.bio.as_deref())?;
            cursor.bind_int(row.age.into())?;
            cursor.bind_int(row.visits)?;
            cursor.bind_real(row.score)?;
            cursor.bind_int(row.active.into())?;
            cursor.bind_text(Some(time))?;
        }
        cursor.step()?;
        Ok(rows.len())
    }
}

fn statement(handle: NonNull<ffi::sqlite3>, sql: &str) -> Result<Statement> {
    let mut statement = null_mut();
    let flags = ffi::SQLITE_PREPARE_PERSISTENT;
    let length = c_int::try_from(sql.len())?;
    // SAFETY: the text is as long as it says; the handle is open.
    let code = unsafe {
        ffi::sqlite3_prepare_v3(
            handle.as_ptr(),
            sql.as_ptr().cast(),
            length,
            flags,
            &raw mut statement,
            null_mut(),
        )
    };
    check(handle, code)?;
    Ok(Statement(NonNull::new(statement).ok_or("an empty statement")?))
}

fn check(handle: NonNull<ffi::sqlite3>, code: c_int) -> Result<()> {
    if code == ffi::SQLITE_OK {
        return Ok(());
    }
    // SAFETY: the message is a string of SQLite's that is valid until the next call, and copied here.
    let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(handle.as_ptr())) };
    Err(Error::from(message.to_string_lossy().into_owned()))
}

impl<'a> Cursor<'a> {
    fn next(&mut self) -> c_int {
        self.bound += 1;
        self.bound
    }

    fn bind_int(&mut self, value: i64) -> Result<()> {
        let at = self.next();
        // SAFETY: SQLite checks the position.
        check(self.handle, unsafe { ffi::sqlite3_bind_int64(self.statement.as_ptr(), at, value) })
    }

    fn bind_real(&mut self, value: f64) -> Result<()> {
        let at = self.next();
        // SAFETY: as above.
        check(self.handle, unsafe { ffi::sqlite3_bind_double(self.statement.as_ptr(), at, value) })
    }

    fn bind_text(&mut self, text: Option<&'a str>) -> Result<()> {
        let at = self.next();
        let statement = self.statement.as_ptr();
        let code = match text {
            // SAFETY: the text outlives the cursor, after which it is not read.
            Some(text) => unsafe {
                let length = c_int::try_from(text.len())?;
                ffi::sqlite3_bind_text(statement, at, text.as_ptr().cast(), length, ffi::SQLITE_STATIC())
            },
            // SAFETY: SQLite checks the position.
            None => unsafe { ffi::sqlite3_bind_null(statement, at) },
        };
        check(self.handle, code)
    }

    fn step(&mut self) -> Result<bool> {
        // SAFETY: the statement is not finalized.
        match unsafe { ffi::sqlite3_step(self.statement.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => check(self.handle, code).map(|()| false),
        }
    }

    fn int(&self, column: c_int) -> i64 {
        // SAFETY: a column that is not there reads as 0.
        unsafe { ffi::sqlite3_column_int64(self.statement.as_ptr(), column) }
    }

    fn small(&self, column: c_int) -> Result<i32> {
        Ok(i32::try_from(self.int(column))?)
    }

    fn real(&self, column: c_int) -> f64 {
        // SAFETY: as above.
        unsafe { ffi::sqlite3_column_double(self.statement.as_ptr(), column) }
    }

    /// The text until the next step; none for NULL.
    fn borrowed(&self, column: c_int) -> Result<Option<&str>> {
        let statement = self.statement.as_ptr();
        // SAFETY: the pointer is to as many bytes as SQLite says right after, valid until the next step or reset, both of
        // which need the cursor mutably.
        let bytes = unsafe {
            let text = ffi::sqlite3_column_text(statement, column);
            if text.is_null() {
                return Ok(None);
            }
            let length = usize::try_from(ffi::sqlite3_column_bytes(statement, column))?;
            std::slice::from_raw_parts(text, length)
        };
        Ok(Some(str::from_utf8(bytes)?))
    }

    fn optional(&self, column: c_int) -> Result<Option<String>> {
        Ok(self.borrowed(column)?.map(str::to_owned))
    }

    fn text(&self, column: c_int) -> Result<String> {
        self.optional(column)?.ok_or_else(|| Error::from("NULL"))
    }

    fn time(&self, column: c_int) -> Result<PrimitiveDateTime> {
        read(self.borrowed(column)?.ok_or("NULL")?)
    }
}

/// `YYYY-MM-DD HH:MM:SS`
fn read(text: &str) -> Result<PrimitiveDateTime> {
    let number = |from: usize, to: usize| {
        let digits = text.as_bytes().get(from..to)?;
        digits.iter().try_fold(0_i32, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i32::from(digit - b'0'))
        })
    };
    let part = |from| u8::try_from(number(from, from + 2)?).ok();
    let parts = || Some((number(0, 4)?, part(5)?, part(8)?, (part(11)?, part(14)?, part(17)?, 0)));
    let (year, month, day, clock) = parts().ok_or("not a time")?;
    civil(year, month, day, clock)
}

fn written(time: PrimitiveDateTime) -> String {
    let (date, (hour, minute, second)) = (time.date(), time.time().as_hms());
    format!("{date} {hour:02}:{minute:02}:{second:02}")
}

fn user(row: &Cursor<'_>) -> Result<User> {
    Ok(User {
        id: row.int(0),
        name: row.text(1)?,
        email: row.optional(2)?,
        city: row.text(3)?,
        bio: row.optional(4)?,
        age: row.small(5)?,
        visits: row.int(6),
        score: row.real(7),
        active: row.int(8) != 0,
        created_at: row.time(9)?,
    })
}

fn post(row: &Cursor<'_>) -> Result<Post> {
    Ok(Post {
        id: row.int(0),
        author_id: row.int(1),
        title: row.text(2)?,
        body: row.optional(3)?,
        score: row.small(4)?,
    })
}

fn comment(row: &Cursor<'_>) -> Result<Comment> {
    Ok(Comment { id: row.int(0), post_id: row.int(1), text: row.text(2)?, likes: row.small(3)? })
}

/// Rows in a statement, where there are many.
const PORTION: usize = 500;

impl Client for Raw {
    type New = Vec<Entry>;

    async fn execute(&self, sql: &str) -> Result<()> {
        let held = self.held()?;
        let statement = statement(held.handle.0, sql)?;
        let mut cursor =
            Cursor { statement: statement.0, handle: held.handle.0, bound: 0, texts: PhantomData };
        while cursor.step()? {}
        Ok(())
    }

    async fn one(&self, id: i64) -> Result<usize> {
        Ok(self.held()?.all(Key::Fixed(text::question::ONE), &[id], user)?.len())
    }

    async fn rows(&self, n: usize) -> Result<usize> {
        Ok(self.held()?.all(Key::Fixed(text::question::ROWS), &[i64::try_from(n)?], user)?.len())
    }

    async fn join(&self, age: i32, score: i32) -> Result<usize> {
        Ok(self.held()?.all(Key::Fixed(text::question::JOIN), &[age.into(), score.into()], post)?.len())
    }

    fn prepare(&self, rows: Vec<Entry>) -> Self::New {
        rows
    }

    async fn insert(&self, rows: Self::New) -> Result<usize> {
        let mut held = self.held()?;
        if rows.len() <= PORTION {
            return held.insert(&rows);
        }
        held.done("BEGIN IMMEDIATE")?;
        let mut inserted = 0;
        for rows in rows.chunks(PORTION) {
            inserted += held.insert(rows)?;
        }
        held.done("COMMIT")?;
        Ok(inserted)
    }

    async fn tree(&self, users: i64) -> Result<usize> {
        let mut held = self.held()?;
        let users = held.all(Key::Fixed(text::question::ROWS), &[users], user)?;
        let parents = keys(&users, |user| user.id);
        let posts = held.all(Key::Children(text::POSTS, parents.len()), &parents, post)?;
        let parents = keys(&posts, |post| post.id);
        let comments = held.all(Key::Children(text::COMMENTS, parents.len()), &parents, comment)?;
        Ok(size(&nest(users, posts, comments)))
    }

    async fn count(&self, age: i32) -> Result<usize> {
        self.held()?.number(text::question::COUNT, age.into())
    }

    async fn exists(&self, age: i32) -> Result<usize> {
        self.held()?.number(text::question::EXISTS, age.into())
    }

    async fn columns(&self, n: usize) -> Result<usize> {
        let pair = |row: &Cursor<'_>| Ok((row.int(0), row.text(1)?));
        Ok(self.held()?.all(Key::Fixed(text::question::COLUMNS), &[i64::try_from(n)?], pair)?.len())
    }
}
