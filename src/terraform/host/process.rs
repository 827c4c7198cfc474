//! A plugin as a child process.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::terraform::host::{Error, Host, Line};

/// A plugin that runs, and the folder of its socket. It is killed when it is dropped.
#[derive(Debug)]
pub struct Process {
    /// What it wrote to be found.
    pub line: Line,
    /// Its standard input, where `command` pipes it.
    pub stdin: Option<ChildStdin>,
    /// The process.
    pub child: Child,
    /// What it writes after the handshake.
    pub stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Process {
    /// Starts a program as `host` does, and waits for its handshake.
    pub async fn start(host: &Host, mut command: Command) -> Result<Self, Error> {
        let folder = TempDir::new()?;
        command
            .envs(host.variables())
            .env("PLUGIN_UNIX_SOCKET_DIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| Error::Handshake(String::new()))?;
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line).await?;
        let line = Line::parse(line.strip_suffix('\n').unwrap_or_default())?;
        Ok(Self { stdin: child.stdin.take(), child, stdout, line, _folder: folder })
    }
}
