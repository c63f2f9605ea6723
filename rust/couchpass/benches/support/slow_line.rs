//! A line of a known length: a TCP proxy that takes half a round trip for whatever passes, each way.
//!
//! Threads and blocking sockets, since a runtime's timers count whole milliseconds, of which a start would collect a dozen.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// The near end of a line. Its threads end with the process.
pub struct SlowLine {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl SlowLine {
    /// A line to a server.
    pub fn to(server: SocketAddr, round_trip: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for near in listener.incoming() {
                counter.fetch_add(1, Ordering::Relaxed);
                // On loopback the client is connected at once. On this line its first byte could not leave before a
                // round trip was over.
                let open = Instant::now() + round_trip;
                let (near, far) = (near.unwrap(), TcpStream::connect(server).unwrap());
                for (from, to) in [(&near, &far), (&far, &near)] {
                    from.set_nodelay(true).unwrap();
                    carry(from.try_clone().unwrap(), to.try_clone().unwrap(), open, round_trip / 2);
                }
            }
        });
        Self { address, connections }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// Whatever is read is written after the delay. Reading goes on meanwhile: a line is long, not narrow.
fn carry(mut from: TcpStream, mut to: TcpStream, open: Instant, delay: Duration) {
    let (sender, under_way) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let due = Instant::now().max(open) + delay;
            if sender.send((due, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in under_way {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
