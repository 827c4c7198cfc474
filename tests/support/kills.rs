//! The ways in which a run can end prematurely, and what its user does then.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::json;

use super::harness::note;
use super::ports::wait_until;
use super::signals::signal;
use super::workdir::Workdir;

/// How a run ends prematurely.
#[derive(Debug, Clone, Copy)]
pub enum End {
    /// `kill -9` of the provider.
    Provider,
    /// `kill -9` of terraform.
    Terraform,
    /// `kill -9` of both.
    Both,
    /// Ctrl-C: terraform finishes what it has begun.
    Interrupt,
    /// Ctrl-C twice: terraform leaves at once, without waiting for its provider.
    Interrupts,
    /// Like `Interrupts`, but the provider only hears that it should end: no terminal sends it the Ctrl-C as
    /// well.
    Impatient,
}

/// How many rounds of kills there are; `ROUNDS=20` in the environment asks for more.
pub fn rounds() -> usize {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(2)
}

/// Starts a run in its own process group.
pub fn start(workdir: &Workdir, command: &str) -> Child {
    spawn(workdir.command(&[command, "-auto-approve", "-no-color", "-parallelism=10"]))
}

/// Starts a command in its own process group.
pub fn spawn(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn().unwrap()
}

/// Delays each call of a method by half a second, so that a run is not over when its kill comes, however busy
/// the machine is.
pub fn hold_back(workdir: &Workdir, method: &str) {
    workdir.script(method, "/v1/", 1000, &json!({ "delay": 500 }));
}

/// Ends a run and waits until nothing of it is left.
pub fn kill(mut run: Child, end: End) {
    let (terraform, provider) = (i64::from(run.id()), provider_of(run.id()));
    match end {
        End::Provider => signal("KILL", &[provider.into()]),
        End::Terraform => signal("KILL", &[terraform]),
        End::Both => signal("KILL", &[terraform, provider.into()]),
        End::Interrupt => signal("INT", &[-terraform]),
        End::Impatient => {
            signal("INT", &[terraform]);
            std::thread::sleep(Duration::from_millis(200));
            signal("INT", &[terraform]);
        }
        End::Interrupts => {
            signal("INT", &[-terraform]);
            std::thread::sleep(Duration::from_millis(30));
            signal("INT", &[-terraform]);
        }
    }
    run.wait().unwrap();
    wait_until("the provider ends", || !is_alive(provider));
}

/// Does what the user of a killed terraform does: removes its lock and, if terraform was killed while it was
/// writing its state (which it does in place, so half of it is lost), restores the backup. Stripe works
/// normally again.
pub fn mend(workdir: &Workdir) {
    workdir.sandbox.clear_faults();
    let _ = std::fs::remove_file(workdir.path(".terraform.tfstate.lock.info"));
    let state = workdir.path("terraform.tfstate");
    let text = std::fs::read(&state).unwrap_or_default();
    if serde_json::from_slice::<serde_json::Value>(&text).is_err() {
        let backup = std::fs::read(workdir.path("terraform.tfstate.backup"));
        note(format_args!(
            "terraform was killed while it wrote its state; a backup is there: {}",
            backup.is_ok()
        ));
        let _ = std::fs::remove_file(&state);
        // If there is no backup, there was no state before.
        let _ = backup.map(|backup| std::fs::write(&state, backup).unwrap());
    }
}

/// Returns the provider process that serves the apply of a terraform process: the youngest one.
#[track_caller]
fn provider_of(terraform: u32) -> u32 {
    providers_of(terraform).into_iter().max().expect("terraform has a provider process")
}

/// Returns the provider processes below a terraform process.
pub fn providers_of(terraform: u32) -> Vec<u32> {
    let listing =
        std::fs::read_to_string(format!("/proc/{terraform}/task/{terraform}/children")).unwrap_or_default();
    let all_tasks = std::fs::read_dir(format!("/proc/{terraform}/task")).unwrap().flatten();
    let mut children: Vec<u32> = all_tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .chain([listing])
        .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        .collect();
    children.sort_unstable();
    children.dedup();
    children
}

fn is_alive(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}
