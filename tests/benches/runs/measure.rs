//! What a provider's processes cost: terraform starts this program in the provider's place, which starts
//! the provider, waits for its end, and notes what the system counted.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

/// The variable with the path of the provider to start; without it this program is no wrapper.
pub const PROVIDER: &str = "STRIPE_BENCH_PROVIDER";
/// The variable with the path of the file that a line is added to for each process.
pub const NOTES: &str = "STRIPE_BENCH_NOTES";

/// Runs the provider that the environment names, and returns its exit status.
pub fn as_wrapper() -> Option<i32> {
    let provider = std::env::var_os(PROVIDER)?;
    let name = Path::new(&provider).file_name().unwrap().to_owned();
    let status = Command::new(&provider).arg0(name).env_remove(PROVIDER).status().unwrap();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let mut notes =
        std::fs::OpenOptions::new().append(true).create(true).open(std::env::var_os(NOTES)?).unwrap();
    writeln!(notes, "{cpu} {}", usage.max_rss()).unwrap();
    Some(status.code().unwrap_or(1))
}

/// The CPU time of all processes in the notes, and the largest peak of memory in KiB; the notes are then gone.
pub fn take(notes: &Path) -> (Duration, u64) {
    let text = std::fs::read_to_string(notes).unwrap_or_default();
    let _ = std::fs::remove_file(notes);
    let numbers = text.lines().filter_map(|line| line.split_once(' '));
    let parsed = numbers.map(|(cpu, peak)| (cpu.parse::<u64>().unwrap(), peak.parse::<u64>().unwrap()));
    parsed.fold((Duration::ZERO, 0), |(cpu, peak), (more, its)| {
        (cpu + Duration::from_micros(more), peak.max(its))
    })
}
