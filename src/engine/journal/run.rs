//! Determines to which Terraform run a provider process belongs, and whether a run is still alive.
//!
//! A run is identified by the Terraform process above the provider: by its number and its start time, because
//! numbers are used again. If the start time is unknown, only the number identifies it, and every run except
//! this one counts as ended: Terraform's lock of the state keeps two runs apart.

use std::fs;
use std::process::Command;

/// The number of the Terraform process above this one, and its start time.
#[cfg(unix)]
pub(super) fn this_run() -> String {
    let parent = std::os::unix::process::parent_id();
    format!("{parent}-{}", started(parent).unwrap_or_default())
}

/// This process itself: if no parent is known, the lock of its journal is the only evidence.
#[cfg(not(unix))]
pub(super) fn this_run() -> String {
    format!("{}-", std::process::id())
}

pub(super) fn is_running(run: &str) -> bool {
    run.split_once('-')
        .is_some_and(|(pid, start)| pid.parse().ok().and_then(started).is_some_and(|now| now == start))
}

/// The start time of a process. Returns `None` if there is no such process.
fn started(pid: u32) -> Option<String> {
    if cfg!(target_os = "linux") { started_by_kernel(pid) } else { started_by_ps(pid) }
}

/// The start time in the kernel's own count, which begins again with every boot.
fn started_by_kernel(pid: u32) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may contain spaces, so the fields after its closing bracket are
    // counted: state is 3, start is 22.
    let start = line.rsplit_once(')')?.1.split_whitespace().nth(19)?.to_owned();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    Some(format!("{start}@{}", boot.trim()))
}

/// The start time as `ps` prints it, for systems without `/proc`.
fn started_by_ps(pid: u32) -> Option<String> {
    let listed =
        Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).env("LC_ALL", "C").output();
    let text = String::from_utf8(listed.ok()?.stdout).ok()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|start| !start.is_empty())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_process_is_told_from_a_later_one_of_its_number() {
        let ours = std::process::id();
        let start = super::started(ours).unwrap();
        assert_eq!(super::started(ours), Some(start));
        assert_eq!(super::started(u32::MAX), None);
        assert!(!super::is_running(&format!("{ours}-another start")));
    }

    #[test]
    fn ps_tells_it_where_there_is_no_proc() {
        if std::process::Command::new("ps").arg("--version").output().is_err() {
            return;
        }
        let ours = std::process::id();
        let start = super::started_by_ps(ours).unwrap();
        assert_eq!(super::started_by_ps(ours), Some(start));
        assert_eq!(super::started_by_ps(4_000_000), None);
    }
}
