//! The packages that are part of the program, as resolved by cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// A package whose code is in the program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression: `MIT OR Apache-2.0`.
    pub(crate) licence: String,
    /// The folder of its source.
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Described>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Described {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
    root: String,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Debug, Deserialize)]
struct DependencyKind {
    /// `build` or `dev`; `None` for a dependency that becomes part of the program.
    kind: Option<String>,
}

/// Returns the packages that the program for a target consists of, by name, without the program's own.
/// Packages that are only used to build or test it, and macros, are not part of it.
pub(crate) fn of_program(target: &str) -> Result<Vec<Package>, Box<dyn Error>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", target])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = cargo.output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let reached = reached(&metadata.resolve);
    let is_macro = |package: &Described| {
        package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    };
    let part = metadata.packages.iter().filter(|package| {
        package.id != metadata.resolve.root && reached.contains(package.id.as_str()) && !is_macro(package)
    });
    let mut packages: Vec<Package> = part.map(Described::package).collect::<Result<_, String>>()?;
    packages.sort();
    Ok(packages)
}

/// The ids of everything that the root needs at run time.
fn reached(resolve: &Resolve) -> BTreeSet<&str> {
    let nodes: BTreeMap<&str, &Node> = resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let (mut reached, mut open) = (BTreeSet::new(), vec![resolve.root.as_str()]);
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        let edges = nodes.get(id).map_or(&[][..], |node| &node.deps);
        let normal = edges.iter().filter(|edge| edge.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        open.extend(normal.map(|edge| edge.pkg.as_str()));
    }
    reached
}

impl Described {
    fn package(&self) -> Result<Package, String> {
        let licence = self.license.as_ref().ok_or_else(|| format!("{} names no licence", self.name))?;
        Ok(Package {
            name: self.name.clone(),
            version: self.version.clone(),
            // This is how expressions were written before SPDX.
            licence: licence.replace('/', " OR ").replace("  ", " "),
            folder: self.manifest_path.parent().unwrap_or(Path::new("")).to_owned(),
        })
    }
}
