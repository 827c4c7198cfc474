//! The harness itself: what a missing tool and a failing case come to.

use std::panic::resume_unwind;
use std::process::{Command, Output};

use libtest_mimic::Arguments;

use crate::support::harness::{Case, case, run};
use crate::support::workdir::squeezed;

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_case_whose_tool_is_missing_is_ignored_and_says_why),
        case!(with_tf_acc_a_missing_tool_is_a_failure),
        case!(a_panic_fails_its_case_and_prints_its_message),
    ]
}

const NEEDS_TERRAFORM: &str = "examples::the_quickstart_lives_a_whole_life";

/// This suite on a machine that has no program but Rust's.
fn suite_without_tools(arguments: &[&str]) -> Command {
    let mut suite = Command::new(std::env::current_exe().unwrap());
    suite.args(arguments).env("PATH", "");
    for variable in ["TF_ACC", "TERRAFORM_OLD", "STRIPE_PYTHON", "STRIPE_CLI"] {
        suite.env_remove(variable);
    }
    suite
}

fn printed(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Nearly the whole suite, so that no case uses a tool that it does not list.
fn a_case_whose_tool_is_missing_is_ignored_and_says_why() {
    let output = suite_without_tools(&["--skip", "harness::", "--skip", "filters::"]).output().unwrap();
    let (out, err) = printed(&output);
    assert!(output.status.success(), "{out}\n{err}");
    let line = out.lines().find(|line| line.contains(&format!("{NEEDS_TERRAFORM} "))).unwrap();
    assert!(line.ends_with("... ignored (terraform is not on the PATH)"), "{line}");
    let ignored = out.lines().filter(|line| line.contains("... ignored (")).count();
    let passed = out.lines().filter(|line| line.ends_with("... ok")).count();
    let result = format!("test result: ok. {passed} passed; 0 failed; {ignored} ignored;");
    assert!(out.contains(&result) && ignored > passed, "{result}\n{out}");
    let told = err.split_once("Ignored, because a tool is missing").unwrap().1;
    let told: Vec<String> = told.lines().map(squeezed).collect();
    assert!(
        told[1].ends_with(" terraform get it: https://developer.hashicorp.com/terraform/install"),
        "{err}"
    );
    let others = ["terraform 1.0.3", "squid", "redis-server", "Stripe's SDK for Python", "Stripe's CLI"];
    for (line, tool) in told[2..].iter().zip(others) {
        assert!(line.ends_with(&format!(" {tool} get it: eval \"$(.ci/tools)\"")), "{tool}: {err}");
    }
}

fn with_tf_acc_a_missing_tool_is_a_failure() {
    let mut suite = suite_without_tools(&["--exact", NEEDS_TERRAFORM]);
    let output = suite.env("TF_ACC", "1").output().unwrap();
    let (out, err) = printed(&output);
    assert_eq!(output.status.code(), Some(101), "{out}\n{err}");
    assert!(out.contains("TF_ACC is set, but terraform is not on the PATH"), "{out}");
    assert!(out.contains("test result: FAILED. 0 passed; 1 failed; 0 ignored;"), "{out}");
}

fn a_panic_fails_its_case_and_prints_its_message() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let arguments = Arguments { logfile: Some(log.display().to_string()), ..Arguments::default() };
    let failing = Case::new("suite::one_that_fails", &[], || {
        // As a panic, but without its report on standard error.
        resume_unwind(Box::new("this went wrong"))
    });
    let conclusion = run(&arguments, [failing, Case::new("suite::one_that_passes", &[], || ())]);
    assert_eq!((conclusion.num_passed, conclusion.num_failed), (1, 1));
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.contains("one_that_fails") && text.contains("this went wrong"), "{text}");
}
