//! What a piece of code sends to the database, and how long it takes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use orm_core::{Db, Event, Result};

use crate::shortened;

/// Keeps the statements that a database is sent.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Debug)]
struct Seen {
    statement: String,
    rows: u64,
}

/// What came out, and what it took.
#[derive(Debug)]
pub struct Measured<T> {
    /// What the code gave.
    pub value: T,
    /// The texts that were sent, in order.
    pub statements: Vec<String>,
    /// How many rows the server sent back.
    pub rows: u64,
    /// From the call to the value.
    pub elapsed: Duration,
}

impl Watch {
    /// Watches a database from now on.
    pub fn over(db: &Db) -> Watch {
        let watch = Watch::default();
        let seen = Arc::clone(&watch.seen);
        db.observe(move |event: &Event<'_>| {
            let statement = Seen { statement: event.statement.to_owned(), rows: event.rows };
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
        });
        watch
    }

    /// Runs code once, and tells what it sent.
    ///
    /// # Errors
    /// What the code gives.
    pub async fn measure<T>(&self, code: impl AsyncFnOnce() -> Result<T>) -> Result<Measured<T>> {
        self.take();
        let started = Instant::now();
        let value = code().await?;
        let elapsed = started.elapsed();
        let seen = self.take();
        let rows = seen.iter().map(|seen| seen.rows).sum();
        Ok(Measured {
            value,
            statements: seen.into_iter().map(|seen| seen.statement).collect(),
            rows,
            elapsed,
        })
    }

    fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> Measured<T> {
    /// The time in milliseconds, to a tenth.
    pub fn milliseconds(&self) -> String {
        format!("{:.1}", self.elapsed.as_secs_f64() * 1_000.0)
    }

    /// The statements, shortened to lines of `width` characters; equal ones are one, with their number.
    pub fn lines(&self, width: usize) -> Vec<String> {
        let mut counts: Vec<(usize, &String)> = Vec::new();
        for statement in &self.statements {
            match counts.iter_mut().find(|(_, text)| *text == statement) {
                Some((count, _)) => *count += 1,
                None => counts.push((1, statement)),
            }
        }
        let marked = |(count, text): (usize, &String)| {
            let mut mark = format!("{count:>4} × ");
            let lines = shortened(text, width.saturating_sub(7)).into_iter();
            lines.map(move |line| std::mem::replace(&mut mark, " ".repeat(9)) + &line).collect::<Vec<_>>()
        };
        counts.into_iter().flat_map(marked).collect()
    }
}
