//! One create, one owner: no run takes what another one made, unless it stands in for one that died.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;

use serde_json::{Value as Json, json};

use crate::support::harness::{Case, case, note};
use crate::support::kills::{End, hold_back, kill, mend, providers_of, rounds, spawn, start};
use crate::support::ports::wait_until;
use crate::support::redis::Redis;
use crate::support::workdir::{Workdir, everything, squeezed};

pub fn cases() -> Vec<Case> {
    vec![
        case!(a_terraform_test_in_the_folder_of_an_apply_leaves_its_objects, Terraform),
        case!(two_states_of_one_folder_have_objects_of_their_own, Terraform),
        case!(a_state_in_another_backend_has_objects_of_its_own, Terraform),
        case!(two_equal_charges_applied_one_by_one_are_two_charges, Terraform),
        case!(an_apply_that_failed_in_part_leaves_nothing_to_another_state, Terraform),
        case!(an_apply_that_was_interrupted_once_leaves_nothing_to_another_state, Terraform),
        case!(a_terraform_that_gave_up_on_open_creates_leaves_them_to_the_next, Terraform),
        case!(what_a_killed_run_made_is_named_with_its_age_when_it_is_taken, Terraform),
        case!(two_keys_take_nothing_of_each_other_after_kills, Terraform),
        case!(what_the_first_of_two_providers_made_is_found_though_it_had_ended, Terraform),
        case!(what_the_first_of_two_providers_made_is_found_in_a_redis, Terraform, Redis),
        case!(a_redis_that_was_emptied_hands_over_nothing_of_a_run_that_lives, Terraform, Redis),
        case!(a_claim_whose_answer_is_lost_makes_no_second_object, Terraform, Redis),
        case!(a_redis_that_closes_idle_connections_records_every_create, Terraform, Redis),
        case!(a_key_that_was_rotated_finds_what_the_old_one_left, Terraform),
        case!(a_key_of_another_account_takes_nothing, Terraform),
        case!(a_journal_in_a_folder_outlives_its_runner, Terraform),
        case!(a_journal_in_a_redis_outlives_its_runner, Terraform, Redis),
        case!(what_a_killed_run_made_is_told_after_an_apply_without_use_for_it, Terraform),
        case!(what_a_killed_run_made_is_told_from_a_redis, Terraform, Redis),
    ]
}

/// The warning of a create that takes the place of one that was interrupted.
const RESUMED: &str = "Interrupted Create Resumed";

const CUSTOMER: &str = r#"
resource "stripe_entity" "customer" {
  entity        = "Customer"
  input_payload = { Name = "Ada" }
}
"#;

/// So many equal charges, made by one call each.
fn charges(name: &str, provider: &str, count: usize) -> String {
    format!(
        r#"
resource "stripe_entity" "{name}" {{
  count    = {count}
  provider = {provider}
  entity   = "PaymentIntent"
  input_payload = {{
    Amount = 1500, Currency = "usd", PaymentMethod = "pm_card_visa", Confirm = true
    AutomaticPaymentMethods = {{ enabled = true, allow_redirects = "never" }}
  }}
}}
"#
    )
}

/// The ids in a state file.
fn ids(workdir: &Workdir, state: &str) -> Vec<String> {
    let text = std::fs::read_to_string(workdir.path(state)).unwrap();
    let state: Json = serde_json::from_str(&text).unwrap();
    let resources = state["resources"].as_array().unwrap().iter();
    let instances = resources.flat_map(|resource| resource["instances"].as_array().unwrap());
    instances.map(|instance| instance["attributes"]["id"].as_str().unwrap().to_owned()).collect()
}

fn a_terraform_test_in_the_folder_of_an_apply_leaves_its_objects() {
    let workdir = Workdir::new(CUSTOMER);
    workdir.apply();
    let applied = workdir.ids();
    std::fs::create_dir(workdir.path("tests")).unwrap();
    let test = "run \"it_is_made\" {\n  assert {\n    condition     = stripe_entity.customer.id != \"\"\n    error_message = \"no id\"\n  }\n}\n";
    std::fs::write(workdir.path("tests/made.tftest.hcl"), test).unwrap();
    let tested = workdir.ok(&["test", "-no-color"]);
    assert!(tested.contains("1 passed"), "{tested}");
    assert_eq!((workdir.count("customer"), workdir.ids()), (1, applied));
    workdir.assert_plan_is_empty();
}

fn two_states_of_one_folder_have_objects_of_their_own() {
    let workdir = Workdir::new(CUSTOMER);
    let states = ["one.tfstate", "two.tfstate"];
    for state in states {
        workdir.ok(&["apply", "-auto-approve", "-no-color", &format!("-state={state}")]);
    }
    let all: BTreeSet<String> = states.into_iter().flat_map(|state| ids(&workdir, state)).collect();
    assert_eq!((all.len(), workdir.count("customer")), (2, 2));
    workdir.ok(&["destroy", "-auto-approve", "-state=two.tfstate"]);
    workdir.ok(&["plan", "-detailed-exitcode", "-state=one.tfstate"]);
}

fn a_state_in_another_backend_has_objects_of_its_own() {
    let backend = |path: &str| {
        format!(
            "terraform {{\n  backend \"local\" {{\n    path = \"{path}\"\n  }}\n  required_providers {{\n    stripe = {{ source = \"connectors/stripe\" }}\n  }}\n}}\n{CUSTOMER}"
        )
    };
    let workdir = Workdir::new(&backend("one.tfstate"));
    workdir.ok(&["init"]);
    workdir.apply();
    workdir.write(&backend("two.tfstate"));
    workdir.ok(&["init", "-reconfigure"]);
    workdir.apply();
    assert_ne!(ids(&workdir, "one.tfstate"), ids(&workdir, "two.tfstate"));
    assert_eq!(workdir.count("customer"), 2);
}

fn two_equal_charges_applied_one_by_one_are_two_charges() {
    let workdir = Workdir::new(&format!("{}{}", charges("a", "stripe", 1), charges("b", "stripe", 1)));
    for target in ["-target=stripe_entity.a", "-target=stripe_entity.b"] {
        workdir.ok(&["apply", "-auto-approve", "-no-color", target]);
    }
    let distinct: BTreeSet<String> = workdir.ids().into_iter().collect();
    assert_eq!((workdir.count("charge"), distinct.len()), (2, 2));
    workdir.assert_plan_is_empty();
}

fn an_apply_that_failed_in_part_leaves_nothing_to_another_state() {
    let refused = "\nresource \"stripe_entity\" \"refused\" {\n  entity        = \"Price\"\n  input_payload = { Currency = \"usd\", UnitAmount = 5, Product = \"prod_missing\" }\n}\n";
    let workdir = Workdir::new(&format!("{CUSTOMER}{refused}"));
    workdir.fails(&["apply", "-auto-approve", "-no-color", "-state=one.tfstate"]);
    workdir.write(CUSTOMER);
    let said = workdir.ok(&["apply", "-auto-approve", "-no-color", "-state=two.tfstate"]);
    assert!(!said.contains(RESUMED), "{said}");
    assert_ne!(ids(&workdir, "one.tfstate"), ids(&workdir, "two.tfstate"));
    assert_eq!(workdir.count("customer"), 2);
}

fn an_apply_that_was_interrupted_once_leaves_nothing_to_another_state() {
    let workdir = Workdir::new(&charges("a", "stripe", 40));
    hold_back(&workdir, "POST");
    let run = start(&workdir, "apply");
    wait_until("charges are made", || workdir.count("charge") >= 10);
    kill(run, End::Interrupt);
    let made = workdir.count("charge");
    assert!((10..40).contains(&made), "{made}");
    workdir.write(&charges("a", "stripe", 1));
    let said = workdir.ok(&["apply", "-auto-approve", "-no-color", "-state=two.tfstate"]);
    assert!(!said.contains(RESUMED), "{said}");
    assert_eq!(workdir.count("charge"), made + 1);
    assert_eq!(ids(&workdir, "terraform.tfstate").len(), made);
}

fn a_terraform_that_gave_up_on_open_creates_leaves_them_to_the_next() {
    let workdir = Workdir::new(&charges("a", "stripe", 12));
    // Longer than a plugin may finish its calls.
    workdir.script("POST", "/v1/", 12, &json!({"slow_body": 2500}));
    let run = start(&workdir, "apply");
    wait_until("charges are made", || workdir.count("charge") >= 5);
    kill(run, End::Interrupts);
    mend(&workdir);
    workdir.apply();
    let distinct: BTreeSet<String> = workdir.ids().into_iter().collect();
    assert_eq!((workdir.count("charge"), distinct.len()), (12, 12));
}

fn what_a_killed_run_made_is_named_with_its_age_when_it_is_taken() {
    let workdir = Workdir::new(CUSTOMER);
    workdir.script("POST", "/v1/", 1, &json!({"slow_body": 3000}));
    let run = start(&workdir, "apply");
    wait_until("the customer is made", || workdir.count("customer") == 1);
    kill(run, End::Both);
    mend(&workdir);
    let said = squeezed(&workdir.apply());
    let id = workdir.ids().pop().unwrap();
    assert!(said.contains(RESUMED), "{said}");
    assert!(
        said.contains(&format!("Customer {id} was created ")) && said.contains(" ago by a run"),
        "{said}"
    );
    assert_eq!(workdir.count("customer"), 1);
    let said = workdir.ok(&["plan", "-no-color"]);
    assert!(!said.contains(RESUMED) && !said.contains("Creates With Unknown Outcome"), "{said}");
}

fn two_keys_take_nothing_of_each_other_after_kills() {
    const EACH: usize = 12;
    let keys = "provider \"stripe\" {\n  api_key = \"sk_test_one_1\"\n}\nprovider \"stripe\" {\n  alias   = \"two\"\n  api_key = \"sk_test_two_1\"\n}\n";
    let config = format!("{keys}{}{}", charges("one", "stripe", EACH), charges("two", "stripe.two", EACH));
    for round in 0..rounds() {
        let workdir = Workdir::new(&config);
        hold_back(&workdir, "POST");
        let run = start(&workdir, "apply");
        let wanted = 3 + round % (2 * EACH - 6);
        wait_until("charges are made", || workdir.count("charge") >= wanted);
        kill(run, if round % 2 == 0 { End::Both } else { End::Terraform });
        let made = workdir.count("charge");
        mend(&workdir);
        workdir.apply();
        let distinct: BTreeSet<String> = workdir.ids().into_iter().collect();
        note(format_args!("round {round}: killed after {made} of {} charges", 2 * EACH));
        assert_eq!((workdir.count("charge"), distinct.len()), (2 * EACH, 2 * EACH), "round {round}, {made}");
        workdir.assert_plan_is_empty();
    }
}

fn what_the_first_of_two_providers_made_is_found_though_it_had_ended() {
    assert_found_of_both("");
}

fn what_the_first_of_two_providers_made_is_found_in_a_redis() {
    let redis = Redis::start();
    assert_found_of_both(&format!("create_journal = {:?}", redis.address));
}

/// A run whose first provider has made its object, and ended, is killed, and its state lost.
#[track_caller]
fn assert_found_of_both(place: &str) {
    const LATE: usize = 12;
    let provider = |alias: &str| format!("provider \"stripe\" {{\n  {alias}\n  {place}\n}}\n");
    let providers = format!("{}{}", provider(""), provider("alias = \"late\""));
    // The other one is at work by the time that the first one ends.
    let after =
        |config: String| config.replace("  entity ", "  depends_on = [stripe_entity.first]\n  entity ");
    let (customer, late) = (after(CUSTOMER.to_owned()), after(charges("late", "stripe.late", LATE - 1)));
    let workdir = Workdir::new(&format!("{providers}{}{customer}{late}", charges("first", "stripe.late", 1)));
    workdir.script("POST", "/v1/payment_intents", 1, &json!({ "delay": 0 }));
    workdir.script("POST", "/v1/payment_intents", LATE, &json!({ "delay": 10000 }));
    let run = spawn(workdir.command(&["apply", "-auto-approve", "-no-color", "-parallelism=50"]));
    wait_until("the customer is made", || workdir.count("customer") == 1);
    wait_until("the first provider ends", || providers_of(run.id()).len() == 1);
    kill(run, End::Both);
    mend(&workdir);
    for gone in ["terraform.tfstate", "terraform.tfstate.backup"] {
        let _ = std::fs::remove_file(workdir.path(gone));
    }
    let said = workdir.apply();
    assert_eq!((workdir.count("customer"), workdir.count("charge")), (1, LATE), "{said}");
    workdir.assert_plan_is_empty();
    // Both have ended in an orderly way: another state has objects of its own.
    workdir.ok(&["apply", "-auto-approve", "-no-color", "-state=two.tfstate"]);
    assert_eq!((workdir.count("customer"), workdir.count("charge")), (2, 2 * LATE));
}

/// A journal of a run has lost its first line, and its process ends while the run goes on. The provider that reads it then
/// does not take an equal charge of it for that of a dead run.
fn a_redis_that_was_emptied_hands_over_nothing_of_a_run_that_lives() {
    let redis = Redis::start();
    let provider = |more: &str| {
        format!("provider \"stripe\" {{\n  {more}\n  create_journal = {:?}\n}}\n", redis.address)
    };
    let late = "alias = \"late\"\n  max_retries = stripe_entity.second[0].id == \"\" ? 1 : 2";
    let after = |config: &str, more: &str| {
        config.replace("  entity ", &format!("  {more}\n  depends_on = [stripe_entity.first]\n  entity "))
    };
    let workdir = Workdir::new(&format!(
        "{}{}{}{}{}{}{}",
        provider(""),
        provider("alias = \"busy\""),
        provider(late),
        charges("first", "stripe", 1),
        after(&charges("second", "stripe", 1), ""),
        after(CUSTOMER, "provider = stripe.busy"),
        charges("third", "stripe.late", 1),
    ));
    workdir.script("POST", "/v1/payment_intents", 1, &json!({ "delay": 2000 }));
    workdir.script("POST", "/v1/customers", 1, &json!({ "delay": 5000 }));
    let mut run = start(&workdir, "apply");
    wait_until("the first charge is written down", || redis.ask("DBSIZE") != ":0");
    redis.empty();
    assert!(run.wait().unwrap().success());
    let distinct: BTreeSet<String> = workdir.ids().into_iter().collect();
    assert_eq!((workdir.count("charge"), distinct.len()), (3, 4));
    workdir.assert_plan_is_empty();
}

/// A claim is carried out, and nobody hears of it: asked again, it is answered as before.
fn a_claim_whose_answer_is_lost_makes_no_second_object() {
    let redis = Redis::start();
    let (workdir, config) = lost_runner(&redis.address);
    // The first time the Redis does not know the script yet.
    let (way, is_lost) = redis.losing_an_answer(b"EVALSHA", 2);
    workdir.write(&config.replace(&redis.address, &way));
    workdir.apply();
    assert!(is_lost.load(Ordering::SeqCst), "no answer was lost");
    assert_eq!((workdir.count("charge"), workdir.ids().len()), (20, 20));
}

/// The connection is renewed every two seconds, and closed one second later.
fn a_redis_that_closes_idle_connections_records_every_create() {
    let redis = Redis::start();
    assert_eq!(redis.ask("CONFIG SET timeout 1"), "+OK");
    let provider = format!("provider \"stripe\" {{\n  create_journal = {:?}\n}}\n", redis.address);
    let wait = "data \"stripe_entities\" \"wait\" {\n  entity     = \"Customer\"\n  depends_on = [stripe_entity.customer]\n}\n";
    let after = "  depends_on = [data.stripe_entities.wait]\n  entity ";
    let charge = charges("charge", "stripe", 1).replace("  entity ", after);
    let workdir = Workdir::new(&format!("{provider}{CUSTOMER}{wait}{charge}"));
    workdir.script("GET", "/v1/customers", 1, &json!({ "delay": 5500 }));
    let said = workdir.apply();
    assert!(!said.contains("Not Recorded"), "{said}");
}

/// A command of the same user with another key in his environment.
fn with_key(workdir: &Workdir, arguments: &[&str], key: &str) -> Command {
    let mut command = workdir.command(arguments);
    command.env("STRIPE_API_KEY", key).stdin(Stdio::null());
    command
}

/// Twenty charges of a run that is killed after a few; then an apply with another key.
fn killed_and_applied_with(key: &str) -> Workdir {
    let workdir = Workdir::new(&charges("a", "stripe", 20));
    hold_back(&workdir, "POST");
    let run = with_key(&workdir, &["apply", "-auto-approve", "-no-color"], "sk_test_shop_1");
    let run = spawn(run);
    wait_until("charges are made", || workdir.count("charge") >= 4);
    kill(run, End::Both);
    mend(&workdir);
    // The state has some of them, or none where terraform was killed while it wrote it.
    let _ = std::fs::remove_file(workdir.path("terraform.tfstate"));
    let output = with_key(&workdir, &["apply", "-auto-approve", "-no-color"], key).output().unwrap();
    assert!(output.status.success(), "{}", everything(&output));
    workdir
}

fn a_key_that_was_rotated_finds_what_the_old_one_left() {
    let workdir = killed_and_applied_with("sk_test_shop_2");
    assert_eq!((workdir.count("charge"), workdir.ids().len()), (20, 20));
}

fn a_key_of_another_account_takes_nothing() {
    let workdir = killed_and_applied_with("sk_test_another_1");
    let distinct: BTreeSet<String> = workdir.ids().into_iter().collect();
    assert_eq!(distinct.len(), 20);
    assert!(workdir.count("charge") >= 24, "the charges of the other account are its own");
}

fn a_journal_in_a_folder_outlives_its_runner() {
    let folder = tempfile::tempdir().unwrap();
    assert_outlives(&folder.path().join("journal").display().to_string());
    assert_outlives(&folder.path().join("another").display().to_string());
}

fn a_journal_in_a_redis_outlives_its_runner() {
    assert_outlives(&Redis::start().address);
}

/// A runner is killed amid charges and thrown away with everything in its folder.
#[track_caller]
fn lost_runner(place: &str) -> (Workdir, String) {
    let provider = format!("provider \"stripe\" {{\n  create_journal = {place:?}\n}}\n");
    let config = format!("{provider}{}", charges("a", "stripe", 20));
    let workdir = Workdir::new(&config);
    hold_back(&workdir, "POST");
    let run = start(&workdir, "apply");
    wait_until("charges are made", || workdir.count("charge") >= 4);
    kill(run, End::Both);
    assert!(workdir.count("charge") < 20 && !workdir.path(".terraform/stripe-creates").exists());
    mend(&workdir);
    for gone in ["terraform.tfstate", "terraform.tfstate.backup"] {
        let _ = std::fs::remove_file(workdir.path(gone));
    }
    (workdir, config)
}

/// Another runner begins anew.
#[track_caller]
fn assert_outlives(place: &str) {
    let (workdir, _) = lost_runner(place);
    workdir.apply();
    assert_eq!((workdir.count("charge"), workdir.ids().len()), (20, 20));
    // The end was orderly: another state has charges of its own.
    workdir.ok(&["apply", "-auto-approve", "-no-color", "-state=two.tfstate"]);
    assert_eq!(workdir.count("charge"), 40);
}

/// The configuration has changed when another runner begins: what was made is told with its ids, after the first run that
/// did not find it, and is still there for one that takes it.
#[track_caller]
fn assert_told(place: &str) {
    const UNUSED: &str = "Objects Of An Interrupted Run";
    let (workdir, config) = lost_runner(place);
    workdir.write(&config.replace("1500", "1600"));
    assert!(!workdir.apply().contains(UNUSED));
    let said = squeezed(&workdir.ok(&["plan", "-no-color"]));
    assert!(said.contains(UNUSED) && said.contains("PaymentIntent pi_"), "{said}");
    workdir.write(&config);
    workdir.ok(&["apply", "-auto-approve", "-no-color", "-state=two.tfstate"]);
    assert_eq!(workdir.count("charge"), 40);
    let said = workdir.ok(&["plan", "-no-color", "-state=two.tfstate"]);
    assert!(!said.contains(UNUSED), "{said}");
}

fn what_a_killed_run_made_is_told_after_an_apply_without_use_for_it() {
    let folder = tempfile::tempdir().unwrap();
    assert_told(&folder.path().display().to_string());
}

fn what_a_killed_run_made_is_told_from_a_redis() {
    assert_told(&Redis::start().address);
}
