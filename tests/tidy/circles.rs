//! No file needs a file that needs it: who imports whom, as far as paths say it.
//!
//! A name that a module hands on counts for the file that defines it. What stands below a module may use what that one
//! defines; in the sandbox not even that.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources;

/// A module by its names: `["sandbox", "behaviour", "invoice", "settle"]`.
type Module = Vec<String>;

/// The modules whose files use nothing that a module above them defines.
const STRICT: &str = "sandbox";
/// The modules with circles inside, of which nothing is asked: the index of the catalog and the names in it need each
/// other.
const LEFT_OUT: [&str; 1] = ["catalog"];
/// How many modules hand one name on, one after the other, at most.
const MOST_HANDS: usize = 8;

/// The code of a module, and the paths of the names that its `use` brings into it.
struct Code {
    code: String,
    names: BTreeMap<String, String>,
}

/// Every module of the library that is no test.
struct Modules(BTreeMap<Module, Code>);

impl Modules {
    fn of_library() -> Self {
        let files = sources("src").into_iter().filter_map(|(path, text)| {
            let name = path.to_str().unwrap().strip_prefix("src/")?.strip_suffix(".rs")?.to_owned();
            let module: Module = name.split('/').map(str::to_owned).collect();
            let is_of_library = !["bin", "lib", "main"].contains(&area(&module));
            let is_test = module.last().is_some_and(|last| last == "tests");
            (is_of_library && !is_test).then(|| (module, Code::of(&text)))
        });
        Self(files.collect())
    }

    /// The module that defines what a path of `from` names.
    fn target(&self, from: &Module, path: &str, hands: usize) -> Option<Module> {
        let path = path.split(" as ").next().unwrap();
        let parts: Vec<&str> = path.split("::").map(str::trim).collect();
        let (mut at, mut parts) = self.start(from, &parts, hands > 0)?;
        while let Some((first, rest)) = parts.split_first() {
            let below: Module = at.iter().cloned().chain([(*first).to_owned()]).collect();
            if self.0.contains_key(&below) {
                (at, parts) = (below, rest);
                continue;
            }
            let handed_on = self.0.get(&at).and_then(|code| code.names.get(*first));
            let handed_on = handed_on.filter(|_| hands < MOST_HANDS && (hands > 0 || at != *from));
            let path = handed_on.map(|path| [&[path.as_str()], rest].concat().join("::"));
            return path.and_then(|path| self.target(&at, &path, hands + 1)).or(Some(at));
        }
        Some(at)
    }

    /// Where a path begins, and what of it leads on from there; none where it is of another crate.
    fn start<'p>(
        &self,
        from: &Module,
        parts: &'p [&'p str],
        hands_on: bool,
    ) -> Option<(Module, &'p [&'p str])> {
        let (mut at, mut parts) = (from.clone(), parts);
        let (first, behind) = parts.split_first()?;
        match *first {
            "crate" => return Some((Vec::new(), behind)),
            "super" | "self" => {}
            name => {
                let child: Module = at.iter().cloned().chain([name.to_owned()]).collect();
                let is_name = hands_on && self.0.get(&at).is_some_and(|code| code.names.contains_key(name));
                return (is_name || self.0.contains_key(&child)).then_some((at, parts));
            }
        }
        while let Some((first, rest)) =
            parts.split_first().filter(|(first, _)| ["super", "self"].contains(first))
        {
            if *first == "super" {
                at.pop()?;
            }
            parts = rest;
        }
        Some((at, parts))
    }

    /// What a module needs.
    fn needs(&self, module: &Module) -> BTreeSet<Module> {
        let code = self.0.get(module).map(|code| code.code.as_str());
        let paths = paths(code.unwrap_or_default()).into_iter();
        let targets = paths.filter_map(|path| self.target(module, &path, 0));
        let is_above = |other: &Module| module.starts_with(other) && area(module) != STRICT;
        targets
            .filter(|target| target != module && self.0.contains_key(target) && !is_above(target))
            .collect()
    }
}

impl Code {
    fn of(text: &str) -> Self {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String =
            code.lines().map(|line| line.split("//").next().unwrap().to_owned() + "\n").collect();
        let names = statements(&code).0.into_iter().map(|path| {
            let (path, other_name) = path.split_once(" as ").unwrap_or((&path, ""));
            let path = path.trim().trim_end_matches("::self");
            let own_name = path.rsplit("::").next().unwrap();
            let name = if other_name.is_empty() { own_name } else { other_name.trim() };
            (name.to_owned(), path.to_owned())
        });
        let names = names.collect();
        Self { code, names }
    }
}

/// The paths of a `use`, its groups taken apart.
fn expanded(path: &str) -> Vec<String> {
    let Some((before, group)) = path.split_once('{') else { return vec![path.trim().to_owned()] };
    // Text that begins with the word as well is no `use`.
    let Some((group, _)) = group.rsplit_once('}') else { return Vec::new() };
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

/// The paths of every `use` of a file, and what else stands in it.
fn statements(code: &str) -> (Vec<String>, String) {
    let (mut imports, mut rest) = (Vec::new(), String::new());
    for statement in code.split(';') {
        let import = statement.split_once("use ").filter(|(before, _)| {
            let start = before.rsplit('\n').next().unwrap();
            start.trim().is_empty() || start.starts_with("pub")
        });
        rest += import.map_or(statement, |(before, _)| before);
        imports.extend(import.map(|(_, used)| expanded(used)).into_iter().flatten());
    }
    (imports, rest)
}

/// Every path that a file names: in a `use`, or where it is used.
fn paths(code: &str) -> Vec<String> {
    let is_of_path = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':';
    let (mut found, rest) = statements(code);
    // Who may see an item is nothing that the item needs.
    let rest = rest.replace("pub(in ", "pub(in#");
    let names = rest.split(|letter| !is_of_path(letter) && letter != '#');
    let names = names.filter(|name| name.contains("::") && !name.contains('#'));
    found.extend(names.map(str::to_owned));
    found
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

/// The first of the names of a module.
fn area(module: &Module) -> &str {
    module.first().map(String::as_str).unwrap_or_default()
}

fn is_left_out(module: &Module) -> bool {
    let name = module.join("::");
    LEFT_OUT.iter().any(|left_out| name == *left_out || name.starts_with(&format!("{left_out}::")))
}

#[test]
fn no_module_needs_one_that_needs_it() {
    let all = Modules::of_library();
    let of = |name: &str| all.0.keys().filter(|module| area(module) == name).count();
    assert!(of(STRICT) > 100 && of("stripe") > 20, "{} modules", all.0.len());
    let kept = |module: &Module| !is_left_out(module);
    let needs = |module: &Module| all.needs(module).into_iter().filter(kept).collect();
    let imports: BTreeMap<Module, BTreeSet<Module>> =
        all.0.keys().filter(|module| kept(module)).map(|module| (module.clone(), needs(module))).collect();
    let circle: Vec<String> = imports
        .keys()
        .filter(|module| reached(module, &imports).contains(*module))
        .map(|module| module.join("::"))
        .collect();
    assert!(circle.is_empty(), "these need each other:\n{}", circle.join("\n"));
}

#[test]
fn paths_are_found_in_groups_and_in_code() {
    let code = "use super::{a::{b, c as d}, e,\n};\npub(in crate::z) fn f() { super::g::h(); }";
    let found = paths(code);
    for path in ["super::a::b", "super::e", "super::g::h"] {
        assert!(found.iter().any(|one| one == path), "{path} is not among {found:?}");
    }
    assert!(!found.iter().any(|one| one == "super::" || one.contains('z')), "{found:?}");
    assert!(found.iter().any(|one| one.starts_with("super::a::c")));
}

#[test]
fn a_name_counts_for_the_file_that_defines_it() {
    let module = |name: &str| -> Module { name.split("::").map(str::to_owned).collect() };
    let files = [
        ("a", "pub use b::{B, c as d};\nstruct A;"),
        ("a::b", "use crate::a::A;\npub use super::e::B;\npub fn c() {}"),
        ("a::e", "pub struct B;"),
        ("f", "use crate::a::{self, B, d};\nfn g() { a::b::c() }"),
        ("sandbox", "struct S;"),
        ("sandbox::t", "use super::S;"),
    ];
    let all = Modules(files.into_iter().map(|(name, code)| (module(name), Code::of(code))).collect());
    let needs = |name: &str| -> Vec<String> {
        all.needs(&module(name)).into_iter().map(|needed| needed.join("::")).collect()
    };
    assert_eq!(needs("f"), ["a", "a::b", "a::e"]);
    assert_eq!(needs("a::b"), ["a::e"], "what stands above it may be used");
    assert_eq!(needs("sandbox::t"), ["sandbox"], "but not there");
}
