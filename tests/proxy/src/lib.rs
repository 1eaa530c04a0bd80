//! A TCP proxy on loopback for tests and benchmarks: it delays, dribbles, cuts, freezes and counts.
//!
//! ```
//! # use std::{net::TcpListener, time::Duration};
//! use orm_proxy::{Cut, Dribble, Proxy, Side};
//!
//! # let server = TcpListener::bind("127.0.0.1:0")?;
//! let url = "postgres://ada@127.0.0.1:5432/app";
//! # let url = format!("postgres://ada@{}/app", server.local_addr()?);
//! # let url = url.as_str();
//! let proxy = Proxy::for_url(url)?;
//! let through = proxy.url(url); // postgres://ada@127.0.0.1:PORT/app
//!
//! proxy.delay(Duration::from_millis(1)); // a round trip takes 1 ms longer
//! proxy.dribble(Side::Server, Dribble { bytes: 16, every: Duration::from_micros(300) });
//! proxy.cut(Cut::before_answer("COMMIT")); // the server commits, and the client never hears of it
//! proxy.freeze();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! It runs on threads of its own, so that it works in and outside of any runtime, goes on while the program's runtime is
//! busy or gone, and waits more exactly than a runtime's timers, which count milliseconds. Everything may be changed while
//! connections are open and holds for them too. Dropping the [`Proxy`] closes all of them.

mod link;
mod listener;
mod rules;

use std::io::{Error, ErrorKind, Result};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use listener::Listener;
pub use rules::{Cut, Dribble, Side};
use rules::{Pace, Shared};

/// A proxy before one server. See the [crate's documentation](crate).
pub struct Proxy {
    shared: Arc<Shared>,
    listener: Listener,
}

impl Proxy {
    /// Starts a proxy before a server, on a free port of loopback. The server need not be there yet.
    ///
    /// # Errors
    /// Where the address cannot be resolved or no port is free.
    pub fn start(server: impl ToSocketAddrs) -> Result<Proxy> {
        let address = server.to_socket_addrs()?.next();
        let server = address.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "no address of a server"))?;
        let shared = Arc::new(Shared::new(server));
        let listener = Listener::start(&shared)?;
        Ok(Proxy { shared, listener })
    }

    /// Starts a proxy before the server of a database's URL. A port that the URL leaves out is the usual one.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn for_url(url: &str) -> Result<Proxy> {
        let (scheme, [_, host, _]) = parts(url);
        let usual = if scheme.starts_with("postgres") { 5432 } else { 3306 };
        if host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            Proxy::start(host)
        } else {
            Proxy::start((host, usual))
        }
    }

    /// Where the proxy listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The URL with the proxy in place of its server.
    pub fn url(&self, url: &str) -> String {
        let (_, [before, _, after]) = parts(url);
        format!("{before}{}{after}", self.address())
    }

    /// Makes a round trip this much longer: half of it in each direction. The number of bytes that can be under way is not
    /// limited by it. The wait is exact to some 50 µs.
    pub fn delay(&self, round_trip: Duration) {
        self.shared.set(|rules| rules.one_way = round_trip / 2);
    }

    /// Hands on what this side sends in small pieces, with a pause after each.
    pub fn dribble(&self, from: Side, dribble: Dribble) {
        self.shared.set(|rules| *rules.pace.of(from) = Pace::Dribble(dribble));
    }

    /// Hands on what this side sends in pieces of at most so many bytes, and each only after a [`step`](Self::step).
    pub fn hold(&self, from: Side, bytes: usize) {
        self.shared.set(|rules| {
            *rules.pace.of(from) = Pace::Steps(bytes);
            *rules.steps.of(from) = 0;
        });
    }

    /// Lets one piece more pass, of whichever connection has one first, of what [`hold`](Self::hold) holds back.
    pub fn step(&self, from: Side) {
        self.shared.set(|rules| *rules.steps.of(from) += 1);
    }

    /// Hands on everything at once again.
    pub fn flow(&self) {
        self.shared.set(|rules| rules.pace = Default::default());
    }

    /// Cuts the next connection that comes to the given place, once; [`cuts`](Self::cuts) tells whether it did. Replaces an
    /// earlier one that has not come to pass.
    pub fn cut(&self, cut: Cut) {
        self.shared.set(|rules| rules.arm(cut));
    }

    /// Takes back a [`cut`](Self::cut) that has not come to pass.
    pub fn disarm(&self) {
        self.shared.set(|rules| rules.cut = None);
    }

    /// Connections are still accepted, and nothing is handed on, not even that a side has closed.
    pub fn freeze(&self) {
        self.shared.set(|rules| rules.frozen = u64::MAX);
    }

    /// Freezes the connections that are open, and none that is made later.
    pub fn freeze_open(&self) {
        let accepted = self.accepted_connections();
        self.shared.set(|rules| rules.frozen = accepted);
    }

    /// Hands on what was held back by [`freeze`](Self::freeze).
    pub fn thaw(&self) {
        self.shared.set(|rules| rules.frozen = 0);
    }

    /// New connections are refused, as if nobody listened. Those that are open stay so.
    pub fn refuse(&self) {
        self.listener.close();
    }

    /// Takes new connections again, after [`refuse`](Self::refuse), on the same port.
    ///
    /// # Errors
    /// Where another program has taken the port meanwhile.
    pub fn accept(&self) -> Result<()> {
        self.listener.open(&self.shared)
    }

    /// Closes all connections that are open, on both sides.
    pub fn kill_all(&self) {
        self.shared.kill_all();
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.shared.open_links()
    }

    /// How many connections were accepted so far.
    pub fn accepted_connections(&self) -> u64 {
        self.shared.accepted.load(Relaxed)
    }

    /// How often a server has answered so far: what it sends after the client has sent something counts one, however many
    /// messages it is.
    pub fn round_trips(&self) -> u64 {
        self.shared.round_trips.load(Relaxed)
    }

    /// How many connections were cut so far because of [`cut`](Self::cut).
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.close();
        self.shared.set(|rules| rules.stopped = true);
        self.shared.kill_all();
    }
}

/// The scheme; and what stands before the host and port, these, and what stands after them.
fn parts(url: &str) -> (&str, [&str; 3]) {
    let scheme = url.find("://").unwrap_or(0);
    let authority = if scheme == 0 { 0 } else { scheme + 3 };
    let end = url[authority..].find(['/', '?']).map_or(url.len(), |at| authority + at);
    let host = url[authority..end].rfind('@').map_or(authority, |at| authority + at + 1);
    (&url[..scheme], [&url[..host], &url[host..end], &url[end..]])
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn urls_are_taken_apart() {
        for (url, expected) in [
            ("postgres://a:b@h:1/d?x=y@z", ("postgres", ["postgres://a:b@", "h:1", "/d?x=y@z"])),
            ("mysql://h/d", ("mysql", ["mysql://", "h", "/d"])),
            ("mysql://h?x", ("mysql", ["mysql://", "h", "?x"])),
            ("h:1", ("", ["", "h:1", ""])),
        ] {
            assert_eq!(parts(url), expected, "{url}");
        }
    }
}
