//! Every message is provoked, and the page of messages shows each as a user sees it.
//!
//! A scene is a story that ends in messages. What all scenes tell together must be every message that
//! is declared, and every declared message must be told: one that no scene provokes fails here.

mod found;
mod journal;
mod lives;
mod settings;
mod stage;
mod stripe;
mod wire;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::diagnostic::{Diagnostic, Severity};
use stripe_provider::terraform::message::Message;

use stage::Told;

const HEAD: &str = "---
page_title: \"Messages\"
description: |-
  Every error and warning of the provider: what is wrong, where, and what to do.
---

# Messages

What the provider says, as Terraform shows it. `(error)` stops the run, `(warning)` does not. Below each title are the
text and the attribute that it refers to. A test provokes every message and writes this page.
";

#[tokio::test]
async fn every_message_is_told_and_every_telling_is_declared() {
    let mut told = settings::told().await;
    told.extend(found::told().await);
    told.extend(lives::told().await);
    told.extend(stripe::told().await);
    told.extend(wire::told().await);
    told.extend(journal::told().await);
    let groups = StripeProvider::messages();
    let all: Vec<&Message> = groups.iter().flat_map(|(_, messages)| *messages).collect();
    let is_of = |message: &Message, told: &Told| message.is_told_by(&told.diagnostic);
    let stray: Vec<&Told> = told.iter().filter(|told| !all.iter().any(|it| is_of(it, told))).collect();
    let mut shown: BTreeMap<&str, &Told> = BTreeMap::new();
    for message in &all {
        if let Some(first) = told.iter().find(|told| is_of(message, told)) {
            shown.entry(message.name).or_insert(first);
        }
    }
    let names = all.iter().map(|message| message.name);
    let silent: Vec<&str> = names.filter(|name| !shown.contains_key(name)).collect();
    assert!(
        stray.is_empty() && silent.is_empty(),
        "declare these in src/provider/messages: {stray:#?}\nno scene provokes these: {silent:?}"
    );
    println!("{} messages, {} provoked", all.len(), shown.len());
    compare(&page(&groups, &shown));
}

fn page(groups: &[(&str, &[Message])], shown: &BTreeMap<&str, &Told>) -> String {
    let mut text = HEAD.to_owned();
    for (group, messages) in groups {
        let _ = write!(text, "\n## {group}\n");
        for message in *messages {
            let severity = if message.severity == Severity::Error { "error" } else { "warning" };
            let _ = write!(text, "\n### {} ({severity})\n\n", message.summary);
            let (at, detail) = match shown.get(message.name) {
                Some(told) => (told.at.as_str(), without_chance(&told.diagnostic.detail)),
                None => ("", format!("{} {}", message.what, message.next).trim_end().to_owned()),
            };
            let _ = write!(text, "```text\n{detail}\n```\n");
            if !at.is_empty() {
                let _ = write!(text, "\nat `{at}`\n");
            }
        }
    }
    text
}

/// A text without what differs from run to run: ids, ports, request ids, folders, ages.
fn without_chance(text: &str) -> String {
    let words = text.split_inclusive(|letter: char| " \n`'\"(),".contains(letter));
    let settled: String = words.map(stage::settled).collect();
    match settled.split_once(" ago") {
        Some((before, after)) => {
            let mut words: Vec<&str> = before.rsplitn(3, ' ').collect();
            let before = words.pop().unwrap_or_default();
            format!("{before} 3 minutes ago{after}")
        }
        None => settled,
    }
}

fn compare(page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guides/messages.md");
    if std::env::var("UPDATE_PAGES").is_ok() {
        std::fs::write(&path, page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "run UPDATE_PAGES=1 cargo test --test protocol messages");
}

/// A diagnostic as it came over the wire.
pub fn diagnostic(wire: &stripe_provider::terraform::wire::tfplugin5::Diagnostic) -> Diagnostic {
    let told = Diagnostic::error(wire.summary.clone(), wire.detail.clone());
    if wire.severity == 1 { told } else { Diagnostic { severity: Severity::Warning, ..told } }
}
