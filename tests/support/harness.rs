//! The harness of the suites that drive programs which not every machine has.
//!
//! Rust's own harness knows only two results, passed and failed, and for a test that could not run both are
//! wrong. Here, a [`Case`] lists the [tools](super::tools) that it needs. If one is missing, the case is
//! *ignored*, with the reason, and counted as such. With `TF_ACC` set, as `.ci/run` sets it, a missing tool
//! is a failure unless it is optional. Filters, `--list`, `--skip`, `--exact` and `--test-threads` work as in
//! `cargo test`. Output is never captured; a passing test prints nothing, unless `--nocapture` asks for its
//! [findings](note).

use std::collections::BTreeMap;
use std::fmt;
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};

use super::tools::Tool;

/// A test and the tools that it needs.
pub struct Case {
    name: String,
    needs: &'static [Tool],
    body: Box<dyn FnOnce() + Send>,
}

/// How many cases could not run because of each missing tool.
type Missing = Arc<Mutex<BTreeMap<Tool, usize>>>;

/// Builds a [`Case`] from the name of a function and the tools that it needs: `case!(a_test, Terraform)`. An
/// async function has `async` before its name. With `paused`, its clock stands still while anything can make
/// progress, and jumps ahead when everything is waiting.
macro_rules! case {
    (async $name:ident $(, $tool:ident)*) => {
        $crate::support::harness::case!(@ $name, [$($tool),*], || $crate::support::harness::block_on(false, $name()))
    };
    (paused $name:ident $(, $tool:ident)*) => {
        $crate::support::harness::case!(@ $name, [$($tool),*], || $crate::support::harness::block_on(true, $name()))
    };
    (@ $name:ident, [$($tool:ident),*], $body:expr) => {
        $crate::support::harness::Case::new(
            concat!(module_path!(), "::", stringify!($name)),
            &[$($crate::support::tools::Tool::$tool),*],
            $body,
        )
    };
    ($name:ident $(, $tool:ident)*) => {
        $crate::support::harness::case!(@ $name, [$($tool),*], $name)
    };
}
pub(crate) use case;

/// Runs an async test on its own runtime.
pub fn block_on(paused: bool, test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(paused).build();
    runtime.unwrap().block_on(test);
}

/// Runs the cases that the command line asks for, then reports which tools were missing.
pub fn run(arguments: &Arguments, cases: impl IntoIterator<Item = Case>) -> Conclusion {
    let missing = Missing::default();
    let trials = cases.into_iter().map(|case| case.trial(Arc::clone(&missing))).collect();
    let conclusion = libtest_mimic::run(arguments, trials);
    report(&missing.lock().unwrap());
    conclusion
}

/// The `main` of a suite; `at_once` is how many cases run at a time unless the command line says otherwise.
pub fn main(at_once: usize, cases: impl IntoIterator<Item = Case>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(at_once);
    run(&arguments, cases).exit_code()
}

impl Case {
    /// Creates a test from its path, which includes the name of the suite's crate.
    pub fn new(path: &str, needs: &'static [Tool], body: impl FnOnce() + Send + 'static) -> Self {
        let name = path.split_once("::").map_or(path, |(_, name)| name).to_owned();
        Self { name, needs, body: Box::new(body) }
    }

    fn trial(self, missing: Missing) -> Trial {
        Trial::ignorable_test(self.name.clone(), move || {
            let absent: Vec<(Tool, String)> =
                self.needs.iter().filter_map(|tool| Some((*tool, tool.find().err()?))).collect();
            if absent.is_empty() {
                self.run();
                return Ok(Completion::Completed);
            }
            let reasons: Vec<&str> = absent.iter().map(|(_, reason)| reason.as_str()).collect();
            let reasons = reasons.join(", ");
            let demanded = absent.iter().any(|(tool, _)| !tool.is_optional());
            if demanded && std::env::var_os("TF_ACC").is_some() {
                return Err(Failed::from(format!("TF_ACC is set, but {reasons}")));
            }
            for (tool, _) in absent {
                *missing.lock().unwrap().entry(tool).or_default() += 1;
            }
            Ok(Completion::ignored_with(reasons))
        })
    }

    /// Runs the test on a thread with its name, which is what a panic is reported with.
    fn run(self) {
        let (name, began) = (self.name.clone(), Instant::now());
        let named = thread::Builder::new().name(self.name).spawn(self.body).unwrap();
        let ended = named.join();
        note(format_args!("{name} took {:.1} s", began.elapsed().as_secs_f32()));
        ended.unwrap_or_else(|panic| resume_unwind(panic));
    }
}

/// Prints a finding of a passing test if `--nocapture` asks for it.
#[expect(clippy::print_stdout, reason = "asked for on the command line")]
pub fn note(finding: impl fmt::Display) {
    if std::env::args().any(|argument| argument == "--nocapture") {
        println!("{finding}");
    }
}

/// Reports which tools were missing and what to do about it.
fn report(missing: &BTreeMap<Tool, usize>) {
    if missing.is_empty() {
        return;
    }
    eprintln!("Ignored, because a tool is missing (with TF_ACC=1 that is a failure):");
    for (tool, cases) in missing {
        eprintln!("{cases:5}  {tool:<24} get it: {}", tool.remedy());
    }
}
