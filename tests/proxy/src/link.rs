//! One connection through the proxy: two sockets, and for each direction a thread that reads and one that writes. What was
//! read waits between them until it is due.

use std::io::{Read, Result, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::rules::{Armed, Place, Shared, Side};

/// How much is read at once, in bytes.
const READ: usize = 64 * 1024;

/// How many reads may be under way in one direction: enough for a gigabyte a second at long delays, and few enough that a
/// side that does not read is felt by the other.
const UNDER_WAY: usize = 4096;

/// What a sleep takes longer than it was asked for, on Linux.
const TIMER_SLACK: Duration = Duration::from_micros(50);

/// No cut is waiting for an answer.
const NONE: u64 = 0;

pub(crate) struct Link {
    /// Those that came later have higher ones.
    pub(crate) number: u64,
    client: TcpStream,
    server: TcpStream,
    closed: AtomicBool,
    /// The client has sent something since the server last did.
    asked: AtomicBool,
    /// The number of the cut that comes to pass at the server's next answer.
    cut_at_answer: AtomicU64,
}

/// What was read at once, and when it is to be handed on.
struct Chunk {
    bytes: Vec<u8>,
    due: Instant,
}

/// Connects to the server and hands on until both sides have closed, on threads of its own.
pub(crate) fn start(client: TcpStream, shared: &Arc<Shared>) {
    let number = shared.accepted.fetch_add(1, Relaxed);
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        // Where the server is not there, the client sees its connection closed.
        let Ok(link) = Link::connect(number, client, &shared).map(Arc::new) else { return };
        if shared.add(&link) {
            link.run(&shared);
            shared.remove(&link);
        }
    });
}

impl Link {
    fn connect(number: u64, client: TcpStream, shared: &Shared) -> Result<Self> {
        let server = TcpStream::connect(shared.server)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        Ok(Link {
            number,
            client,
            server,
            closed: AtomicBool::new(false),
            asked: AtomicBool::new(false),
            cut_at_answer: AtomicU64::new(NONE),
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    pub(crate) fn close(&self) {
        self.closed.store(true, SeqCst);
        // A side that has closed already is no reason to spare the other.
        let _ = self.client.shutdown(Shutdown::Both);
        let _ = self.server.shutdown(Shutdown::Both);
    }

    fn run(&self, shared: &Shared) {
        std::thread::scope(|scope| {
            for from in [Side::Client, Side::Server] {
                let (sender, receiver) = sync_channel(UNDER_WAY);
                scope.spawn(move || self.read(from, shared, &sender));
                scope.spawn(move || self.write(from, shared, receiver));
            }
        });
        self.close();
    }

    /// The socket that is read, and the one that is written to.
    fn sockets(&self, from: Side) -> (&TcpStream, &TcpStream) {
        match from {
            Side::Client => (&self.client, &self.server),
            Side::Server => (&self.server, &self.client),
        }
    }

    fn read(&self, from: Side, shared: &Shared, queue: &SyncSender<Chunk>) {
        let (mut socket, _) = self.sockets(from);
        let mut buffer = vec![0; READ];
        while let Ok(length @ 1..) = socket.read(&mut buffer) {
            self.count(from, shared);
            let due = Instant::now() + shared.rules().one_way;
            let bytes = buffer.get(..length).unwrap_or_default().to_vec();
            if queue.send(Chunk { bytes, due }).is_err() {
                break;
            }
        }
    }

    fn count(&self, from: Side, shared: &Shared) {
        match from {
            Side::Client => self.asked.store(true, SeqCst),
            Side::Server if self.asked.swap(false, SeqCst) => {
                shared.round_trips.fetch_add(1, Relaxed);
            }
            Side::Server => {}
        }
    }

    fn write(&self, from: Side, shared: &Shared, queue: Receiver<Chunk>) {
        let mut progress = Progress::default();
        for chunk in queue {
            sleep_until(chunk.due);
            if self.hand_on(from, shared, &chunk.bytes, &mut progress).is_err() {
                // As without a proxy: who sends to a side that is gone is told so.
                self.close();
                return;
            }
        }
        drop(shared.thawed(self));
        let _ = self.sockets(from).1.shutdown(Shutdown::Write);
    }

    fn hand_on(&self, from: Side, shared: &Shared, mut rest: &[u8], progress: &mut Progress) -> Result<()> {
        let (_, mut socket) = self.sockets(from);
        while !rest.is_empty() {
            sleep_until(progress.next);
            let (length, every, armed) = shared.next_piece(self, from, rest.len());
            let (piece, later) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            let allowed = progress.allowed(self, from, armed.as_ref(), piece);
            socket.write_all(piece.get(..allowed.unwrap_or(length)).unwrap_or_default())?;
            if let (Some(_), Some(armed)) = (allowed, armed) {
                shared.cut(self, armed.id);
            }
            progress.next = Instant::now() + every;
            rest = later;
        }
        Ok(())
    }
}

/// How far one direction of a link has come.
struct Progress {
    /// When the next piece may go.
    next: Instant,
    /// The cut that the rest is about.
    armed: u64,
    /// Bytes handed on since then.
    bytes: u64,
    /// The last of them: enough to find a pattern that comes in pieces.
    tail: Vec<u8>,
}

impl Default for Progress {
    fn default() -> Self {
        Progress { next: Instant::now(), armed: NONE, bytes: 0, tail: Vec::new() }
    }
}

impl Progress {
    /// How much of the piece may be handed on before the link is cut, where it is.
    fn allowed(&mut self, link: &Link, from: Side, armed: Option<&Armed>, piece: &[u8]) -> Option<usize> {
        let armed = armed?;
        if armed.id != self.armed {
            *self = Progress { next: self.next, armed: armed.id, ..Progress::default() };
        }
        match (&armed.place, from) {
            (Place::Bytes { from: side, count }, _) if *side == from => {
                let left = usize::try_from(count.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
                self.bytes += piece.len() as u64;
                (left <= piece.len()).then_some(left)
            }
            (Place::Before(pattern), Side::Client) => self.find(pattern, piece),
            (Place::BeforeAnswer(pattern), Side::Client) => {
                if self.find(pattern, piece).is_some() {
                    link.cut_at_answer.store(armed.id, SeqCst);
                }
                None
            }
            (Place::BeforeAnswer(_), Side::Server) => {
                (link.cut_at_answer.load(SeqCst) == armed.id).then_some(0)
            }
            _ => None,
        }
    }

    /// Where in the piece the pattern starts, or 0 where it started before.
    fn find(&mut self, pattern: &[u8], piece: &[u8]) -> Option<usize> {
        let before = self.tail.len();
        self.tail.extend_from_slice(piece);
        let found = self.tail.windows(pattern.len().max(1)).position(|window| window == pattern);
        let kept = self.tail.len().saturating_sub(pattern.len().saturating_sub(1));
        self.tail.drain(..kept);
        found.map(|at| at.saturating_sub(before))
    }
}

fn sleep_until(due: Instant) {
    let left = due.saturating_duration_since(Instant::now());
    if left > TIMER_SLACK {
        std::thread::sleep(left - TIMER_SLACK);
    }
}
