//! The flows of `stripe trigger`: `triggers.json` says which of them complete, and why the others do not.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value as Json;

/// So many flows run side by side.
const WORKERS: usize = 4;
/// Flows with this reason are not run: they would leave this machine.
const ELSEWHERE: &str = "the flow calls another host than the API's";

/// Runs every flow and compares what completes with the list.
pub fn compare(command: impl Fn(&[&str]) -> Command + Sync) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance/clients/triggers.json");
    let table: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let names = |list: &Json| -> BTreeSet<String> {
        list.as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let complete = names(&table["complete"]);
    let reasons = table["reasons"].as_object().unwrap();
    let listed: BTreeSet<String> = reasons.values().flat_map(names).chain(complete.clone()).collect();
    let help = command(&["trigger", "--help"]).output().unwrap();
    let flows = flows(&String::from_utf8_lossy(&help.stdout));
    assert_eq!(flows, listed, "the list and `stripe trigger --help` have different flows");
    let elsewhere = names(&table["reasons"][ELSEWHERE]);
    let to_run = Mutex::new(flows.difference(&elsewhere));
    let (done, told) = (Mutex::new(BTreeSet::new()), Mutex::new(String::new()));
    let work = || {
        loop {
            let Some(flow) = to_run.lock().unwrap().next() else { return };
            let output = command(&["trigger", flow]).output().unwrap();
            if output.status.success() {
                done.lock().unwrap().insert(flow.clone());
            } else if complete.contains(flow) {
                *told.lock().unwrap() += &String::from_utf8_lossy(&output.stderr);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(work);
        }
    });
    let (done, told) = (done.into_inner().unwrap(), told.into_inner().unwrap());
    let fewer: Vec<_> = complete.difference(&done).collect();
    assert!(fewer.is_empty(), "these completed before: {fewer:?}\n{told}");
    let more: Vec<_> = done.difference(&complete).collect();
    assert!(more.is_empty(), "these complete now, list them so: {more:?}");
}

/// The flows that the help names, each on a line of its own.
fn flows(help: &str) -> BTreeSet<String> {
    let lines = help.lines().skip_while(|line| !line.contains("Supported events")).skip(1);
    let named = lines.take_while(|line| !line.starts_with("Usage")).map(str::trim);
    named.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
