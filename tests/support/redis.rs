//! A real Redis for a test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use super::ports::{answers, free_port, wait_until};
use super::tools::Tool;

/// A Redis of the test's own; ends with it.
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

    /// Forgets everything, as one does that restarts without a file.
    pub fn empty(&self) {
        assert_eq!(self.ask("FLUSHALL"), "+OK");
    }

    /// The first line of the answer to a command.
    pub fn ask(&self, command: &str) -> String {
        let place = self.address.trim_start_matches("redis://").trim_end_matches('/');
        let mut redis = BufReader::new(TcpStream::connect(place).unwrap());
        redis.get_mut().write_all(format!("{command}\r\n").as_bytes()).unwrap();
        let mut line = String::new();
        redis.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Ends it early.
    pub fn stop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
