//! Every change of an object that Stripe announces makes one event of its kind: none is missing, none is
//! told twice. After each call what stands in the file of the sandbox is compared with what stood there
//! before, and with the events that came.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, OperationKind, catalog};
use stripe_provider::sandbox::Sandbox;

use crate::actions::each_on_a_new_object;
use crate::calls::{STILL, Stripe};
use crate::client::{Client, id};
use crate::every::{creatable, made};
use crate::params::Setups;
use crate::transcripts;

type Body = Map<String, Json>;

/// An object in the file: its space, its type and what it is found by.
type Name = (String, String, String);

/// Looks at the file of a sandbox after each call.
#[derive(Debug, Clone)]
pub struct Watch(Arc<Mutex<Watched>>);

#[derive(Debug)]
struct Watched {
    file: Connection,
    kinds: BTreeSet<String>,
    known: BTreeMap<Name, (String, bool)>,
    /// The last event that was seen.
    last: i64,
    /// How many events were expected and came.
    told: usize,
    wrong: Vec<String>,
}

/// A change of one object, seen from outside.
struct Seen<'s> {
    before: Option<&'s Body>,
    after: &'s Body,
    gone: bool,
}

impl Watch {
    pub fn over(file: &Path) -> Self {
        let file = Connection::open(file).unwrap();
        let endpoint = catalog().by_key("webhook_endpoint").unwrap();
        let create = endpoint.operation(OperationKind::Create).unwrap();
        let kinds = create.param("enabled_events").unwrap().values().iter().cloned().collect();
        let (known, wrong) = (BTreeMap::new(), Vec::new());
        Self(Arc::new(Mutex::new(Watched { file, kinds, known, last: 0, told: 0, wrong })))
    }

    /// Compares what a call changed with what it told.
    pub fn look(&self, call: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).look(call);
    }

    /// Calls of that sandbox, each of which is looked at.
    fn calls(&self, sandbox: Sandbox) -> Stripe {
        let watch = self.clone();
        Stripe::watched(sandbox, Box::new(move |call| watch.look(call)))
    }

    /// How many events came as they should; what did not is a failure.
    #[track_caller]
    fn verdict(&self) -> usize {
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wrong: BTreeSet<&String> = watched.wrong.iter().collect();
        let wrong: Vec<&str> = wrong.into_iter().map(String::as_str).collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), watched.told, wrong.join("\n"));
        watched.told
    }
}

impl Watched {
    fn look(&mut self, call: &str) {
        let told = self.events();
        let now = self.objects();
        for (name, (text, gone)) in &now {
            let old = self.known.get(name).filter(|(_, gone)| !gone);
            if old.is_some_and(|(old, _)| old == text && !gone) || (old.is_none() && *gone) {
                continue;
            }
            let before: Option<Body> = old.map(|(text, _)| serde_json::from_str(text).unwrap());
            let after: Body = serde_json::from_str(text).unwrap();
            let seen = Seen { before: before.as_ref(), after: &after, gone: *gone };
            let of = told.get(&(name.0.clone(), name.1.clone(), name.2.clone()));
            let several = call.ends_with("/advance");
            let faults = seen.faults(&self.kinds, of.map_or(&[][..], Vec::as_slice), several);
            self.told += of.map_or(0, Vec::len);
            self.wrong.extend(faults.into_iter().map(|fault| format!("{call}: {} {fault}", name.1)));
        }
        let foreseen = |name: &Name| name.2.starts_with("upcoming_") || name.1.ends_with("_summary");
        for ((_, object, id), kinds) in
            told.iter().filter(|(name, _)| !now.contains_key(*name) && !foreseen(name))
        {
            self.wrong.push(format!("{call}: {kinds:?} of {object} {id}, which is not there"));
        }
        self.known = now;
    }

    /// All objects of accounts but events and those of version 2, whose events are others.
    fn objects(&self) -> BTreeMap<Name, (String, bool)> {
        let query =
            "SELECT space, object, id, body, gone FROM objects WHERE space <> 'stripe' AND object <> 'event'";
        let mut statement = self.file.prepare_cached(query).unwrap();
        let rows = statement.query_map([], |row| {
            let name: Name = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((name, (row.get(3)?, row.get(4)?)))
        });
        rows.unwrap().map(Result::unwrap).filter(|((_, object, _), _)| !object.starts_with("v2.")).collect()
    }

    /// The kinds of the new events, by what they are about.
    fn events(&mut self) -> BTreeMap<Name, Vec<String>> {
        let query = "SELECT seq, space, body FROM objects WHERE object = 'event' AND seq > ?1 ORDER BY seq";
        let mut statement = self.file.prepare_cached(query).unwrap();
        let rows = statement.query_map([self.last], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        });
        let mut told: BTreeMap<Name, Vec<String>> = BTreeMap::new();
        for (seq, space, body) in rows.unwrap().map(Result::unwrap) {
            self.last = seq;
            let event: Json = serde_json::from_str(&body).unwrap();
            let about = &event["data"]["object"];
            let text = |value: &Json| value.as_str().unwrap_or("own").to_owned();
            let name = (space, text(&about["object"]), text(&about["id"]));
            told.entry(name).or_default().push(text(&event["type"]));
        }
        told
    }
}

/// What the events of an object begin with.
fn prefix(object: &str, body: &Body) -> String {
    let has = |name: &str| body.get(name).is_some_and(Json::is_string);
    match object {
        "bank_account" | "card" if has("account") => "account.external_account".to_owned(),
        "bank_account" | "card" => "customer.source".to_owned(),
        "source" if has("customer") => "customer.source".to_owned(),
        "discount" | "subscription" | "tax_id" => format!("customer.{object}"),
        "dispute" => "charge.dispute".to_owned(),
        _ => object.replace("issuing.", "issuing_"),
    }
}

impl Seen<'_> {
    fn member(&self, name: &str) -> (Option<&Json>, Option<&Json>) {
        (self.before.and_then(|before| before.get(name)), self.after.get(name))
    }

    /// Whether something that is shown is another now.
    fn differs(&self) -> bool {
        let shown = |body: &Body| {
            let mut body = body.clone();
            let unsaid = ["next_invoice_sequence", "updated"];
            body.retain(|name, value| {
                !(name.starts_with('_') || unsaid.contains(&name.as_str()) || value.is_null())
            });
            body
        };
        self.before.map(shown) != Some(shown(self.after))
    }

    /// Whether Stripe tells a change by another event than that of an update.
    fn has_a_name_of_its_own(&self, object: &str) -> bool {
        let changed = |name: &str| {
            let (old, new) = self.member(name);
            old != new
        };
        match object {
            "charge" => changed("amount_refunded") || changed("captured"),
            "payment_method" | "source" => changed("customer"),
            "subscription" => self.after["status"] == "canceled" && changed("status"),
            _ => false,
        }
    }

    /// The events that there must be, by what they are called behind the object.
    fn expected(&self, object: &str, prefix: &str, kinds: &BTreeSet<String>) -> Vec<String> {
        let known = |what: &str| kinds.contains(&format!("{prefix}.{what}"));
        let mut expected = Vec::new();
        // what an account receives of a platform is a payment, of which there are no kinds of event
        if self.after.get("id").and_then(Json::as_str).is_some_and(|id| id.starts_with("py")) {
            return expected;
        }
        if self.gone {
            expected.push("deleted".to_owned());
        } else if self.before.is_none() {
            let creates = catalog().by_key(object).is_some_and(Entity::creates);
            let what = if creates || known("created") { "created" } else { "updated" };
            expected.push(what.to_owned());
        } else if self.differs() && !self.has_a_name_of_its_own(object) {
            expected.push("updated".to_owned());
        }
        let (old, new) = self.member("status");
        if let Some(state) = new.and_then(Json::as_str).filter(|_| !self.gone && old != new) {
            let begins = ["requires_input", "ready"].contains(&state) && self.before.is_none();
            expected.extend(Some(state.to_owned()).filter(|_| !begins));
        }
        expected.retain(|what| known(what));
        expected
    }

    fn faults(&self, kinds: &BTreeSet<String>, told: &[String], several: bool) -> Vec<String> {
        let object = self.after["object"].as_str().unwrap();
        let prefix = prefix(object, self.after);
        let mut faults = Vec::new();
        for what in self.expected(object, &prefix, kinds) {
            if !told.contains(&format!("{prefix}.{what}")) {
                faults.push(format!("does not tell {prefix}.{what}, but {told:?}"));
            }
        }
        // an object may become another one twice, with an event of its own each time
        let told_once: Vec<&String> = told.iter().filter(|kind| !kind.ends_with(".updated")).collect();
        let once: BTreeSet<&String> = told_once.iter().copied().collect();
        if once.len() != told_once.len() && !several {
            faults.push(format!("tells something twice: {told:?}"));
        }
        let updated = format!("{prefix}.updated");
        let silent = self.before.is_some() && !self.gone && !self.differs();
        if told.contains(&updated) && silent && !several {
            faults.push(format!("tells {updated}, and nothing is another now"));
        }
        faults
    }
}

/// A sandbox in a file of its own, and who looks at it.
fn watched() -> (tempfile::TempDir, PathBuf, Sandbox) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::open(&file).unwrap().repeating(STILL, 0);
    (folder, file, sandbox)
}

#[test]
fn every_flow_tells_each_change_once() {
    let mut told = 0;
    for flow in transcripts::FLOWS {
        let (_folder, file, sandbox) = watched();
        let watch = Watch::over(&file);
        transcripts::told_by(Client::watched(sandbox, watch.clone()), &transcripts::text(flow));
        told += watch.verdict();
    }
    assert!(told > 250, "{told} events");
}

#[test]
fn what_is_made_changed_and_deleted_is_told_once() {
    let (_folder, file, sandbox) = watched();
    let watch = Watch::over(&file);
    let (stripe, setups) = (watch.calls(sandbox), Setups::read());
    setups.before(&stripe);
    for entity in creatable().filter(|entity| !setups.missing(&entity.key, "Create")) {
        let Ok(body) = made(&stripe, &setups, entity) else { continue };
        let Some(id) = body["id"].as_str() else { continue };
        setups.after(&stripe, entity, id);
        let named = json!({"metadata": {"changed": "yes"}});
        for (kind, params) in [(OperationKind::Update, &named), (OperationKind::Delete, &json!({}))] {
            if let Some(operation) = entity.operation(kind) {
                let path = setups.path(&stripe, entity, &operation.path, id);
                stripe.call(operation.method.as_str(), &path, params);
            }
        }
    }
    let told = watch.verdict();
    assert!(told > 100, "{told} events");
}

#[test]
fn what_an_action_does_is_told_once() {
    let (_folder, file, sandbox) = watched();
    let watch = Watch::over(&file);
    let (stripe, setups) = (watch.calls(sandbox), Setups::read());
    setups.before(&stripe);
    each_on_a_new_object(&stripe, &setups, |_, _, _| ());
    let told = watch.verdict();
    assert!(told > 100, "{told} events");
}

/// How often each of these kinds was told.
fn counts<const N: usize>(client: &Client, kinds: [&str; N]) -> [usize; N] {
    kinds.map(|kind| {
        let page = client.ok("GET", "/v1/events", &[("type", kind), ("limit", "100")]);
        page["data"].as_array().unwrap().len()
    })
}

#[test]
fn a_failure_is_told_as_often_as_it_happens() {
    let client = Client::over(Sandbox::memory().unwrap().repeating(STILL, 0));
    let intent = id(&client.post("/v1/setup_intents", &[("allowed_payment_method_types[]", "card")]));
    for _ in 0..2 {
        let card = [("payment_method", "pm_card_chargeDeclined")];
        client.refused(402, "POST", &format!("/v1/setup_intents/{intent}/confirm"), &card);
    }
    let form = [
        ("amount", "500"),
        ("currency", "usd"),
        ("confirm", "true"),
        ("allowed_payment_method_types[]", "card"),
    ];
    let card = ("payment_method", "pm_card_authenticationRequired");
    let intent = id(&client.post("/v1/payment_intents", &[&form[..], &[card]].concat()));
    for _ in 0..2 {
        let page = format!("/_sandbox/payment_intents/{intent}/authenticate?outcome=failed");
        assert_eq!(client.post(&page, &[])["status"], "requires_payment_method");
        client.post(&format!("/v1/payment_intents/{intent}/confirm"), &[card]);
    }
    let kinds =
        ["setup_intent.setup_failed", "payment_intent.payment_failed", "payment_intent.requires_action"];
    assert_eq!(counts(&client, kinds), [2, 2, 3]);
    let customer = client.payer("pm_card_visa");
    client.post("/v1/invoiceitems", &[("customer", &customer), ("amount", "500"), ("currency", "usd")]);
    let form =
        [("customer", customer.as_str()), ("collection_method", "send_invoice"), ("days_until_due", "30")];
    let invoice = id(&client.post("/v1/invoices", &form));
    for _ in 0..2 {
        client.post(&format!("/v1/invoices/{invoice}/send"), &[]);
    }
    assert_eq!(counts(&client, ["invoice.sent", "invoice.finalized"]), [2, 1]);
}

#[test]
fn each_turn_of_a_clock_is_told_by_itself() {
    let client = Client::over(Sandbox::memory().unwrap().repeating(STILL, 0));
    let (clock, customer) = client.payer_at(STILL, "pm_card_visa");
    let price = client.monthly("900");
    let form = [("customer", customer.as_str()), ("items[0][price]", &price), ("trial_period_days", "10")];
    client.post("/v1/subscriptions", &form);
    let advance = format!("/v1/test_helpers/test_clocks/{clock}/advance");
    let kinds = [
        "customer.subscription.trial_will_end",
        "customer.subscription.updated",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "test_helpers.test_clock.advancing",
        "test_helpers.test_clock.ready",
    ];
    assert_eq!(counts(&client, kinds), [0, 0, 1, 1, 1, 0, 0]);
    for days in [50, 99] {
        let later = STILL + days * 24 * 60 * 60;
        client.post(&advance, &[("frozen_time", &later.to_string())]);
    }
    // the trial ends, and the period after it begins; two more periods begin
    assert_eq!(counts(&client, kinds), [1, 3, 4, 4, 4, 2, 2]);
    let page = client.ok("GET", "/v1/events", &[("type", "invoice.created")]);
    let drafts =
        page["data"].as_array().unwrap().iter().filter(|event| event["data"]["object"]["status"] == "draft");
    assert_eq!(drafts.count(), 4, "an invoice is a draft at first");
}

#[test]
fn what_an_account_is_paid_out_to_is_told_as_its_own() {
    let client = Client::new();
    let account = id(&client.post("/v1/accounts", &[("type", "custom"), ("country", "US")]));
    let bank = client.post(
        &format!("/v1/accounts/{account}/external_accounts"),
        &[("external_account", "btok_us_verified")],
    );
    client.ok("DELETE", &format!("/v1/accounts/{account}/external_accounts/{}", id(&bank)), &[]);
    client.post(&format!("/v1/accounts/{account}/capabilities/transfers"), &[("requested", "true")]);
    let kinds = [
        "account.external_account.created",
        "account.external_account.deleted",
        "capability.updated",
        "customer.source.created",
    ];
    assert_eq!(counts(&client, kinds), [1, 1, 1, 0]);
}
