//! Killed in the middle: the next run ends with exactly what the config says.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::harness::{Case, case, note};
use crate::support::kills::{End, hold_back, kill, mend, rounds, start};
use crate::support::ports::wait_until;
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(killed_while_creating, Terraform),
        case!(killed_while_updating, Terraform),
        case!(killed_while_destroying, Terraform),
        case!(killed_while_answers_are_lost, Terraform),
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

const ENDS: [End; 4] = [End::Provider, End::Terraform, End::Both, End::Interrupts];

fn killed_while_creating() {
    for end in ENDS {
        let workdir = Workdir::new(&fifty("Number"));
        hold_back(&workdir, "POST");
        let run = start(&workdir, "apply");
        wait_until("customers are made", || workdir.count("customer") >= 10);
        kill(run, end);
        let made = workdir.count("customer");
        assert!((10..50).contains(&made), "{end:?} came too late or too early: {made}");
        assert_ends_with_fifty(&workdir, end, "Number");
    }
}

/// Thirty customers, some of whose answers are lost, in runs that are killed at one moment after the other.
fn killed_while_answers_are_lost() {
    const COUNT: usize = 30;
    let config = format!(
        r#"
provider "stripe" {{
  max_retries = 0
}}
resource "stripe_entity" "customer" {{
  count         = {COUNT}
  entity        = "Customer"
  input_payload = {{ Name = "Number ${{count.index % 3}}" }}
}}
"#
    );
    for round in 0..rounds() {
        let end = ENDS[round % ENDS.len()];
        let workdir = Workdir::new(&config);
        let lost = ["drop_after", "cut_body"][round / ENDS.len() % 2];
        workdir.script("POST", "/v1/", 2 + round % 9, &json!(lost));
        hold_back(&workdir, "POST");
        let run = start(&workdir, "apply");
        let wanted = 5 + (round * 7) % 20;
        wait_until("customers are made", || workdir.count("customer") >= wanted);
        kill(run, end);
        let made = workdir.count("customer");
        mend(&workdir);
        let applied = workdir.apply();
        let distinct: BTreeSet<String> = workdir.ids().into_iter().collect();
        note(format_args!("round {round}: {lost}, {end:?} after {made} of {COUNT}"));
        assert_eq!(
            (workdir.count("customer"), distinct.len()),
            (COUNT, COUNT),
            "round {round}, {end:?}, {made}\n{applied}"
        );
        workdir.assert_plan_is_empty();
    }
}

fn killed_while_updating() {
    for end in ENDS {
        let workdir = Workdir::new(&fifty("Number"));
        workdir.apply();
        workdir.write(&fifty("Changed"));
        hold_back(&workdir, "POST");
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
        hold_back(&workdir, "DELETE");
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
        "{end:?}: two resources share an object; {made} were made, {left} files of creates in flight\n{applied}"
    );
    assert_eq!(
        workdir.count("customer"),
        50,
        "{end:?}: {made} were made, {left} files of creates in flight\n{applied}"
    );
    assert_eq!(named(workdir, greeting), 50, "{end:?}");
    workdir.assert_plan_is_empty();
}

/// How many customers have a name that begins so.
fn named(workdir: &Workdir, greeting: &str) -> usize {
    let listed = workdir.get("/v1/customers?limit=100");
    let names = listed["data"].as_array().unwrap().iter().filter_map(|customer| customer["name"].as_str());
    names.filter(|name| name.starts_with(greeting)).count()
}
