//! A statement that runs on a thread of its own, and its rows on their way to the task that asked for them.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use tokio::sync::mpsc;

use super::codec::Argument;
use super::row::Chunk;
use super::session::{End, Run, Session};
use super::watch::Watch;
use crate::backend::{Row, Sink};

/// How many full chunks may wait for the task that reads them.
const WAITING: usize = 4;

/// What to run on another thread.
pub(super) enum Work {
    /// A statement that is kept, with its values, without the rows that were given away already.
    Kept { text: Arc<str>, values: Vec<Argument<'static>>, pass: u64 },
    /// The first statement of a text, once.
    Once { text: String },
}

/// What came of it.
pub(super) struct Report {
    pub(super) session: Box<Session>,
    pub(super) end: End,
    /// Of [`Work::Once`]: how many bytes of the text the statement took.
    pub(super) used: usize,
}

enum Message {
    Rows(Chunk),
    /// The last rows, and the session.
    End(Chunk, Box<Report>),
}

/// Interrupts what runs for it when it is dropped, unless that has ended.
struct Interest(Option<Arc<Watch>>);

impl Drop for Interest {
    fn drop(&mut self) {
        if let Some(watch) = &self.0 {
            watch.cancel();
        }
    }
}

/// Runs it on a thread of the runtime's that may block, and gives the rows to `sink` here. `None` where the thread is gone,
/// and the session with it.
///
/// Where this future is dropped, the statement is interrupted, and the session closed by that thread.
pub(super) async fn run(session: Box<Session>, work: Work, sink: &mut dyn Sink) -> Option<Report> {
    let runtime = tokio::runtime::Handle::try_current().ok()?;
    let mut interest = Interest(Some(Arc::clone(session.watch())));
    let enough = Arc::new(AtomicBool::new(false));
    let (sender, mut receiver) = mpsc::channel(WAITING);
    let job = Job { session, sender, enough: Arc::clone(&enough) };
    drop(runtime.spawn_blocking(move || job.run(&work)));
    let mut refused = None;
    loop {
        let (chunk, report) = match receiver.recv().await? {
            Message::Rows(chunk) => (chunk, None),
            Message::End(chunk, report) => (chunk, Some(report)),
        };
        if refused.is_none() {
            refused = chunk.rows().try_for_each(|row| sink.row(Row::Sqlite(row))).err();
            enough.store(refused.is_some(), Ordering::Relaxed);
        }
        if let Some(mut report) = report {
            interest.0 = None;
            if let Some(error) = refused {
                report.end = End::Refused(error);
            }
            return Some(*report);
        }
    }
}

struct Job {
    session: Box<Session>,
    sender: mpsc::Sender<Message>,
    /// Whether nobody wants more rows.
    enough: Arc<AtomicBool>,
}

impl Job {
    fn run(mut self, work: &Work) {
        let mut chunk = Chunk::default();
        let (end, used) = match work {
            Work::Once { text } => self.session.run_once(text),
            Work::Kept { text, values, pass } => (self.run_kept(text, values, *pass, &mut chunk), text.len()),
        };
        let report = Box::new(Report { session: self.session, end, used });
        // Where nobody waits, the session comes back with the message and goes.
        drop(self.sender.blocking_send(Message::End(chunk, report)));
    }

    fn run_kept(&mut self, text: &str, values: &[Argument<'static>], pass: u64, chunk: &mut Chunk) -> End {
        let statement = match self.session.statement(text) {
            Ok(statement) => statement,
            Err(failure) => return End::Failed(failure, pass),
        };
        let (sender, enough) = (&self.sender, &self.enough);
        let run = Run { values, started: Instant::now(), pass, limit: None };
        let end = self.session.run(statement, &run, &mut |row| {
            chunk.push(row);
            let goes_on = !chunk.is_full() || {
                let full = std::mem::replace(chunk, chunk.of_this_size());
                sender.blocking_send(Message::Rows(full)).is_ok() && !enough.load(Ordering::Relaxed)
            };
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        self.session.handle().drop_snapshot();
        end
    }
}
