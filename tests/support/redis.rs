//! A real Redis for a test.

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

    /// Ends it early.
    pub fn stop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
