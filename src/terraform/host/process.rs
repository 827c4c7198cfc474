//! Runs a plugin as a child process.

use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::terraform::host::{Error, HandshakeLine, Host};

/// How long Terraform waits for the handshake of a plugin.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a killed plugin may keep its standard error open.
const END_TIMEOUT: Duration = Duration::from_secs(1);
/// The maximum number of bytes of standard error that an error quotes.
const MOST_TOLD: u64 = 16 << 10;

/// A running plugin, and the folder of its socket. The plugin is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    /// The handshake line.
    pub line: HandshakeLine,
    /// Its standard input, if `command` pipes it.
    pub stdin: Option<ChildStdin>,
    /// The process.
    pub child: Child,
    /// What it writes to standard output after the handshake.
    pub stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Process {
    /// Starts a program as `host` does, and waits at most a minute for its handshake.
    pub async fn start(host: &Host, mut command: Command) -> Result<Self, Error> {
        let folder = TempDir::new()?;
        command
            .envs(host.variables())
            .env("PLUGIN_UNIX_SOCKET_DIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let stderr = tokio::spawn(beginning(child.stderr.take()));
        let mut stdout = BufReader::new(child.stdout.take().ok_or_else(|| no_handshake("", ""))?);
        let mut line = String::new();
        // If no complete line arrives in time, parsing fails.
        if let Ok(read) = timeout(START_TIMEOUT, stdout.read_line(&mut line)).await {
            read?;
        }
        if let Ok(line) = HandshakeLine::parse(line.strip_suffix('\n').unwrap_or_default()) {
            return Ok(Self { stdin: child.stdin.take(), child, stdout, line, _folder: folder });
        }
        // The process may already have ended by itself.
        let _ = child.start_kill();
        let stderr = timeout(END_TIMEOUT, stderr).await;
        Err(no_handshake(line.trim_end(), &stderr.ok().and_then(Result::ok).unwrap_or_default()))
    }
}

fn no_handshake(line: &str, stderr: &str) -> Error {
    Error::Handshake { line: line.to_owned(), stderr: stderr.to_owned() }
}

/// Returns the beginning of an output but reads it to its end, so that the writer never blocks.
async fn beginning(output: Option<impl AsyncRead + Unpin>) -> String {
    let (Some(mut output), mut told) = (output, Vec::new()) else { return String::new() };
    // A read error ends the output.
    if (&mut output).take(MOST_TOLD).read_to_end(&mut told).await.is_ok() {
        let _ = tokio::io::copy(&mut output, &mut tokio::io::sink()).await;
    }
    String::from_utf8_lossy(&told).into_owned()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use tokio::process::Command;

    use super::{MOST_TOLD, Process, beginning};
    use crate::terraform::host::Host;

    async fn refused(script: &str) -> String {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Process::start(&Host::new().unwrap(), command).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn a_failed_start_is_told_with_its_reason() {
        assert_eq!(
            refused("echo the clock is wrong >&2; exit 1").await,
            "the plugin wrote no handshake; on standard error it said:\nthe clock is wrong"
        );
        assert_eq!(refused("echo hello").await, "the plugin wrote no handshake, but \"hello\"");
    }

    /// The runtime's paused clock skips the minute.
    #[tokio::test(start_paused = true)]
    async fn a_silent_plugin_is_not_waited_for_without_an_end() {
        assert_eq!(refused("exec sleep 1000").await, "the plugin wrote no handshake");
    }

    #[tokio::test]
    async fn a_long_output_is_read_to_its_end_and_told_in_part() {
        let mut child = Command::new("head");
        child.args(["-c", "1000000", "/dev/zero"]).stdout(std::process::Stdio::piped());
        let mut child = child.spawn().unwrap();
        assert_eq!(beginning(child.stdout.take()).await.len() as u64, MOST_TOLD);
        assert!(child.wait().await.unwrap().success(), "it could write everything");
    }
}
