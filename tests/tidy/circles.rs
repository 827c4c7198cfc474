//! No file of the sandbox needs a file that needs it: who imports whom, as far as paths say it.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources;

/// A module of the sandbox by its names below it: `["behaviour", "invoice", "settle"]`.
type Module = Vec<String>;

fn modules() -> BTreeMap<Module, String> {
    let files = sources("src").into_iter().filter_map(|(path, text)| {
        let name = path.to_str().unwrap().strip_prefix("src/sandbox")?.strip_suffix(".rs")?.to_owned();
        let module: Module = name.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let code = text.split("#[cfg(test)]").next().unwrap().to_owned();
        let code: String =
            code.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect();
        (module.last().map(String::as_str) != Some("tests")).then_some((module, code))
    });
    files.collect()
}

/// The paths of a `use`, its groups taken apart.
fn expanded(path: &str) -> Vec<String> {
    let Some((before, group)) = path.split_once('{') else { return vec![path.trim().to_owned()] };
    let group = group.rsplit_once('}').unwrap().0;
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    // A group over several lines ends with a comma.
    let named = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    let whole = named.map(|part| format!("{}{part}", before.trim()));
    whole.flat_map(|part| expanded(&part)).collect()
}

/// Every path that a file names: in a `use`, or where it is used.
fn paths(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), String::new());
    for statement in code.split(';') {
        let import = statement.split_once("use ").filter(|(before, _)| {
            let start = before.rsplit('\n').next().unwrap();
            start.trim().is_empty() || start.starts_with("pub")
        });
        rest += import.map_or(statement, |(before, _)| before);
        found.extend(import.map(|(_, used)| expanded(used)).into_iter().flatten());
    }
    let is_of_path = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let rest = rest.replace("pub(in crate::sandbox", "");
    let names = rest.split(|letter| !is_of_path(letter)).filter(|name| name.contains("::"));
    found.extend(names.map(str::to_owned));
    found
}

/// The module that a path leads to from another one.
fn target(from: &Module, path: &str, all: &BTreeMap<Module, String>) -> Option<Module> {
    let mut parts: Vec<&str> = path.split("::").map(str::trim).collect();
    let mut at = from.clone();
    match parts.first().copied()? {
        "crate" => {
            if parts.get(1) != Some(&"sandbox") {
                return None;
            }
            (at, parts) = (Vec::new(), parts.split_off(2));
        }
        "super" | "self" => {
            while let Some(first) = parts.first().copied().filter(|part| ["super", "self"].contains(part)) {
                if first == "super" {
                    at.pop()?;
                }
                parts.remove(0);
            }
        }
        child => {
            let mut below = at.clone();
            below.push(child.to_owned());
            all.get(&below)?;
        }
    }
    at.extend(parts.into_iter().map(str::to_owned));
    while !all.contains_key(&at) {
        at.pop()?;
    }
    Some(at)
}

/// What a module needs, and what that needs, and so on.
fn reached(from: &Module, imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Module> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&Module> = imports[from].iter().collect();
    while let Some(module) = left.pop() {
        if found.insert(module.clone()) {
            left.extend(&imports[module]);
        }
    }
    found
}

#[test]
fn no_module_of_the_sandbox_needs_one_that_needs_it() {
    let all = modules();
    assert!(all.len() > 100, "the sandbox has {} modules", all.len());
    let imports: BTreeMap<Module, BTreeSet<Module>> = all
        .iter()
        .map(|(module, code)| {
            let targets = paths(code).into_iter().filter_map(|path| target(module, &path, &all));
            (module.clone(), targets.filter(|target| target != module).collect())
        })
        .collect();
    let circle: Vec<String> = imports
        .keys()
        .filter(|module| reached(module, &imports).contains(*module))
        .map(|module| module.join("::"))
        .collect();
    assert!(circle.is_empty(), "these need each other:\n{}", circle.join("\n"));
}

#[test]
fn paths_are_found_in_groups_and_in_code() {
    let code = "use super::{a::{b, c as d}, e,\n};\nfn f() { super::g::h(); }";
    let found = paths(code);
    for path in ["super::a::b", "super::e", "super::g::h"] {
        assert!(found.iter().any(|one| one == path), "{path} is not among {found:?}");
    }
    assert!(!found.iter().any(|one| one == "super::"), "{found:?}");
    assert!(found.iter().any(|one| one.starts_with("super::a::c")));
}
