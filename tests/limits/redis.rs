//! A real Redis for a test.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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
    /// Starts one; none says that the test cannot run here.
    pub fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
        let started = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            assert!(
                std::env::var_os("TF_ACC").is_none(),
                "TF_ACC is set, but redis-server is not on the PATH"
            );
            println!("redis-server is not on the PATH: skipped");
            return None;
        };
        let redis = Self { child, address: format!("redis://127.0.0.1:{port}/"), _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
            assert!(Instant::now() < deadline, "the Redis does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        Some(redis)
    }

    /// Ends it early.
    pub fn stop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
