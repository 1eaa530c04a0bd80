//! The row that a statement stands at.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use libsqlite3_sys as ffi;

/// A value as SQLite keeps it. Text should be UTF-8, and nobody has looked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::backend::sqlite) enum Field<'r> {
    Null,
    Int(i64),
    Float(f64),
    Text(&'r [u8]),
    Bytes(&'r [u8]),
}

/// The row that a statement stands at, until its next step.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    statement: NonNull<ffi::sqlite3_stmt>,
    columns: c_int,
    run: PhantomData<&'r ()>,
}

impl<'r> Row<'r> {
    /// # Safety
    /// The statement stands at a row of this many columns, and is neither stepped, reset nor finalised during `'r`. Nor is
    /// anything of it used by another thread, also not by the row's: the row is neither `Send` nor `Sync`.
    pub(super) unsafe fn new(statement: NonNull<ffi::sqlite3_stmt>, columns: c_int) -> Self {
        Row { statement, columns, run: PhantomData }
    }

    /// How many columns the row has.
    pub(in crate::backend::sqlite) fn columns(self) -> usize {
        usize::try_from(self.columns).unwrap_or_default()
    }

    /// The value in a column, from 0; `None` where there is no such column, or no memory to give the value in UTF-8.
    pub(in crate::backend::sqlite) fn field(self, index: usize) -> Option<Field<'r>> {
        let index = c_int::try_from(index).ok().filter(|index| *index < self.columns)?;
        // SAFETY: The statement stands at a row, which has this column, during 'r. The value is read by its own type: nothing
        // converts it but to UTF-8, and from then on it stays as it is. So what was given earlier stays where it is. SQLite
        // calls such a value unprotected, because no lock is held: the row is used by one thread, as is the database.
        unsafe {
            let value = ffi::sqlite3_column_value(self.statement.as_ptr(), index);
            Some(match ffi::sqlite3_value_type(value) {
                ffi::SQLITE_INTEGER => Field::Int(ffi::sqlite3_value_int64(value)),
                ffi::SQLITE_FLOAT => Field::Float(ffi::sqlite3_value_double(value)),
                ffi::SQLITE_TEXT => {
                    let text = NonNull::new(ffi::sqlite3_value_text(value).cast_mut())?;
                    Field::Text(slice::from_raw_parts(text.as_ptr(), length(value)))
                }
                ffi::SQLITE_BLOB => {
                    let bytes = ffi::sqlite3_value_blob(value).cast::<u8>();
                    match length(value) {
                        0 => Field::Bytes(&[]),
                        length if bytes.is_null() => {
                            debug_assert!(length > 0);
                            return None;
                        }
                        length => Field::Bytes(slice::from_raw_parts(bytes, length)),
                    }
                }
                _ => Field::Null,
            })
        }
    }
}

/// The length of a value's text or bytes.
///
/// # Safety
/// The value is alive, and was asked for its text or bytes before.
unsafe fn length(value: *mut ffi::sqlite3_value) -> usize {
    // SAFETY: See above.
    usize::try_from(unsafe { ffi::sqlite3_value_bytes(value) }).unwrap_or_default()
}
