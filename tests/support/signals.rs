//! Signals to processes.

use std::process::Command;

/// Sends a signal (`INT`, `KILL`) to processes; a negative id means a process group.
#[track_caller]
pub fn signal(name: &str, to: &[i64]) {
    let ids: Vec<String> = to.iter().map(i64::to_string).collect();
    // This uses the shell's own `kill`: not every machine has the program.
    let line = format!("kill -s {name} -- {}", ids.join(" "));
    assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success(), "{line}");
}
