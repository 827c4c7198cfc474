//! What a provider's processes cost: terraform starts this program in the provider's place, which starts
//! the provider, waits for its end, and notes what the system counted.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The variable with the path of the provider to start; without it this program is no wrapper.
pub const PROVIDER: &str = "STRIPE_BENCH_PROVIDER";
/// The variable with the path of the file that a line is added to for each process.
pub const NOTES: &str = "STRIPE_BENCH_NOTES";

/// How often the peak of memory is looked at, which only grows.
const LOOK: Duration = Duration::from_millis(5);

/// Runs the provider, then prints the CPU times of the shell and of what it ran.
const SCRIPT: &str = r#""$STRIPE_BENCH_PROVIDER"; code=$?; times >"$STRIPE_BENCH_TIMES"; exit $code"#;

/// Runs the provider that the environment names, and returns its exit status.
pub fn as_wrapper() -> Option<i32> {
    std::env::var_os(PROVIDER)?;
    let times = tempfile::NamedTempFile::new().unwrap();
    let mut shell = Command::new("bash");
    let mut shell = shell.args(["-c", SCRIPT]).env("STRIPE_BENCH_TIMES", times.path()).spawn().unwrap();
    let mut peak = 0;
    let status = loop {
        if let Some(status) = shell.try_wait().unwrap() {
            break status;
        }
        peak = peak.max(peak_below(shell.id()).unwrap_or(0));
        std::thread::sleep(LOOK);
    };
    let text = std::fs::read_to_string(times.path()).unwrap();
    let cpu: f64 = text.lines().nth(1).into_iter().flat_map(str::split_whitespace).map(seconds).sum();
    let notes = std::fs::OpenOptions::new().append(true).create(true).open(std::env::var_os(NOTES)?);
    writeln!(notes.unwrap(), "{cpu} {peak}").unwrap();
    Some(status.code().unwrap_or(1))
}

/// `1m2.345s` in seconds.
fn seconds(text: &str) -> f64 {
    let (minutes, seconds) = text.trim_end_matches('s').split_once('m').unwrap_or(("0", "0"));
    minutes.parse::<f64>().unwrap_or(0.0) * 60.0 + seconds.parse::<f64>().unwrap_or(0.0)
}

/// The peak memory of a process's child, in KiB, as the kernel counts it.
fn peak_below(parent: u32) -> Option<u64> {
    let child = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).ok()?;
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", child.split_whitespace().next()?)).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.split_whitespace().next()?.parse().ok()
}

/// The CPU time of all processes in the notes, and the largest peak of memory in KiB; the notes are then gone.
pub fn take(notes: &Path) -> (Duration, u64) {
    let text = std::fs::read_to_string(notes).unwrap_or_default();
    let _ = std::fs::remove_file(notes);
    let numbers = text.lines().filter_map(|line| line.split_once(' '));
    let parsed = numbers.map(|(cpu, peak)| (cpu.parse::<f64>().unwrap(), peak.parse::<u64>().unwrap()));
    parsed.fold((Duration::ZERO, 0), |(cpu, peak), (more, its)| {
        (cpu + Duration::from_secs_f64(more), peak.max(its))
    })
}
