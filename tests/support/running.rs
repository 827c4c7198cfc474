//! A plugin as a child process, from its handshake to its end.

use std::collections::HashMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use stripe_provider::terraform::host::Process;
use tokio::io::AsyncReadExt as _;
use tokio::process::{ChildStdin, Command};

use super::host::{HandshakeLine, Host, soon};

/// Builds a command for a program in a clean environment, as a host that sets `variables` starts it.
pub fn command(program: &str, variables: HashMap<&'static str, String>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// A running plugin.
pub struct Running {
    pub line: HandshakeLine,
    pub stdin: Option<ChildStdin>,
    process: Process,
}

impl Running {
    pub async fn start(host: &Host, command: Command) -> Self {
        let mut process = soon(Process::start(host, command)).await.unwrap();
        Self { line: process.line.clone(), stdin: process.stdin.take(), process }
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.process.child.id().unwrap()
    }

    /// Returns what else it wrote to standard output, once nobody can write to it any more.
    async fn rest(&mut self) -> String {
        let mut rest = String::new();
        soon(self.process.stdout.read_to_string(&mut rest)).await.unwrap();
        rest
    }

    /// Waits for the end, and checks that nothing is left behind.
    pub async fn ended(&mut self) -> ExitStatus {
        assert_eq!(self.rest().await, "");
        assert!(!Path::new(&self.line.address).exists(), "the socket is left behind");
        soon(self.process.child.wait()).await.unwrap()
    }
}
