//! Ports on this machine, and waiting for something to happen.

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(90);

/// Returns a port on which nobody listens. Somebody else may take it before it is used.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Whether somebody listens on a port.
pub fn answers(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Waits until something has happened; fails if it does not.
#[track_caller]
pub fn wait_until(what: &str, mut happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + TIMEOUT;
    while !happened() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
