//! A real Redis for a test.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::ports::{answers, free_port, wait_until};
use super::tools::Tool;

/// A Redis for one test; it ends with this value.
pub struct Redis {
    child: Child,
    pub address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Redis {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let child = Command::new(Tool::Redis.path())
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let address = format!("redis://127.0.0.1:{port}/");
        let redis = Self { child: child.unwrap(), address, _folder: folder };
        wait_until("the Redis listens", || answers(port));
        redis
    }

    /// Makes it forget everything, like a Redis that restarts without a file.
    pub fn empty(&self) {
        assert_eq!(self.ask("FLUSHALL"), "+OK");
    }

    fn place(&self) -> &str {
        self.address.trim_start_matches("redis://").trim_end_matches('/')
    }

    /// Starts a proxy in front of it that loses the answer to one command: the `at`th that contains
    /// `command`. Returns the proxy's address, and whether the answer has been lost.
    pub fn losing_an_answer(&self, command: &'static [u8], at: usize) -> (String, Arc<AtomicBool>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("redis://{}/", listener.local_addr().unwrap());
        let (place, seen) = (self.place().to_owned(), Arc::new(AtomicUsize::new(0)));
        let is_lost = Arc::new(AtomicBool::new(false));
        let lost = Arc::clone(&is_lost);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, redis) = (client.unwrap(), TcpStream::connect(&place).unwrap());
                let (mut answers, mut back) = (redis.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || io::copy(&mut answers, &mut back));
                let (seen, lost) = (Arc::clone(&seen), Arc::clone(&lost));
                let is_it = move |sent: &[u8]| {
                    let found = sent.windows(command.len()).filter(|part| *part == command).count();
                    let before = seen.fetch_add(found, Ordering::SeqCst);
                    let is_it = before < at && before + found >= at;
                    lost.fetch_or(is_it, Ordering::SeqCst);
                    is_it
                };
                std::thread::spawn(move || forward(client, redis, is_it));
            }
        });
        (address, is_lost)
    }

    /// Returns the first line of the answer to a command.
    pub fn ask(&self, command: &str) -> String {
        let mut redis = BufReader::new(TcpStream::connect(self.place()).unwrap());
        redis.get_mut().write_all(format!("{command}\r\n").as_bytes()).unwrap();
        let mut line = String::new();
        redis.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Stops it early.
    pub fn stop(&mut self) {
        // It may already have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Forwards what a client sends. If the answer is to be lost, the client is disconnected before it arrives.
fn forward(mut client: TcpStream, mut redis: TcpStream, loses_answer: impl Fn(&[u8]) -> bool) {
    let mut bytes = [0; 8 << 10];
    while let Ok(length @ 1..) = client.read(&mut bytes) {
        if loses_answer(&bytes[..length]) {
            let _ = client.shutdown(Shutdown::Both);
        }
        let _ = redis.write_all(&bytes[..length]);
    }
}
