//! What was sent to a database, to be counted and read.

use std::sync::{Arc, Mutex};

use orm_core::{Db, Event};

/// The texts of the statements that a database has run, in order.
#[derive(Debug, Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    /// Watches a database from now on.
    pub fn of(db: &Db) -> Statements {
        let statements = Statements::default();
        let seen = statements.clone();
        db.observe(move |event: &Event<'_>| seen.0.lock().unwrap().push(event.statement.to_owned()));
        statements
    }

    /// Forgets what was sent so far.
    pub fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// What was sent since the last call.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// How many statements were sent since the last call.
    pub fn count(&self) -> usize {
        self.take().len()
    }
}
