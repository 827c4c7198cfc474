//! Each fault in each phase of a configuration's life: create, read, list, update, delete.
//!
//! A run under the fault may fail. The next one without it must end with exactly what the
//! configuration says, in Stripe and in the state.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value as Json;

use super::trouble::{Trouble, troubles};
use crate::support::front::Front;
use crate::support::harness::{Case, note};
use crate::support::tools::Tool;
use crate::support::workdir::{Workdir, everything};

/// One case for each trouble.
pub fn cases() -> Vec<Case> {
    let case = |trouble: Trouble| {
        let path = format!("{}::{}", module_path!(), trouble.name);
        Case::new(&path, &[Tool::Terraform], move || nothing_is_lost_and_nothing_made_twice(&trouble))
    };
    troubles().into_iter().map(case).collect()
}

/// Where objects are listed, what of each the config names, and how many it asks for.
const OBJECTS: [(&str, &str, usize); 4] = [
    ("/v1/products?active=true&limit=100", "name", 1),
    ("/v1/prices?active=true&limit=100", "nickname", 1),
    ("/v1/customers?limit=100", "name", 2),
    ("/v1/payment_intents?limit=100", "description", 1),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Create,
    Read,
    List,
    Update,
    Delete,
}

impl Phase {
    const ALL: [Self; 5] = [Self::Create, Self::Read, Self::List, Self::Update, Self::Delete];

    /// The command that runs under the fault, and the requests that meet it.
    fn under(self) -> (&'static [&'static str], &'static [&'static str], &'static str) {
        match self {
            Self::Create | Self::Update => {
                (&["apply", "-auto-approve", "-no-color", "-refresh=false"], &["POST"], "/v1/")
            }
            Self::Read => (&["apply", "-auto-approve", "-no-color", "-refresh-only"], &["GET"], "/v1/"),
            Self::List => (&["plan", "-no-color", "-refresh=false"], &["GET"], "/v1/customers"),
            Self::Delete => {
                (&["destroy", "-auto-approve", "-no-color", "-refresh=false"], &["DELETE", "POST"], "/v1/")
            }
        }
    }

    /// What the objects are called afterwards; none are left after the last phase.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Create | Self::Read | Self::List => Some("First"),
            Self::Update => Some("Second"),
            Self::Delete => None,
        }
    }
}

/// What one fault in one phase came to.
struct Cell {
    fault: &'static str,
    phase: Phase,
    met: usize,
    failed: bool,
    /// What the next run said, where it failed or a plan was not empty.
    wrong: Option<String>,
    lost: usize,
    duplicated: usize,
}

impl fmt::Display for Cell {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, phase, met, failed, wrong, lost, duplicated } = self;
        let first = if *failed { "failed" } else { "passed" };
        write!(
            to,
            "{fault} in {phase:?}: met {met} times, the run {first}; {lost} objects lost, {duplicated} duplicated"
        )?;
        wrong.as_ref().map_or(Ok(()), |said| write!(to, "; afterwards {said}"))
    }
}

fn nothing_is_lost_and_nothing_made_twice(trouble: &Trouble) {
    let cells = live(trouble);
    for cell in &cells {
        note(cell);
    }
    for cell in &cells {
        assert!(cell.lost + cell.duplicated == 0 && cell.wrong.is_none(), "{cell}");
        assert!(cell.met > 0, "nothing met the fault: {cell}");
    }
}

/// One configuration from its first apply to its destroy, each phase under the fault.
fn live(trouble: &Trouble) -> Vec<Cell> {
    let workdir = Workdir::new("");
    let front = trouble.front(workdir.base());
    workdir.write(&config("First", front.as_ref(), true));
    // Terraform has asked Stripe before, on this machine.
    workdir.ok(&["plan"]);
    Phase::ALL.map(|phase| lived(&workdir, trouble, front.as_ref(), phase)).into()
}

fn lived(workdir: &Workdir, trouble: &Trouble, front: Option<&Front>, phase: Phase) -> Cell {
    if let Some(name) = phase.name() {
        workdir.write(&config(name, front, phase == Phase::List));
    }
    let (command, methods, path) = phase.under();
    let at_work = trouble.begin(workdir, front, methods, path);
    let failed = !workdir.run(command).status.success();
    let met = at_work.end();
    let wrong = again(workdir, phase);
    let (lost, duplicated) = compare(workdir, phase.name());
    Cell { fault: trouble.name, phase, met, failed, wrong, lost, duplicated }
}

/// The runs after the fault, which must succeed and leave nothing to do; else what they said.
fn again(workdir: &Workdir, phase: Phase) -> Option<String> {
    let commands: &[&[&str]] = match phase {
        Phase::Create | Phase::Update => &[&["apply", "-auto-approve"], &["plan", "-detailed-exitcode"]],
        Phase::Read | Phase::List => &[&["plan", "-detailed-exitcode"]],
        Phase::Delete => &[&["destroy", "-auto-approve"]],
    };
    commands.iter().find_map(|command| {
        let output = workdir.run(&[*command, &["-no-color"]].concat());
        let wrong = output.status.code() != Some(0);
        wrong.then(|| format!("{command:?}\n{}", everything(&output)))
    })
}

/// Objects that the configuration asks for and that are not both in Stripe, as it says, and in
/// the state; and objects in Stripe that are not in the state.
fn compare(workdir: &Workdir, name: Option<&str>) -> (usize, usize) {
    let state = ids_in_state(workdir);
    let mut lost = 0;
    let mut stray = 0;
    for (list, field, count) in OBJECTS {
        let listed = workdir.get(list)["data"].as_array().unwrap().clone();
        let alive: Vec<&Json> = listed.iter().filter(|object| object["status"] != "canceled").collect();
        let known = |object: &&&Json| state.contains(object["id"].as_str().unwrap());
        let as_said = alive.iter().filter(known).filter(|object| object[field].as_str() == name).count();
        let wanted = if name.is_some() { count } else { 0 };
        lost += wanted.saturating_sub(as_said);
        stray += alive.iter().filter(|object| !known(object)).count();
    }
    let wanted = if name.is_some() { 5 } else { 0 };
    (lost, stray + state.len().saturating_sub(wanted))
}

/// Ids of all objects in the state's file.
fn ids_in_state(workdir: &Workdir) -> BTreeSet<String> {
    let text = std::fs::read_to_string(workdir.path("terraform.tfstate")).unwrap_or_else(|_| "{}".to_owned());
    let state: Json = serde_json::from_str(&text).unwrap();
    let resources = state["resources"].as_array().cloned().unwrap_or_default();
    let managed = resources.iter().filter(|resource| resource["mode"] == "managed");
    let instances = managed.flat_map(|resource| resource["instances"].as_array().unwrap().clone());
    instances.map(|instance| instance["attributes"]["id"].as_str().unwrap().to_owned()).collect()
}

/// The configuration; with a list it is read in every plan, so only one phase has it.
fn config(name: &str, front: Option<&Front>, lists: bool) -> String {
    let list = if lists { "data \"stripe_entities\" \"all\" {\n  entity = \"Customer\"\n}" } else { "" };
    let front = front.map_or_else(String::new, |front| {
        format!("api_base = {:?}\n  ca_certificate = {:?}", front.base, front.authority)
    });
    format!(
        r#"
provider "stripe" {{
  timeout     = 1
  max_retries = 1
  {front}
}}
resource "stripe_entity" "product" {{
  entity        = "Product"
  input_payload = jsonencode({{ Name = "{name}" }})
}}
resource "stripe_entity" "price" {{
  entity        = "Price"
  input_payload = jsonencode({{ Product = stripe_entity.product.id, Currency = "usd", UnitAmount = 500, Nickname = "{name}" }})
}}
resource "stripe_entity" "customer" {{
  count         = 2
  entity        = "Customer"
  input_payload = jsonencode({{ Name = "{name}" }})
}}
resource "stripe_entity" "intent" {{
  entity        = "PaymentIntent"
  input_payload = jsonencode({{ Amount = 1500, Currency = "usd", Description = "{name}" }})
}}
{list}
"#
    )
}
