//! A plugin as a child process, from its handshake to its end.

use std::collections::HashMap;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::host::{Host, Line, soon};

/// A program, started by a host that set `variables`, in a world of its own.
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

/// A running plugin and the folder of its socket.
pub struct Running {
    pub line: Line,
    pub stdin: Option<ChildStdin>,
    child: Child,
    stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Running {
    pub async fn start(host: &Host, mut command: Command) -> Self {
        let folder = TempDir::new().unwrap();
        command.envs(host.variables()).env("PLUGIN_UNIX_SOCKET_DIR", folder.path()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        soon(stdout.read_line(&mut line)).await.unwrap();
        let line = Line::parse(line.strip_suffix('\n').expect("a whole line"));
        Self { stdin: child.stdin.take(), child, stdout, line, _folder: folder }
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// What else it wrote to standard output, once nobody can write to it any more.
    async fn rest(&mut self) -> String {
        let mut rest = String::new();
        soon(self.stdout.read_to_string(&mut rest)).await.unwrap();
        rest
    }

    /// The end, with nothing left behind.
    pub async fn ended(&mut self) -> ExitStatus {
        assert_eq!(self.rest().await, "");
        assert!(!Path::new(&self.line.address).exists(), "the socket is left behind");
        soon(self.child.wait()).await.unwrap()
    }
}
