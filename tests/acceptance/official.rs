//! Configurations of every type of the official provider, in its constructs; and what Stripe's own
//! stand-in says of all that they send.

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::stripe_mock::StripeMock;
use crate::support::tap::{Call, Tap};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![
        case!(every_official_type_lives_and_is_imported, Terraform),
        case!(stripe_mock_accepts_what_is_sent, Terraform, StripeMock),
    ]
}

const OFFICIAL: &str = include_str!("official/main.tf");
const STOREFRONT: &str = include_str!("../../examples/storefront/main.tf");

/// Attributes that stand before the id in an import.
const PARENTS: [(&str, &str); 4] = [
    ("stripe_customer_balance_transaction", "customer"),
    ("stripe_person", "account"),
    ("stripe_product_feature", "product"),
    ("stripe_tax_id", "customer"),
];

/// What stands in Stripe by itself: an account, an open invoice, a transaction of a card, and money.
fn surroundings(workdir: &Workdir) -> String {
    let id = |made: Json| made["id"].as_str().unwrap().to_owned();
    workdir.post("/v1/charges", "amount=5000000&currency=usd&source=tok_bypassPending");
    let account = id(workdir.post("/v1/accounts", "type=custom"));
    let customer = id(workdir.post("/v1/customers", "name=Edsger"));
    workdir.post("/v1/invoiceitems", &format!("customer={customer}&amount=700&currency=usd"));
    let due = "collection_method=send_invoice&days_until_due=7&pending_invoice_items_behavior=include";
    let invoice = id(workdir.post("/v1/invoices", &format!("customer={customer}&{due}")));
    workdir.post(&format!("/v1/invoices/{invoice}/finalize"), "");
    let address = ["line1=1", "city=Bern", "postal_code=10001", "country=US"];
    let address = address.map(|it| format!("billing[address][{}", it.replacen('=', "]=", 1))).join("&");
    let holder = id(workdir.post("/v1/issuing/cardholders", &format!("name=Grace&{address}")));
    let card =
        id(workdir.post("/v1/issuing/cards", &format!("cardholder={holder}&currency=usd&type=virtual")));
    let force = "/v1/test_helpers/issuing/transactions/create_force_capture";
    let transaction = id(workdir.post(force, &format!("amount=100&card={card}")));
    format!("account = \"{account}\"\nopen_invoice = \"{invoice}\"\ntransaction = \"{transaction}\"\n")
}

/// The second edition of the configuration.
fn second(config: &str) -> String {
    config.replace("default = \"first\"", "default = \"second\"")
}

/// apply → empty → update → empty → import into a fresh state → empty.
fn every_official_type_lives_and_is_imported() {
    let types: std::collections::BTreeSet<&str> =
        OFFICIAL.lines().filter_map(|line| line.strip_prefix("resource \"")?.split('"').next()).collect();
    assert_eq!(types.len(), 49);
    let workdir = Workdir::new(OFFICIAL);
    std::fs::write(workdir.path("terraform.tfvars"), surroundings(&workdir)).unwrap();
    let applied = workdir.apply();
    assert!(applied.contains("52 added, 0 changed, 0 destroyed"), "{applied}");
    workdir.assert_plan_is_empty();
    workdir.write(&second(OFFICIAL));
    let updated = workdir.apply();
    assert!(updated.contains("0 added, 44 changed, 0 destroyed"), "{updated}");
    workdir.assert_plan_is_empty();

    let imports = imports(&workdir);
    let other = workdir.beside(&format!("{}\n{imports}", second(OFFICIAL)));
    std::fs::copy(workdir.path("terraform.tfvars"), other.path("terraform.tfvars")).unwrap();
    let imported = other.apply();
    assert!(imported.contains("52 imported, 0 added,") && imported.contains(" 0 destroyed"), "{imported}");
    other.assert_plan_is_empty();
}

/// An import block for everything in the state.
fn imports(workdir: &Workdir) -> String {
    let state: Json = serde_json::from_str(&workdir.ok(&["show", "-json"])).unwrap();
    let resources = state["values"]["root_module"]["resources"].as_array().unwrap().iter();
    let block = |resource: &Json| {
        let (address, values) = (resource["address"].as_str().unwrap(), &resource["values"]);
        let id = values["id"].as_str().unwrap();
        let parent = PARENTS.iter().find(|(of, _)| resource["type"] == *of);
        let id = parent.map_or_else(
            || id.to_owned(),
            |(_, parent)| format!("{}/{id}", values[*parent].as_str().unwrap()),
        );
        format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n")
    };
    resources.map(block).collect()
}

/// Paths that the stand-in is too old to know.
const UNKNOWN: [&str; 1] = ["/v2/core/event_destinations"];

fn stripe_mock_accepts_what_is_sent() {
    let mock = StripeMock::start();
    let wrong = Call {
        method: "POST".to_owned(),
        path: "/v1/products".to_owned(),
        content_type: "application/x-www-form-urlencoded".to_owned(),
        version: String::new(),
        key: String::new(),
        body: "nmae=Gold".into(),
        status: 200,
    };
    assert!(mock.objects_to(&wrong).is_some(), "it judges");
    let official = writes(OFFICIAL, &second(OFFICIAL), 90);
    let changed =
        STOREFRONT.replace("The gold plan", "The golden plan").replace("quantity = 5", "quantity = 7");
    let storefront = writes(STOREFRONT, &changed, 17);
    let (mut accepted, mut objections) = (0, Vec::new());
    for call in official.iter().chain(&storefront) {
        match mock.objects_to(call) {
            None => accepted += 1,
            Some(why) => objections.push(why),
        }
    }
    let (unknown, wrong): (Vec<_>, Vec<_>) = objections.into_iter().partition(|why| {
        why.contains("Unrecognized request URL") && UNKNOWN.iter().any(|path| why.contains(path))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted > 100 && unknown.len() <= 3, "{accepted} accepted; unknown: {unknown:#?}");
}

/// What two editions of a configuration and its end write, at least so many.
fn writes(first: &str, second: &str, at_least: usize) -> Vec<Call> {
    let workdir = Workdir::new("");
    let tap = Tap::before(&workdir.sandbox);
    let through = |config: &str| {
        let own = config.replace("sandbox = \"storefront.db\"", &format!("api_base = \"{}\"", tap.base));
        if own == config {
            format!("provider \"stripe\" {{\n  api_base = \"{}\"\n}}\n{own}", tap.base)
        } else {
            own
        }
    };
    std::fs::write(workdir.path("terraform.tfvars"), surroundings(&workdir)).unwrap();
    for edition in [first, second] {
        workdir.write(&through(edition));
        workdir.apply();
    }
    workdir.destroy();
    let writes = tap.writes();
    assert!(writes.len() >= at_least, "{} writes", writes.len());
    writes
}
