//! Looking for secrets in texts: as they are, and inside base64, once and twice (a handle is
//! base64, and Terraform keeps private data, which holds a handle, as base64 again).

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::harness::{Case, case};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value as Json;

pub fn cases() -> Vec<Case> {
    vec![case!(a_secret_is_found_in_base64_of_base64)]
}

/// A secret and every form it is looked for in.
pub struct Needle {
    pub name: &'static str,
    forms: BTreeSet<String>,
}

impl Needle {
    pub fn new(name: &'static str, secret: &str) -> Self {
        let plain = BTreeSet::from([secret.to_owned()]);
        let once: BTreeSet<String> = encoded(secret).collect();
        let twice = once.iter().flat_map(|form| encoded(form)).collect();
        Self { name, forms: [plain, once, twice].into_iter().flatten().collect() }
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.forms.iter().any(|form| text.contains(form))
    }
}

/// What a text looks like inside of base64, wherever in a group of three bytes it begins:
/// the letters that depend on nothing around it.
fn encoded(text: &str) -> impl Iterator<Item = String> {
    (0..3usize).flat_map(|shift| {
        let shifted = [&vec![0; shift], text.as_bytes()].concat();
        let first = (shift * 8).div_ceil(6);
        let last = shifted.len() * 8 / 6;
        [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)]
            .map(|encoded| encoded[first..last].to_owned())
    })
}

/// Every file below a folder as text, links left out; those of `given` hold what the test
/// itself wrote there.
pub fn files(folder: &Path, given: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_symlink() || given.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                found.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    found
}

/// Where in a JSON text a secret is: `resources.2.instances.0.attributes.handle`, …; a
/// resource is called by its name.
pub fn places(json: &Json, needle: &Needle) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    look(json, String::new(), needle, &mut found);
    found
}

fn look(json: &Json, at: String, needle: &Needle, found: &mut BTreeSet<String>) {
    let under = |key: &str| if at.is_empty() { key.to_owned() } else { format!("{at}.{key}") };
    match json {
        Json::String(text) if needle.is_in(text) => drop(found.insert(at)),
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let key = item["name"].as_str().map_or_else(|| index.to_string(), str::to_owned);
                look(item, under(&key), needle, found);
            }
        }
        Json::Object(fields) => {
            for (key, value) in fields {
                look(value, under(key), needle, found);
            }
        }
        _ => {}
    }
}

fn a_secret_is_found_in_base64_of_base64() {
    let needle = Needle::new("key", "sk_test_hidden0123456789");
    assert!(!needle.is_in("sk_test_other") && needle.is_in("x sk_test_hidden0123456789 y"));
    for before in ["", "a", "ab", "abc", "{\"handle\":\""] {
        let once = URL_SAFE_NO_PAD.encode(format!("{before}sk_test_hidden0123456789\"}}"));
        assert!(needle.is_in(&format!("stripe-connection.1.{once}")), "{before:?} once");
        for around in ["", "a", "ab", "{\"handle\":\"stripe-connection.1."] {
            let twice = STANDARD_NO_PAD.encode(format!("{around}{once}\"}}"));
            assert!(needle.is_in(&twice), "{before:?} in {around:?} twice");
        }
    }
}
