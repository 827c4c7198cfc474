//! Every type, attribute and block of the providers before us is here, under the same name and
//! written in the same way.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value as Json;
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::provider::{Family, Schemas};
use stripe_provider::terraform::schema::{Block, Presence};
use stripe_provider::terraform::value::Type;

/// What is written otherwise than in the official provider, and why.
const DIFFERENT: [(&str, &str); 10] = [
    ("action stripe_forwarding_request.request: Required, not O", "Stripe refuses the call without it"),
    ("ephemeral stripe_reporting_report_run.result: Dynamic, not string", "it is the whole file"),
    (
        "stripe_billing_meter.value_settings.event_payload_key: Required, not OC",
        "Stripe refuses the block without it",
    ),
    ("stripe_invoice.subscription: Optional, not OC", "Stripe no longer answers it"),
    ("stripe_subscription.cancel_at: Dynamic, not number", "it takes words too"),
    ("stripe_subscription.trial_end: Dynamic, not number", "it takes `now` too"),
    ("stripe_subscription_schedule.start_date: Dynamic, not number", "it takes `now` too"),
    (
        "stripe_terminal_reader.registration_code: Optional, not RW",
        "its write-only twin may stand in its place",
    ),
    ("stripe_tax_id.customer: OptionalComputed, not R", "the account has tax ids too"),
    ("stripe_tax_registration.active_from: Dynamic, not number", "it takes `now` too"),
];

fn table(name: &str) -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/typed/peers").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What of a peer's types is not written here as it is there: `TYPE.PATH: why`.
fn differences(peer: &Json, schemas: &Schemas) -> Vec<String> {
    let mut found = Vec::new();
    for (name, theirs) in peer["resource_schemas"].as_object().unwrap() {
        match schemas[Family::Resource].get(name) {
            None => found.push(format!("{name}: no such type")),
            Some(ours) => {
                if ours.version <= theirs["version"].as_i64().unwrap() {
                    found.push(format!("{name}: version {}", ours.version));
                }
                compare(name, &theirs["attributes"], &ours.block, &mut found);
            }
        }
    }
    for (name, theirs) in peer["ephemeral_resource_schemas"].as_object().into_iter().flatten() {
        let place = format!("ephemeral {name}");
        match schemas[Family::EphemeralResource].get(name) {
            None => found.push(format!("{place}: no such type")),
            Some(ours) => compare(&place, &theirs["attributes"], &ours.block, &mut found),
        }
    }
    for (name, theirs) in peer["action_schemas"].as_object().into_iter().flatten() {
        match schemas[Family::Action].get(name) {
            None => found.push(format!("action {name}: no such action")),
            Some(ours) => compare(&format!("action {name}"), &theirs["attributes"], &ours.block, &mut found),
        }
    }
    found
}

fn compare(place: &str, theirs: &Json, ours: &Block, found: &mut Vec<String>) {
    for (name, spec) in theirs.as_object().unwrap() {
        let at = format!("{place}.{name}");
        let spelled = spec.as_str().or_else(|| spec[0].as_str()).unwrap();
        let is_block = spelled.starts_with("block");
        match (ours.attribute(name), ours.blocks.iter().find(|it| it.name == name.as_str())) {
            (_, Some(block)) if is_block => compare(&at, &spec[1], &block.block, found),
            (Some(_), _) if is_block => found.push(format!("{at}: an attribute, not a block")),
            (None, Some(_)) => found.push(format!("{at}: a block, not an attribute")),
            (None, None) => found.push(format!("{at}: missing ({spelled})")),
            (Some(attribute), _) => {
                let (mode, ty) = spelled.split_once(' ').unwrap();
                found.extend(mode_differs(mode, attribute.presence).map(|why| format!("{at}: {why}")));
                if mode.contains('S') && !attribute.sensitive {
                    found.push(format!("{at}: not sensitive"));
                }
                if !fits(ty, &attribute.ty) {
                    found.push(format!("{at}: {:?}, not {ty}", attribute.ty));
                }
            }
        }
    }
}

/// What can be written there can be written here, and what must be there, must be here.
fn mode_differs(mode: &str, presence: Presence) -> Option<String> {
    let settable = mode.contains(['R', 'O', 'W']);
    let same = match presence {
        Presence::Required => mode.contains('R'),
        Presence::Optional => settable && !mode.contains('R') && !mode.contains('C'),
        Presence::OptionalComputed => !mode.contains('R'),
        Presence::Computed => !settable,
    };
    (!same).then(|| format!("{presence:?}, not {mode}"))
}

fn fits(theirs: &str, ours: &Type) -> bool {
    match theirs {
        "string" => *ours == Type::String,
        "number" => *ours == Type::Number,
        "bool" => *ours == Type::Bool,
        "map(string)" => *ours == Type::map(Type::String),
        "list(string)" | "set(string)" => *ours == Type::list(Type::String),
        "map(number)" => *ours == Type::map(Type::Number),
        nested if nested.starts_with("nested") => {
            matches!(ours, Type::Dynamic) || *ours == Type::list(Type::map(Type::String))
        }
        _ => false,
    }
}

#[test]
fn the_types_of_the_official_provider_are_written_as_there() {
    let schemas = Schemas::of(&StripeProvider::new(Env::from_pairs([("HOME", "")])));
    let found = differences(&table("official.json"), &schemas);
    let known: BTreeSet<&str> = DIFFERENT.iter().map(|(difference, _)| *difference).collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let new: Vec<&&str> = found.difference(&known).collect();
    let gone: Vec<&&str> = known.difference(&found).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:#?}\nno longer so: {gone:#?}");
}

#[test]
fn the_types_of_the_community_provider_are_here() {
    let schemas = Schemas::of(&StripeProvider::new(Env::from_pairs([("HOME", "")])));
    let found = differences(&table("community.json"), &schemas);
    let missing: Vec<&String> = found.iter().filter(|it| it.ends_with("no such type")).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_table_of_the_readme_is_what_the_schemas_hold() {
    let schemas = Schemas::of(&StripeProvider::new(Env::from_pairs([("HOME", "")])));
    let peers = ["official.json", "community.json"].map(table);
    let count =
        |family: &str| peers.each_ref().map(|it| it[family].as_object().map_or(0, serde_json::Map::len));
    let here = peers.each_ref().map(|peer| {
        let theirs = peer["resource_schemas"].as_object().unwrap().keys();
        theirs.filter(|name| schemas[Family::Resource].contains_key(*name)).count()
    });
    let row = |title: &str, ours: &str, [official, community]: [usize; 2]| {
        format!("| {title} | {ours} | {official} | {community} |")
    };
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for row in [
        row("resource types", &schemas[Family::Resource].len().to_string(), count("resource_schemas")),
        row("data sources", &schemas[Family::DataSource].len().to_string(), count("data_source_schemas")),
        row(
            "ephemeral resources",
            &schemas[Family::EphemeralResource].len().to_string(),
            count("ephemeral_resource_schemas"),
        ),
        row("actions", &schemas[Family::Action].len().to_string(), count("action_schemas")),
        row("of their types, available here under the same name", "", here).replace("|  |", "| |"),
    ] {
        assert!(readme.contains(&row), "the README lacks {row}");
    }
}
