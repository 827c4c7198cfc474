//! The flows that applications live on, told to their ends: requests and whole answers, as files to
//! read.
//!
//! A file begins with what it shows, the page of Stripe's documentation that it follows, what of it was
//! reviewed, and what the sandbox does not tell. `>` is a request with a param in each line, `<` its answer,
//! and the name under which later requests know it: `{customer}` is the id of the answer of that name,
//! `{invoice.number}` one of its fields, `{now+60}` a time. `=` is an event that came of the request, with
//! what Stripe says of the change. `>>` prepares something, and nothing that comes of it is shown. The time is
//! 2027-01-15 08:00:00 and stands still. `UPDATE_GOLDEN=1 cargo test --test sandbox transcripts` writes answers
//! and events anew; all other lines are written by hand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use stripe_provider::catalog::{Called, catalog};
use stripe_provider::sandbox::Sandbox;

use crate::calls::STILL;
use crate::client::Client;
use crate::golden::settle;

/// The flows of which there must be a file.
pub const FLOWS: &[&str] = &[
    "cancel",
    "checkout",
    "checkout_subscription",
    "connect",
    "connect_direct",
    "credit_note",
    "customer",
    "dispute",
    "failure",
    "invoice",
    "payment",
    "portal",
    "promotion_code",
    "quote",
    "refund",
    "renewal",
    "schedule",
    "setup",
    "subscription",
    "tax",
    "usage",
];
/// A line of an answer is at most this long where it can be.
const WIDE: usize = 110;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox/transcripts")
}

/// A flow being told: the answers so far by their names.
struct Telling {
    client: Client,
    known: BTreeMap<String, Json>,
    /// Ids with the first name under which each was answered.
    names: Vec<(String, String)>,
}

impl Telling {
    /// A line with what its braces stand for.
    fn filled(&self, line: &str) -> String {
        let mut filled = String::new();
        let mut rest = line;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, further) = after.split_once('}').unwrap_or_else(|| panic!("a brace is open: {line}"));
            filled += before;
            filled += &self.value(name);
            rest = further;
        }
        filled + rest
    }

    fn value(&self, name: &str) -> String {
        if let Some(later) = name.strip_prefix("now") {
            let seconds: i64 = if later.is_empty() { 0 } else { later.parse().unwrap() };
            return (STILL + seconds).to_string();
        }
        let (of, path) = name.split_once('.').unwrap_or((name, "id"));
        let answer = self.known.get(of).unwrap_or_else(|| panic!("no answer is called {of}"));
        match answer.pointer(&format!("/{}", path.replace('.', "/"))) {
            Some(Json::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => panic!("{of} has no {path}: {answer:#}"),
        }
    }

    /// Makes the call of a request and gives its answer a name.
    fn call(&mut self, request: &[String], name: &str) -> (u16, Json) {
        let lines: Vec<String> = request.iter().map(|line| self.filled(line)).collect();
        let (method, path) = lines[0].split_once(' ').unwrap();
        let (params, headers): (Vec<_>, Vec<_>) = lines[1..].iter().partition(|line| line.contains('='));
        let form: Vec<(&str, &str)> = params.iter().map(|line| line.split_once('=').unwrap()).collect();
        let mut given = vec![("authorization", "Bearer sk_test_sandbox")];
        given.extend(headers.iter().map(|line| line.split_once(": ").unwrap()));
        let (status, answer) = self.client.call_with(&given, method, path, &form);
        let id = answer["id"].as_str().filter(|id| id.len() > 6).map(str::to_owned);
        if let Some(id) = id.filter(|id| self.names.iter().all(|(known, _)| known != id)) {
            self.names.push((id, name.to_owned()));
        }
        self.known.insert(name.to_owned(), answer.clone());
        (status, answer)
    }

    /// The events since the last one that was seen, oldest first, and the last of them.
    fn events(&self, since: Option<&str>) -> (Vec<Json>, Option<String>) {
        let mut form = vec![("limit", "100")];
        form.extend(since.map(|since| ("ending_before", since)));
        let page = self.client.ok("GET", "/v1/events", &form);
        let found = page["data"].as_array().unwrap();
        let last = found
            .first()
            .map_or_else(|| since.map(str::to_owned), |last| last["id"].as_str().map(str::to_owned));
        (found.iter().rev().cloned().collect(), last)
    }

    /// One line for an event: its type, the object that it is about, and the names of what changed.
    fn line_of(&self, event: &Json) -> String {
        let data = &event["data"];
        let id = data["object"]["id"].as_str().unwrap_or_default();
        let named = self.names.iter().find(|(known, _)| known == id);
        let kind = || data["object"]["object"].as_str().unwrap_or_default().to_owned();
        let about = named.map_or_else(kind, |(_, name)| format!("{{{name}}}"));
        let changed = data["previous_attributes"].as_object().into_iter().flatten();
        let changed: String = changed.flat_map(|(name, _)| [" ", name.as_str()]).collect();
        format!("= {} {about}{changed}", event["type"].as_str().unwrap())
    }

    /// An answer with marks in the place of what differs from run to run.
    fn shown(&self, mut answer: Json) -> String {
        let text = answer.to_string();
        let text = self.names.iter().fold(text, |text, (id, name)| text.replace(id, &format!("{{{name}}}")));
        answer = serde_json::from_str(&text).unwrap();
        let time = |at: i64| jiff::Timestamp::from_second(at).unwrap().strftime("%F %T").to_string();
        settle(&mut answer, "", &time);
        let mut shown = String::new();
        lay_out(&answer, 0, &mut shown);
        shown
    }
}

/// Writes a value: in one line where that is not too long.
fn lay_out(value: &Json, depth: usize, out: &mut String) {
    let plain = value.to_string();
    let holds = |open: char, parts: Vec<(String, &Json)>, close: char, out: &mut String| {
        out.push(open);
        for (at, (name, value)) in parts.iter().enumerate() {
            write!(out, "{}\n{}{name}", if at == 0 { "" } else { "," }, " ".repeat(depth + 1)).unwrap();
            lay_out(value, depth + 1, out);
        }
        write!(out, "\n{}{close}", " ".repeat(depth)).unwrap();
    };
    match value {
        Json::Object(members) if depth == 0 || plain.len() + depth > WIDE => {
            holds(
                '{',
                members.iter().map(|(name, value)| (format!("\"{name}\": "), value)).collect(),
                '}',
                out,
            );
        }
        Json::Array(items) if plain.len() + depth > WIDE => {
            holds('[', items.iter().map(|item| (String::new(), item)).collect(), ']', out);
        }
        _ => out.push_str(&plain),
    }
}

/// The file of a flow.
pub fn text(flow: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{flow}.txt"))).unwrap()
}

/// The same flow, told anew.
fn told(text: &str) -> String {
    told_by(Client::over(Sandbox::memory().unwrap().repeating(STILL, 0)), text)
}

/// The same flow, told anew with the calls of that client.
pub fn told_by(client: Client, text: &str) -> String {
    let mut telling = Telling { client, known: BTreeMap::new(), names: Vec::new() };
    let (mut fresh, mut request, mut hidden, mut last) = (String::new(), Vec::new(), false, None);
    for line in text.lines() {
        if let Some(given) = line.strip_prefix('>') {
            hidden = given.starts_with('>') || (hidden && !request.is_empty());
            request.push(given.trim_start_matches('>').trim().to_owned());
        } else if let Some(answered) = line.strip_prefix("< ") {
            let (wanted, name) = answered.split_once(' ').unwrap_or((answered, ""));
            let (status, answer) = telling.call(&std::mem::take(&mut request), name);
            assert_eq!(status.to_string(), wanted, "{line}: {answer:#}");
            fresh += &(line.to_owned() + "\n");
            let (events, newest) = telling.events(last.as_deref());
            last = newest;
            if !hidden {
                fresh += &(telling.shown(answer) + "\n");
                fresh.extend(events.iter().map(|event| telling.line_of(event) + "\n"));
            }
            continue;
        } else if !line.is_empty() && !line.starts_with('#') {
            // an answer or an event, which is written anew
            continue;
        }
        fresh += line;
        fresh.push('\n');
    }
    assert!(request.is_empty(), "the last request has no answer: {request:?}");
    fresh
}

/// What the head of every file says.
const HEAD: &[&str] = &["\n# Follows https://docs.stripe.com/", "\n# Reviewed: ", "\n# Not told: "];

#[track_caller]
fn check(flow: &str) {
    let path = folder().join(format!("{flow}.txt"));
    let text = text(flow);
    for says in HEAD {
        assert!(text.contains(says), "the head of {flow} does not say {says:?}");
    }
    let fresh = told(&text);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &fresh).unwrap();
        return;
    }
    let other = text.lines().zip(fresh.lines()).find(|(old, new)| old != new);
    assert!(
        text == fresh,
        "{flow} is told otherwise: {other:?}: UPDATE_GOLDEN=1 cargo test --test sandbox transcripts"
    );
}

#[test]
fn every_flow_is_told_as_it_was() {
    let faults: Vec<&str> =
        FLOWS.iter().filter(|flow| std::panic::catch_unwind(|| check(flow)).is_err()).copied().collect();
    assert!(faults.is_empty(), "these flows are told otherwise: {faults:?}");
}

#[test]
fn every_file_is_a_flow() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, FLOWS);
}

/// The names of a param in a form: `items[0][price]` is `items.price`.
fn path_of(name: &str) -> String {
    let parts = name.split('[').map(|part| part.trim_end_matches(']'));
    parts.filter(|part| part.parse::<usize>().is_err()).collect::<Vec<_>>().join(".")
}

/// What the flows live on has an effect.
#[test]
fn no_param_of_a_flow_is_stored_only() {
    let read =
        |file: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let listed: Json = serde_json::from_str(&read("tests/sandbox/silent.json")).unwrap();
    let mut count = 0;
    for flow in FLOWS {
        let text = text(flow);
        let mut label = String::new();
        for line in
            text.lines().filter_map(|line| Some(line.strip_prefix('>')?.trim_start_matches('>').trim()))
        {
            if let Some((name, _)) = line.split_once('=') {
                let found = listed["stored_only"][&label].as_array().into_iter().flatten();
                let silent = found.into_iter().any(|listed| *listed == path_of(name));
                assert!(!silent, "{flow}: {label} takes {name} without effect");
                count += 1;
            } else if let Some((method, path)) =
                line.split_once(' ').filter(|(_, path)| path.starts_with('/'))
            {
                label =
                    catalog().match_path(method, path).map_or_else(String::new, |found| match found.called {
                        Called::Operation(operation) => {
                            format!("{}.{}", found.entity.key, format!("{:?}", operation.kind).to_lowercase())
                        }
                        Called::Action(action) => format!("{}.{}", found.entity.key, action.name),
                    });
            }
        }
    }
    assert!(count > 100, "{count}");
}
