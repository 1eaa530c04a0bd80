//! Takes connections in, and refuses them while it is closed.

use std::io::Result;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::link;
use crate::rules::Shared;

pub(crate) struct Listener {
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

/// The thread that owns the socket, and the word for it to stop.
struct Running {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Listener {
    pub(crate) fn start(shared: &Arc<Shared>) -> Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = socket.local_addr()?;
        Ok(Listener { address, running: Mutex::new(Some(run(socket, shared))) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn open(&self, shared: &Arc<Shared>) -> Result<()> {
        let mut running = self.running.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if running.is_none() {
            *running = Some(run(TcpListener::bind(self.address)?, shared));
        }
        Ok(())
    }

    /// Closes the socket; when this returns, connections are refused.
    pub(crate) fn close(&self) {
        let mut running = self.running.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(Running { stop, thread }) = running.take() {
            stop.store(true, SeqCst);
            // The thread sleeps until somebody connects.
            drop(TcpStream::connect(self.address));
            let _ = thread.join();
        }
    }
}

fn run(socket: TcpListener, shared: &Arc<Shared>) -> Running {
    let stop = Arc::new(AtomicBool::new(false));
    let (told, shared) = (Arc::clone(&stop), Arc::clone(shared));
    let thread = std::thread::spawn(move || {
        for client in socket.incoming() {
            if told.load(SeqCst) {
                break;
            }
            if let Ok(client) = client {
                link::start(client, &shared);
            }
        }
    });
    Running { stop, thread }
}
