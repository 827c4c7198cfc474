//! A real squid for a test: a port without authentication, a port with passwords, and the same two with TLS.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::authority::Certificate;
use super::ports::{TIMEOUT, answers, free_port};
use super::tools::Tool;

pub const USER: &str = "svc";
const REALM: &str = "sandbox";
/// A password with unusual characters, which are allowed.
pub const PASSWORD: &str = "p ass:w örd";

/// A squid for one test; it ends with this value.
pub struct Squid {
    child: Child,
    /// Asks for no authentication.
    pub open: u16,
    /// Requires user and password, basic or digest.
    pub closed: u16,
    /// The same two ports behind TLS.
    pub open_tls: u16,
    pub closed_tls: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Squid {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Squid {
    /// Starts a squid with this certificate.
    pub fn start(certificate: &Certificate) -> Self {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let mut squid = Self::attempt(certificate);
            if squid.is_up(deadline) {
                return squid;
            }
            // Somebody else has taken a port since it was found to be free.
            assert!(Instant::now() < deadline, "squid does not start");
        }
    }

    fn attempt(certificate: &Certificate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = [(); 4].map(|()| free_port());
        write_files(folder.path(), certificate, ports);
        let mut command = Command::new(Tool::Squid.path());
        command.args(["-N", "-f"]).arg(folder.path().join("squid.conf"));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let [open, closed, open_tls, closed_tls] = ports;
        Self { child, open, closed, open_tls, closed_tls, _folder: folder }
    }

    /// Waits until it listens; returns false if it ended instead.
    fn is_up(&mut self, deadline: Instant) -> bool {
        for port in [self.open, self.closed, self.open_tls, self.closed_tls] {
            while !answers(port) {
                if self.child.try_wait().unwrap().is_some() || Instant::now() > deadline {
                    return false;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        self.child.try_wait().unwrap().is_none()
    }
}

fn write_files(folder: &Path, certificate: &Certificate, [open, closed, open_tls, closed_tls]: [u16; 4]) {
    // Squid drops its privileges when root starts it.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    fs::write(folder.join("cert.pem"), &certificate.certificate).unwrap();
    fs::write(folder.join("key.pem"), &certificate.key).unwrap();
    fs::write(folder.join("digest"), format!("{USER}:{REALM}:{}\n", digested())).unwrap();
    fs::write(folder.join("basic"), format!("{USER}:{}\n", hashed(PASSWORD))).unwrap();
    let at = folder.display();
    let helpers = "/usr/lib/squid";
    let tls = format!("tls-cert={at}/cert.pem tls-key={at}/key.pem");
    let config = format!(
        "http_port 127.0.0.1:{open} name=open
http_port 127.0.0.1:{closed} name=closed
https_port 127.0.0.1:{open_tls} name=open_tls {tls}
https_port 127.0.0.1:{closed_tls} name=closed_tls {tls}
auth_param digest program {helpers}/digest_file_auth -c {at}/digest
auth_param digest realm {REALM}
auth_param basic program {helpers}/basic_ncsa_auth {at}/basic
auth_param basic realm {REALM}
acl open myportname open open_tls
acl known proxy_auth REQUIRED
http_access allow open
http_access allow known
http_access deny all
cache deny all
pid_filename none
access_log none
cache_log {at}/cache.log
coredump_dir {at}
shutdown_lifetime 0 seconds
visible_hostname sandbox
"
    );
    fs::write(folder.join("squid.conf"), config).unwrap();
}

/// User, realm and password in the form of `digest_file_auth`.
fn digested() -> String {
    let mut command = Command::new("openssl");
    let mut child = command.args(["md5", "-r"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{USER}:{REALM}:{PASSWORD}").as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    output.split_whitespace().next().unwrap().to_owned()
}

/// A password in the form of `basic_ncsa_auth`.
fn hashed(password: &str) -> String {
    let output = Command::new("openssl").args(["passwd", "-apr1", password]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
