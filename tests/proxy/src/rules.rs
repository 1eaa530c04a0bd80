//! What the proxy does with the bytes, shared by all of its threads.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::link::Link;

/// A side of a connection: who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What the client sends to the server.
    Client,
    /// What the server sends to the client.
    Server,
}

/// Small pieces, with a pause after each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dribble {
    /// The size of a piece in bytes, at least 1.
    pub bytes: usize,
    /// The time from one piece to the next.
    pub every: Duration,
}

/// How a side's bytes go on.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Pace {
    #[default]
    Free,
    Dribble(Dribble),
    /// Pieces of so many bytes, one for each step.
    Steps(usize),
}

/// Where a connection is cut: closed on both sides at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut(pub(crate) Place);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Bytes { from: Side, count: u64 },
    Before(Vec<u8>),
    BeforeAnswer(Vec<u8>),
}

impl Cut {
    /// Once this many bytes from one side were handed on, counted for each connection from now on.
    pub fn after(from: Side, bytes: u64) -> Self {
        Cut(Place::Bytes { from, count: bytes })
    }

    /// When the client sends this: nothing of it, or at most a part, comes to the server.
    pub fn before(pattern: impl Into<Vec<u8>>) -> Self {
        Cut(Place::Before(pattern.into()))
    }

    /// When the client has sent this: the server gets it, and its answer does not come to the client.
    pub fn before_answer(pattern: impl Into<Vec<u8>>) -> Self {
        Cut(Place::BeforeAnswer(pattern.into()))
    }
}

/// One value for each side.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Both<T> {
    client: T,
    server: T,
}

impl<T> Both<T> {
    pub(crate) fn of(&mut self, from: Side) -> &mut T {
        match from {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// A cut that is to come, with a number that no other has.
#[derive(Debug, Clone)]
pub(crate) struct Armed {
    pub(crate) id: u64,
    pub(crate) place: Place,
}

#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) one_way: Duration,
    pub(crate) pace: Both<Pace>,
    /// Pieces that may still go where the pace is [`Pace::Steps`].
    pub(crate) steps: Both<u64>,
    pub(crate) cut: Option<Armed>,
    /// Connections with a lower number are frozen.
    pub(crate) frozen: u64,
    pub(crate) stopped: bool,
    armed: u64,
}

impl Rules {
    pub(crate) fn arm(&mut self, cut: Cut) {
        self.armed += 1;
        self.cut = Some(Armed { id: self.armed, place: cut.0 });
    }

    fn waits_for_step(&mut self, from: Side) -> bool {
        matches!(self.pace.of(from), Pace::Steps(_)) && *self.steps.of(from) == 0
    }
}

pub(crate) struct Shared {
    pub(crate) server: SocketAddr,
    pub(crate) accepted: AtomicU64,
    pub(crate) round_trips: AtomicU64,
    pub(crate) cuts: AtomicU64,
    rules: Mutex<Rules>,
    changed: Condvar,
    links: Mutex<Vec<Arc<Link>>>,
}

impl Shared {
    pub(crate) fn new(server: SocketAddr) -> Self {
        Shared {
            server,
            accepted: AtomicU64::new(0),
            round_trips: AtomicU64::new(0),
            cuts: AtomicU64::new(0),
            rules: Mutex::default(),
            changed: Condvar::new(),
            links: Mutex::default(),
        }
    }

    pub(crate) fn rules(&self) -> MutexGuard<'_, Rules> {
        lock(&self.rules)
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Rules)) {
        change(&mut self.rules());
        self.changed.notify_all();
    }

    /// Waits until nothing is frozen. A link that was closed does not wait.
    pub(crate) fn thawed(&self, link: &Link) -> MutexGuard<'_, Rules> {
        self.wait_while(link, |rules| link.number < rules.frozen)
    }

    /// Waits until this side may send a piece of so many bytes, and tells how many of them, how long the next one must wait,
    /// and which cut is to come.
    pub(crate) fn next_piece(
        &self,
        link: &Link,
        from: Side,
        length: usize,
    ) -> (usize, Duration, Option<Armed>) {
        let mut rules =
            self.wait_while(link, |rules| link.number < rules.frozen || rules.waits_for_step(from));
        let (bytes, every) = match *rules.pace.of(from) {
            Pace::Free => (length, Duration::ZERO),
            Pace::Dribble(Dribble { bytes, every }) => (bytes, every),
            Pace::Steps(bytes) => {
                let steps = rules.steps.of(from);
                *steps = steps.saturating_sub(1);
                (bytes, Duration::ZERO)
            }
        };
        (bytes.clamp(1, length.max(1)), every, rules.cut.clone())
    }

    fn wait_while(&self, link: &Link, waits: impl Fn(&mut Rules) -> bool) -> MutexGuard<'_, Rules> {
        let wait = |rules: &mut Rules| !rules.stopped && !link.is_closed() && waits(rules);
        self.changed.wait_while(self.rules(), wait).unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Takes a new connection in, unless the proxy has stopped meanwhile.
    pub(crate) fn add(&self, link: &Arc<Link>) -> bool {
        let mut links = lock(&self.links);
        let stopped = self.rules().stopped;
        if !stopped {
            links.push(Arc::clone(link));
        }
        !stopped
    }

    pub(crate) fn remove(&self, link: &Arc<Link>) {
        lock(&self.links).retain(|other| !Arc::ptr_eq(other, link));
    }

    pub(crate) fn open_links(&self) -> usize {
        lock(&self.links).iter().filter(|link| !link.is_closed()).count()
    }

    pub(crate) fn kill_all(&self) {
        for link in lock(&self.links).iter() {
            link.close();
        }
        // Under the lock, so that no thread is between its look at the link and its wait.
        drop(self.rules());
        self.changed.notify_all();
    }

    /// Closes the link for the cut of this number, unless another link was faster.
    pub(crate) fn cut(&self, link: &Link, id: u64) {
        let mut rules = self.rules();
        if rules.cut.as_ref().is_some_and(|armed| armed.id == id) {
            rules.cut = None;
            self.cuts.fetch_add(1, Relaxed);
            link.close();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
