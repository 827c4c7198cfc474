//! The sandbox behind a port: who may speak to it, how long they may take, what a kill leaves.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use stripe_provider::sandbox::{Sandbox, ServerOptions, serve_on};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");

/// A sandbox behind a port of this process, and what it runs on.
fn served(options: ServerOptions) -> (SocketAddr, Runtime) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(serve_on(options, listener, Sandbox::memory().unwrap(), std::future::pending()));
    (address, runtime)
}

/// What comes back on a connection of its own, until it is closed; nothing where it broke.
pub fn told(address: SocketAddr, request: &str) -> String {
    let mut answer = Vec::new();
    if let Ok(mut stream) = TcpStream::connect(address) {
        // long enough for every machine; what hangs fails
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.read_to_end(&mut answer);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

pub fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
}

pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer:?}"))
}

#[test]
fn a_link_changes_nothing_and_a_strange_page_neither() {
    let (address, _runtime) = served(ServerOptions::default());
    let key = "authorization: Bearer sk_test_port\r\n";
    let form = "amount=500&currency=usd&confirm=true&payment_method=pm_card_authenticationRequired&return_url=https://a.example";
    let length =
        format!("{key}content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n", form.len());
    let made = told(address, &(request("POST", "/v1/payment_intents", &length) + form));
    let made: serde_json::Value = serde_json::from_str(made.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let id = made["id"].as_str().unwrap();
    let page = format!("/_sandbox/payment_intents/{id}/authenticate");
    let state = || told(address, &request("GET", &format!("/v1/payment_intents/{id}"), key));
    let shown = told(address, &request("GET", &page, ""));
    assert!(shown.contains("text/html") && shown.contains("<form method=\"post\""), "{shown}");
    assert!(state().contains("\"status\":\"requires_action\""));
    let strange = request("POST", &page, "origin: https://evil.example\r\n");
    assert_eq!(status(&told(address, &strange)), 403);
    let rebound = strange.replace("host: localhost", "host: evil.example").replace("origin", "x-origin");
    assert_eq!(status(&told(address, &rebound)), 403);
    let faults = request("DELETE", "/_sandbox/faults", "origin: null\r\n");
    assert_eq!(status(&told(address, &faults)), 403);
    assert!(state().contains("\"status\":\"requires_action\""));
    let own = request("POST", &page, &format!("origin: http://{address}\r\n"));
    assert_eq!(status(&told(address, &own)), 200);
    assert!(state().contains("\"status\":\"succeeded\""));
}

#[test]
fn the_page_of_a_customer_is_at_the_address_that_was_asked() {
    let (address, _runtime) = served(ServerOptions::default());
    let form = "amount=500&currency=usd&confirm=true&payment_method=pm_card_authenticationRequired&return_url=https://a.example";
    let headers = format!(
        "authorization: Bearer sk_test_port\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
        form.len()
    );
    let made = told(address, &(request("POST", "/v1/payment_intents", &headers) + form));
    assert!(made.contains("\"url\":\"http://localhost/_sandbox/payment_intents/pi_"), "{made}");
}

#[test]
fn who_never_ends_a_request_is_cut_off() {
    let short = Duration::from_millis(100);
    let (address, _runtime) = served(ServerOptions { head: short, body: short, ..ServerOptions::default() });
    for silent in ["", "GET /v1/customers HTTP/1.1\r\nhost: loc", "PRI * HTTP/2.0\r\n"] {
        let answer = told(address, silent);
        assert!(answer.is_empty() || status(&answer) >= 400, "{silent:?}: {answer}");
    }
    let half = request("POST", "/v1/customers", "content-length: 100\r\n") + "name=A";
    assert_eq!(status(&told(address, &half)), 408);
}

/// A sandbox as a process of its own.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
}

impl Process {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap().parse().unwrap();
        Self { child, address }
    }

    pub fn on(file: &Path) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--data"]).arg(file);
        Self::start(command)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time of a process so far, in hundredths of a second.
#[cfg(target_os = "linux")]
fn spent(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_without_free_files_waits_and_does_not_spin() {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 24; exec \"$0\" sandbox --listen 127.0.0.1:0", PROGRAM]);
    let process = Process::start(command);
    let held: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(process.address).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(300));
    let before = spent(process.child.id());
    std::thread::sleep(Duration::from_secs(1));
    let took = spent(process.child.id()) - before;
    assert!(took < 20, "it used {took} hundredths of a second in one");
    drop(held);
    let key = "authorization: Bearer sk_test_port\r\n";
    assert_eq!(status(&told(process.address, &request("GET", "/v1/customers", key))), 200);
}

/// Makes customers one after the other until the sandbox does not answer; each that was
/// acknowledged is sent on.
fn make(address: SocketAddr, acknowledged: &Sender<String>) {
    loop {
        let headers = "authorization: Bearer sk_test_port\r\ncontent-length: 0\r\n";
        let answer = told(address, &request("POST", "/v1/customers", headers));
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let Ok(made) = serde_json::from_str::<serde_json::Value>(body) else { return };
        let Some(id) = made["id"].as_str() else { panic!("{answer}") };
        if acknowledged.send(id.to_owned()).is_err() {
            return;
        }
    }
}

const PROCESSES: usize = 4;
const KILLS: usize = 20;

#[test]
fn four_processes_on_one_file_lose_nothing_that_they_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let (sender, receiver) = channel();
    let mut writers = Vec::new();
    let mut start = |sender: Sender<String>| {
        let process = Process::on(&file);
        let address = process.address;
        writers.push(std::thread::spawn(move || make(address, &sender)));
        process
    };
    let mut processes: Vec<Process> = (0..PROCESSES).map(|_| start(sender.clone())).collect();
    let mut acknowledged = Vec::new();
    for kill in 0..KILLS {
        // each kill comes at another moment of some call
        acknowledged.extend(receiver.iter().take(5 + kill % 7));
        processes.remove(kill % PROCESSES);
        processes.insert(kill % PROCESSES, start(sender.clone()));
    }
    drop(processes);
    drop(sender);
    acknowledged.extend(receiver.iter());
    for writer in writers {
        writer.join().unwrap();
    }
    let file = rusqlite::Connection::open(&file).unwrap();
    let mut all = file.prepare("SELECT id FROM objects WHERE object = 'customer'").unwrap();
    let kept: BTreeSet<String> = all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !kept.contains(*id)).collect();
    println!("{} acknowledged, {} kept, {} lost", acknowledged.len(), kept.len(), lost.len());
    assert!(acknowledged.len() > KILLS * 5);
    assert!(lost.is_empty(), "{lost:?}");
    let whole: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
}
