//! The bill of materials in CycloneDX form. It has neither a time nor a serial number, so that it depends
//! only on the commit.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::dependencies::Package;
use crate::{NAME, ROOT, VERSION};

#[derive(Debug, Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Debug, Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

/// Returns the bill of materials of a program that consists of these packages.
pub(crate) fn of(packages: &[Package]) -> Result<String, Box<dyn Error>> {
    let lock: Lock = toml::from_str(&fs::read_to_string(Path::new(ROOT).join("Cargo.lock"))?)?;
    let checksum = |locked: Locked| Some(((locked.name, locked.version), locked.checksum?));
    let checksums: BTreeMap<_, _> = lock.package.into_iter().filter_map(checksum).collect();
    let component = |package: &Package| {
        let key = (package.name.clone(), package.version.clone());
        let hashes: Vec<Json> = checksums
            .get(&key)
            .map(|checksum| json!({ "alg": "SHA-256", "content": checksum }))
            .into_iter()
            .collect();
        json!({
            "type": "library",
            "name": package.name,
            "version": package.version,
            "purl": format!("pkg:cargo/{}@{}", package.name, package.version),
            "hashes": hashes,
            "licenses": [{ "expression": package.licence }],
        })
    };
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "name": NAME,
            "version": VERSION,
            "licenses": [{ "expression": env!("CARGO_PKG_LICENSE") }],
        }},
        "components": packages.iter().map(component).collect::<Vec<_>>(),
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}
