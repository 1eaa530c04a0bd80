//! A connection at a fixed address.

use std::ptr::NonNull;

use sqlx::SqliteConnection;

/// A connection at a fixed address, reached by pointer only: a `Box` would claim it for itself each time that it is moved.
pub(super) struct Pinned(NonNull<SqliteConnection>);

// SAFETY: It owns the connection, which may go to another thread.
unsafe impl Send for Pinned {}

impl Pinned {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        Pinned(NonNull::from(Box::leak(Box::new(connection))))
    }

    /// The connection, for as long as the caller says.
    ///
    /// # Safety
    /// The borrow and all that is made of it must be gone before this is borrowed again, dropped or unwrapped.
    pub(super) unsafe fn borrow<'c>(&mut self) -> &'c mut SqliteConnection {
        // SAFETY: The pointer is that of a box that is ours; the rest is the caller's promise.
        unsafe { self.0.as_mut() }
    }

    pub(super) fn into_inner(self) -> SqliteConnection {
        let pointer = self.0;
        std::mem::forget(self);
        // SAFETY: The pointer is that of a box that was ours, and which nobody else frees: `self` is forgotten.
        *unsafe { Box::from_raw(pointer.as_ptr()) }
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        // SAFETY: The pointer is that of a box that is ours, and this is its end.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}
