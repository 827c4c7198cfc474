//! Killed in the middle: the next apply ends with exactly what the config says.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::workdir::{Workdir, terraform};

const FIFTY: &str = r#"
resource "stripe_entity" "customer" {
  count         = 50
  entity        = "Customer"
  input_payload = jsonencode({ Name = "Number ${count.index % 5}" })
}
"#;

#[test]
fn a_provider_killed_in_the_middle_leaves_nothing_twice() {
    let Some(terraform) = terraform() else { return };
    let workdir = Workdir::new(&terraform, FIFTY);
    let mut apply = start(&workdir);
    wait_for_customers(&workdir, 10);
    kill(provider_of(apply.id()));
    apply.wait().unwrap();
    assert_ends_with_fifty(&workdir);
}

#[test]
fn a_terraform_killed_in_the_middle_leaves_nothing_twice() {
    let Some(terraform) = terraform() else { return };
    let workdir = Workdir::new(&terraform, FIFTY);
    let mut apply = start(&workdir);
    wait_for_customers(&workdir, 10);
    let provider = provider_of(apply.id());
    kill(apply.id());
    apply.wait().unwrap();
    wait_until("the orphaned provider ends", || !is_alive(provider));
    // A killed terraform leaves its lock behind; its user removes it, and so does this test.
    let _ = std::fs::remove_file(workdir.path(".terraform.tfstate.lock.info"));
    assert_ends_with_fifty(&workdir);
}

fn start(workdir: &Workdir) -> Child {
    workdir
        .command(&["apply", "-auto-approve", "-no-color", "-parallelism=10"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[track_caller]
fn assert_ends_with_fifty(workdir: &Workdir) {
    let made = workdir.count("customer");
    assert!((10..50).contains(&made), "the kill came too late or too early: {made}");
    let left =
        std::fs::read_dir(workdir.path(".terraform/stripe-creates/default")).map_or(0, Iterator::count);
    let applied = workdir.apply();
    let mut ids = workdir.ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 50, "two resources share an object; {made} were made, {left} in flight\n{applied}");
    assert_eq!(workdir.count("customer"), 50);
    workdir.assert_plan_is_empty();
    workdir.destroy();
    assert_eq!(workdir.count("customer"), 0);
}

fn wait_for_customers(workdir: &Workdir, least: usize) {
    wait_until("customers are made", || workdir.count("customer") >= least);
}

#[track_caller]
fn wait_until(what: &str, done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !done() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::yield_now();
    }
}

/// The provider process below a terraform process that serves the apply: the youngest.
#[track_caller]
fn provider_of(terraform: u32) -> u32 {
    let listing =
        std::fs::read_to_string(format!("/proc/{terraform}/task/{terraform}/children")).unwrap_or_default();
    let all_tasks = std::fs::read_dir(format!("/proc/{terraform}/task")).unwrap().flatten();
    let children = all_tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .chain([listing])
        .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>());
    children.max().expect("terraform has a provider process")
}

fn kill(pid: u32) {
    let status = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    assert!(status.success());
}

fn is_alive(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}
