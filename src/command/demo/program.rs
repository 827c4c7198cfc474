//! Runs terraform or tofu as a child process and parses its machine-readable output.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value as Json;
use tokio::process::Command;

use super::{Applied, World};
use crate::command::Error;

/// A program on this machine, and the world in which it runs.
pub(super) struct Program<'w> {
    file: PathBuf,
    world: &'w World,
}

impl<'w> Program<'w> {
    /// Creates a program in this world, with its configuration.
    pub(super) fn new(file: PathBuf, world: &'w World) -> Result<Self, Error> {
        world.prepare()?;
        Ok(Self { file, world })
    }

    /// The program's name and version: `Terraform 1.11.4`.
    pub(super) async fn name(&self) -> Result<String, Error> {
        let output = self.run(&["version", "-json"]).await?;
        let version: Json = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let version = version.get("terraform_version").and_then(Json::as_str).unwrap_or_default();
        Ok(format!("{} {version}", project(&self.file)))
    }

    pub(super) async fn init(&self) -> Result<(), Error> {
        self.run(&["init", "-no-color", "-input=false"]).await.map(drop)
    }

    pub(super) async fn plan(&self) -> Result<Vec<String>, Error> {
        let output = self.run(&["plan", "-json", "-input=false"]).await?;
        let planned = messages(&output.stdout, "planned_change");
        // Data sources that are read during the apply are in the plan too.
        let changes = |message: &Json| text(message, "/change/action") != Some("read");
        let planned = planned.into_iter().filter(changes);
        let address = |message: Json| Some(text(&message, "/change/resource/addr")?.to_owned());
        Ok(planned.filter_map(address).collect())
    }

    pub(super) async fn apply(&self) -> Result<Applied, Error> {
        let output = self.run(&["apply", "-json", "-auto-approve", "-input=false"]).await?;
        let made = messages(&output.stdout, "apply_complete").into_iter().filter_map(|message| {
            let created = text(&message, "/hook/action") == Some("create");
            let pair = (text(&message, "/hook/resource/addr")?, text(&message, "/hook/id_value")?);
            created.then(|| (pair.0.to_owned(), pair.1.to_owned()))
        });
        let outputs = messages(&output.stdout, "outputs").pop().unwrap_or_default();
        let outputs = outputs.get("outputs").and_then(Json::as_object).cloned().unwrap_or_default();
        let value = |output: &Json| output.get("value").map(shown).unwrap_or_default();
        Ok(Applied {
            made: made.collect(),
            outputs: outputs.iter().map(|(name, output)| (name.clone(), value(output))).collect(),
        })
    }

    async fn run(&self, arguments: &[&str]) -> Result<Output, Error> {
        let mut command = Command::new(&self.file);
        self.world.enter(&mut command);
        command.args(arguments).env("CHECKPOINT_DISABLE", "1");
        command.env("TF_CLI_CONFIG_FILE", self.world.folder.path().join("cli.tfrc"));
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
        if output.status.success() {
            return Ok(output);
        }
        Err(failure(&self.file, arguments, &output).into())
    }
}

/// The project that the program belongs to. The one that the demo downloads has its version in its name.
fn project(file: &Path) -> &'static str {
    let is_tofu = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("tofu"));
    if is_tofu { "OpenTofu" } else { "Terraform" }
}

/// Describes a failed command: its errors if they can be parsed, or else its whole output.
fn failure(file: &Path, arguments: &[&str], output: &Output) -> String {
    let told = messages(&output.stdout, "diagnostic").into_iter().filter_map(|message| {
        let summary = text(&message, "/diagnostic/summary")?;
        Some(format!("{summary}: {}", text(&message, "/diagnostic/detail").unwrap_or_default()))
    });
    let told: Vec<String> = told.collect();
    let everything = || [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).join("");
    let told = if told.is_empty() { everything() } else { told.join("\n") };
    let name = file.file_name().unwrap_or_default().display();
    format!("{name} {} ended with {}:\n{told}", arguments.join(" "), output.status)
}

/// Returns the messages of one type in the output of `-json`, which has one message per line.
fn messages(stdout: &[u8], kind: &str) -> Vec<Json> {
    let lines = stdout.split(|byte| *byte == b'\n');
    let messages = lines.filter_map(|line| serde_json::from_slice::<Json>(line).ok());
    messages.filter(|message| text(message, "/type") == Some(kind)).collect()
}

fn text<'m>(message: &'m Json, pointer: &str) -> Option<&'m str> {
    message.pointer(pointer)?.as_str()
}

/// Formats a value like an output, with texts unquoted.
pub(super) fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::path::Path;
    use std::process::{ExitStatus, Output};

    use super::{failure, messages};

    #[test]
    fn a_failure_is_told_by_its_errors() {
        let stdout = br#"{"type":"version"}
{"type":"diagnostic","diagnostic":{"severity":"error","summary":"No","detail":"Never."}}
"#;
        assert_eq!(messages(stdout, "version").len(), 1);
        let status = ExitStatus::from_raw(256);
        let mut output = Output { status, stdout: stdout.to_vec(), stderr: Vec::new() };
        let told = failure(Path::new("/bin/tofu"), &["plan"], &output);
        assert_eq!(told, "tofu plan ended with exit status: 1:\nNo: Never.");
        output = Output { status, stdout: b"flag".to_vec(), stderr: b" -json?".to_vec() };
        assert!(failure(Path::new("tofu"), &["plan"], &output).ends_with("flag -json?"));
    }
}
