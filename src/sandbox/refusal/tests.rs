use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use super::*;

/// Returns the code of every file of the sandbox.
fn sources(folder: &Path) -> io::Result<String> {
    let mut all = String::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all += &sources(&path)?;
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            all += &fs::read_to_string(&path)?;
        }
    }
    Ok(all)
}

fn rows() -> Vec<(String, Row)> {
    let table: Table = toml::from_str(include_str!("../refusal.toml")).unwrap();
    [table.invalid, table.state, table.card].into_iter().flatten().collect()
}

#[test]
fn every_refusal_of_the_code_is_in_the_table_and_every_row_in_the_code() {
    let code = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox")).unwrap();
    let known: BTreeSet<String> = rows().into_iter().map(|(name, _)| name).collect();
    let unused: Vec<&String> = known.iter().filter(|name| !code.contains(&format!("\"{name}\""))).collect();
    assert!(unused.is_empty(), "nobody refuses with {unused:?}");
    let calls = code.split("ApiError::of(").skip(1).filter_map(|call| call.trim_start().strip_prefix('"'));
    let named: Vec<&str> = calls.filter_map(|call| call.split('"').next()).collect();
    let strange: Vec<&&str> = named.iter().filter(|name| !known.contains(**name)).collect();
    assert!(named.len() > 50 && strange.is_empty(), "there are no rows {strange:?}");
}

#[test]
fn a_name_is_that_of_one_row() {
    let mut names: Vec<String> = rows().into_iter().map(|(name, _)| name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn a_refusal_is_what_its_row_says() {
    let failure = ApiError::of("coupon_expired", &[("coupon", &"half")]);
    assert_eq!((failure.status, &failure.error["message"]), (400, &"Coupon expired: half".into()));
    assert_eq!(failure.error["code"], "coupon_expired");
    assert_eq!(ApiError::of("no_upcoming_invoice", &[]).status, 404);
    assert_eq!(ApiError::of("idempotency_key_too_long", &[]).error["type"], "idempotency_error");
}
