//! Killed in the middle: the next run ends with exactly what the config says.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::harness::{Case, case, note};
use crate::support::ports::wait_until;
use crate::support::signals::signal;
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(killed_while_creating, Terraform),
        case!(killed_while_updating, Terraform),
        case!(killed_while_destroying, Terraform),
    ]
}

/// Five groups of ten equal customers.
fn fifty(greeting: &str) -> String {
    format!(
        r#"
resource "stripe_entity" "customer" {{
  count         = 50
  entity        = "Customer"
  input_payload = jsonencode({{ Name = "{greeting} ${{count.index % 5}}" }})
}}
"#
    )
}

/// How a run ends before its time.
#[derive(Debug, Clone, Copy)]
enum End {
    /// `kill -9` of the provider.
    Provider,
    /// `kill -9` of terraform.
    Terraform,
    /// `kill -9` of both.
    Both,
    /// Ctrl-C twice: terraform leaves at once, without waiting for its provider.
    Interrupts,
}

const ENDS: [End; 4] = [End::Provider, End::Terraform, End::Both, End::Interrupts];

fn killed_while_creating() {
    for end in ENDS {
        let workdir = Workdir::new(&fifty("Number"));
        let run = start(&workdir, "apply");
        wait_until("customers are made", || workdir.count("customer") >= 10);
        kill(run, end);
        let made = workdir.count("customer");
        assert!((10..50).contains(&made), "{end:?} came too late or too early: {made}");
        assert_ends_with_fifty(&workdir, end, "Number");
    }
}

fn killed_while_updating() {
    for end in ENDS {
        let workdir = Workdir::new(&fifty("Number"));
        workdir.apply();
        workdir.write(&fifty("Changed"));
        let run = start(&workdir, "apply");
        let changed = || named(&workdir, "Changed");
        wait_until("customers are changed", || changed() >= 10);
        kill(run, end);
        let made = changed();
        assert!((10..50).contains(&made), "{end:?} came too late or too early: {made}");
        assert_ends_with_fifty(&workdir, end, "Changed");
    }
}

fn killed_while_destroying() {
    for end in ENDS {
        let workdir = Workdir::new(&fifty("Number"));
        workdir.apply();
        let run = start(&workdir, "destroy");
        wait_until("customers are gone", || workdir.count("customer") <= 40);
        kill(run, end);
        let left = workdir.count("customer");
        assert!((1..=40).contains(&left), "{end:?} came too late or too early: {left}");
        mend(&workdir);
        workdir.destroy();
        assert_eq!((workdir.count("customer"), workdir.ids().len()), (0, 0), "{end:?}");
    }
}

fn start(workdir: &Workdir, command: &str) -> Child {
    workdir
        .command(&[command, "-auto-approve", "-no-color", "-parallelism=10"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// Ends a run and waits until nothing of it is left.
fn kill(mut run: Child, end: End) {
    let (terraform, provider) = (i64::from(run.id()), provider_of(run.id()));
    match end {
        End::Provider => signal("KILL", &[provider.into()]),
        End::Terraform => signal("KILL", &[terraform]),
        End::Both => signal("KILL", &[terraform, provider.into()]),
        End::Interrupts => {
            signal("INT", &[-terraform]);
            std::thread::sleep(Duration::from_millis(30));
            signal("INT", &[-terraform]);
        }
    }
    run.wait().unwrap();
    wait_until("the provider ends", || !is_alive(provider));
}

#[track_caller]
fn assert_ends_with_fifty(workdir: &Workdir, end: End, greeting: &str) {
    let made = workdir.count("customer");
    let left =
        std::fs::read_dir(workdir.path(".terraform/stripe-creates/default")).map_or(0, Iterator::count);
    mend(workdir);
    let applied = workdir.apply();
    let mut ids = workdir.ids();
    ids.sort();
    ids.dedup();
    assert_eq!(
        ids.len(),
        50,
        "{end:?}: two resources share an object; {made} were made, {left} in flight\n{applied}"
    );
    assert_eq!(workdir.count("customer"), 50, "{end:?}: {made} were made, {left} in flight\n{applied}");
    assert_eq!(named(workdir, greeting), 50, "{end:?}");
    workdir.assert_plan_is_empty();
}

/// What the user of a killed terraform does: removes its lock and, where it was killed while it
/// wrote its state (in place, so that half of it is nothing), brings the backup back.
fn mend(workdir: &Workdir) {
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
        // Without a backup there was no state before.
        let _ = backup.map(|backup| std::fs::write(&state, backup).unwrap());
    }
}

/// How many customers have a name that begins so.
fn named(workdir: &Workdir, greeting: &str) -> usize {
    let listed = workdir.get("/v1/customers?limit=100");
    let names = listed["data"].as_array().unwrap().iter().filter_map(|customer| customer["name"].as_str());
    names.filter(|name| name.starts_with(greeting)).count()
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

fn is_alive(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}
