//! Keeps the shape of the source: who may import whom, how long files and lines may be, and
//! what may not stand in them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "tidy/circles.rs"]
mod circles;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::provider::{Family, Schemas};
use stripe_provider::terraform::schema::Block;

/// The most lines of a file, tests included.
const LONGEST_FILE: usize = 400;

/// What stands at the top of the project, but for what begins with a dot; all else is in a folder of these.
const TOP: &[&str] = &[
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "build.rs",
    "deny.toml",
    "docs",
    "examples",
    "proto",
    "rustfmt.toml",
    "src",
    "tests",
];

/// What a module may import of ours; a module that is missing here is a mistake.
const IMPORTS: &[(&str, &[&str])] = &[
    ("terraform", &[]),
    ("catalog", &[]),
    ("env", &[]),
    ("files", &["sync"]),
    ("sync", &[]),
    ("secret", &["env"]),
    ("stripe", &["secret", "files", "sync"]),
    ("logs", &["stripe", "secret", "env", "sync"]),
    // The sandbox is one more transport of a connection: docs/design/0003.
    ("connection", &["logs", "stripe", "secret", "env", "sandbox", "sync"]),
    ("connector", &["catalog", "connection", "stripe", "sync"]),
    ("engine", &["catalog", "connector", "stripe", "env", "files", "secret", "sync"]),
    (
        "provider",
        &["terraform", "catalog", "env", "secret", "stripe", "connection", "connector", "engine", "sync"],
    ),
    ("sandbox", &["catalog", "sync"]),
    ("registry_docs", &["catalog", "terraform", "provider"]),
    ("command", &["catalog", "env", "files", "logs", "terraform", "provider", "registry_docs", "sandbox"]),
];

/// The modules whose texts name no attribute and no data source; `provider` adds those names.
const BELOW_PROVIDER: &[&str] =
    &["stripe", "connection", "connector", "catalog", "engine", "secret", "logs", "sandbox", "terraform"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below a folder, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The module a file of `src` belongs to: `src/value/path.rs` is of `value`.
fn module(path: &Path) -> String {
    let part = path.components().nth(1).unwrap().as_os_str().to_string_lossy().into_owned();
    part.trim_end_matches(".rs").to_owned()
}

/// The modules a line names behind `crate::`.
fn named(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in line.split("crate::").skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let inner = group.split('}').next().unwrap_or_default();
            names.extend(inner.split(',').map(first_name));
        } else {
            names.push(first_name(rest));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(text: &str) -> String {
    text.trim().chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

#[test]
fn modules_import_only_what_stands_to_their_right() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let module = module(&path);
        if ["lib", "main", "bin"].contains(&module.as_str()) {
            continue;
        }
        let allowed = IMPORTS.iter().find(|(name, _)| *name == module);
        let allowed = allowed.unwrap_or_else(|| panic!("src/{module} has no place in the import table")).1;
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            let stray =
                named(line).into_iter().filter(|name| *name != module && !allowed.contains(&name.as_str()));
            wrong.extend(stray.map(|name| format!("{}: {name}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "imports against the direction of the data:\n{}", wrong.join("\n"));
}

/// Asks git, because a clone may hold what its user keeps there; what is no checkout has nothing to ask.
#[test]
fn nothing_stray_is_kept_at_the_top() {
    let asked = Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let Some(kept) = asked.ok().filter(|answer| answer.status.success()) else {
        return eprintln!("not a git checkout: nothing to look at");
    };
    let kept = String::from_utf8(kept.stdout).unwrap();
    let tops = kept.lines().filter_map(|path| path.split('/').next());
    let stray: Vec<_> = tops.filter(|top| !top.starts_with('.') && !TOP.contains(top)).collect();
    assert!(stray.is_empty(), "these belong in a folder, or nowhere: {stray:?}");
}

/// The picture of the parts that a call goes through.
#[test]
fn the_request_path_is_drawn_alike_wherever_it_is_drawn() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let of = |name: &str| -> Vec<String> {
        let lines =
            read(name).lines().map(|line| line.trim_start_matches("//! ").to_owned()).collect::<Vec<_>>();
        let start = lines.iter().position(|line| line.starts_with("terraform ─")).unwrap();
        lines[start..start + 2].to_vec()
    };
    assert_eq!(of("README.md"), of("src/lib.rs"));
    assert_eq!(of("README.md"), of("docs/architecture.md"));
}

#[test]
fn no_file_is_too_long() {
    let all = ["src", "tests"].into_iter().flat_map(sources);
    let long = all.filter(|(_, text)| text.lines().count() > LONGEST_FILE);
    let long: Vec<_> =
        long.map(|(path, text)| format!("{}: {} lines", path.display(), text.lines().count())).collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is() {
    let all = ["src", "tests"].into_iter().flat_map(sources);
    let silent = all.filter(|(path, text)| {
        !text.starts_with("//!")
            && !path.ends_with("tests.rs")
            && !path.parent().is_some_and(|p| p.ends_with("tests"))
    });
    let silent: Vec<_> = silent.map(|(path, _)| path.display().to_string()).collect();
    assert!(silent.is_empty(), "start these with a //! paragraph:\n{}", silent.join("\n"));
}

#[test]
fn only_one_module_reads_the_environment() {
    let readers = sources("src").into_iter().filter(|(path, text)| {
        let reads = ["env::var", "env::args", "env::set_var"].iter().any(|call| text.contains(call));
        // Build-time paths of the catalog's generator are no environment of a run.
        reads
            && !path.starts_with("src/bin")
            && !["src/env.rs", "src/main.rs"].contains(&path.to_str().unwrap())
    });
    let readers: Vec<_> = readers.map(|(path, _)| path.display().to_string()).collect();
    assert!(readers.is_empty(), "take an Env instead:\n{}", readers.join("\n"));
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "XX".to_owned() + "X"];
    let all = sources("src").into_iter().chain(sources("tests"));
    let left = all.filter(|(_, text)| marks.iter().any(|mark| text.contains(mark)));
    let left: Vec<_> = left.map(|(path, _)| path.display().to_string()).collect();
    assert!(left.is_empty(), "finish these:\n{}", left.join("\n"));
}

/// The names of the attributes and blocks of a block, at every depth.
fn attribute_names(block: &Block) -> Vec<String> {
    let mut names: Vec<String> =
        block.attributes.iter().map(|attribute| attribute.name.to_string()).collect();
    for nested in &block.blocks {
        names.push(nested.name.to_string());
        names.extend(attribute_names(&nested.block));
    }
    names
}

/// Whether a line of code has an attribute in backticks: `` `api_key` `` or `` `suspended = false` ``. A
/// single word in backticks may be a value, such as `` `host` ``.
fn names_attribute(line: &str, names: &[String]) -> bool {
    line.split('`').skip(1).step_by(2).any(|part| {
        let (name, rest) = part.split_at(first_name(part).len());
        names.iter().any(|known| known == name)
            && (rest.starts_with(" =") || rest.is_empty() && name.contains('_'))
    })
}

/// The resources and data sources that are of no object of Stripe.
const GENERIC: [&str; 6] = [
    "stripe_action",
    "stripe_actions",
    "stripe_connection",
    "stripe_entities",
    "stripe_entity",
    "stripe_entity_types",
];

#[test]
fn only_provider_names_attributes_and_data_sources() {
    let schemas = Schemas::of(&StripeProvider::new(Env::from_pairs::<String, String>([])));
    // The attributes of typed resources have Stripe's names, which are nobody's alone.
    let of_ours = |(name, schema): (&str, _)| GENERIC.contains(&name).then_some(schema);
    let all = schemas[Family::Resource]
        .iter()
        .chain(&schemas[Family::DataSource])
        .map(|(name, schema)| (name.as_str(), schema));
    let names: Vec<String> = all
        .filter_map(of_ours)
        .chain([&schemas.provider])
        .flat_map(|schema| attribute_names(&schema.block))
        .collect();
    assert!(names_attribute("set `suspended = false`", &names) && names_attribute("set `api_key`", &names));
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let names_source =
            |line: &str| ["data \"stripe_", "data \\\"stripe_"].iter().any(|data| line.contains(data));
        let stray = code.filter(|line| names_attribute(line, &names) || names_source(line));
        if BELOW_PROVIDER.contains(&module(&path).as_str()) {
            wrong.extend(stray.map(|line| format!("{}: {}", path.display(), line.trim())));
        }
    }
    assert!(wrong.is_empty(), "return a cause, and word the advice in provider:\n{}", wrong.join("\n"));
}

/// Where messages are made: the tables of them, and what the tables are made with.
fn makes_messages(path: &Path) -> bool {
    let of_a_table = path.starts_with("src/provider/messages") || path.ends_with("src/terraform/messages.rs");
    of_a_table || path.ends_with("src/terraform/message.rs") || path.ends_with("src/terraform/diagnostic.rs")
}

#[test]
fn every_message_is_declared_in_a_table() {
    let mut formatted = Vec::new();
    for (path, text) in sources("src").into_iter().filter(|(path, _)| !makes_messages(path)) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let stray = code.lines().filter(|line| {
            ["Diagnostic::error(", "Diagnostic::warning("].iter().any(|call| line.contains(call))
        });
        formatted.extend(stray.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    assert!(formatted.is_empty(), "declare these in src/provider/messages:\n{}", formatted.join("\n"));
}

#[test]
fn the_terraform_layer_names_no_provider() {
    let mut layer = sources("src/terraform");
    layer.push((
        PathBuf::from("src/terraform.rs"),
        fs::read_to_string(root().join("src/terraform.rs")).unwrap(),
    ));
    assert!(layer.len() > 20, "{} files", layer.len());
    let named = layer.into_iter().filter(|(_, text)| text.to_lowercase().contains("stripe"));
    let named: Vec<_> = named.map(|(path, _)| path.display().to_string()).collect();
    assert!(named.is_empty(), "these are of one provider:\n{}", named.join("\n"));
}

#[test]
fn the_toy_is_written_with_the_terraform_layer_alone() {
    let mut layer = 0;
    let toy = |path: &Path| path.starts_with("tests/support/toy") || path.ends_with("support/toy.rs");
    for (path, text) in sources("tests/support").into_iter().filter(|(path, _)| toy(path)) {
        layer += text.matches("stripe_provider::terraform").count();
        let all = text.matches("stripe_provider").count();
        assert_eq!(all, text.matches("stripe_provider::terraform").count(), "{}", path.display());
        assert!(!text.contains("crate::"), "{} uses what stands beside it", path.display());
    }
    assert!(layer > 5, "the toy is a provider");
}

/// Rust drops a test that stands in a suite without Rust's harness, and says nothing.
#[test]
fn a_suite_with_its_own_harness_has_cases_and_no_tests() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let suites = manifest["test"].as_array().unwrap().iter();
    let own = suites.filter(|suite| suite["harness"].as_bool() == Some(false));
    let folders = own.map(|suite| format!("tests/{}", suite["name"].as_str().unwrap()));
    let all = folders.chain(["tests/support".to_owned()]).flat_map(|folder| sources(&folder));
    let lost = all.filter(|(_, text)| text.lines().any(|line| is_test(line.trim())));
    let lost: Vec<_> = lost.map(|(path, _)| path.display().to_string()).collect();
    assert!(lost.is_empty(), "make these tests cases (tests/README.md):\n{}", lost.join("\n"));
}

fn is_test(line: &str) -> bool {
    line.starts_with("#[test") || line.starts_with("#[tokio::test")
}

/// What only Unix has: a line that names it does not compile elsewhere.
const ONLY_UNIX: &[&str] =
    &["std::os::unix", "rustix::", "signal::unix", "net::UnixListener", "net::UnixStream", "{UnixListener"];

/// The attributes that leave an item to Unix, or to one system of its kind.
const UNIX_ALONE: [&str; 3] = ["#[cfg(unix)]", "#[cfg(all(test, unix))]", "#[cfg(target_os = \"linux\")]"];

/// Whether an attribute right above a line, or above an item around it, leaves the line to Unix.
fn is_for_unix_only(lines: &[&str], at: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let guards = |line: &&str| UNIX_ALONE.contains(&line.trim());
    let mut around = usize::MAX;
    for (item, line) in lines.iter().enumerate().take(at + 1).rev() {
        if line.trim().is_empty() || indent(line) >= around {
            continue;
        }
        around = indent(line);
        let above = lines.iter().take(item).rev();
        let mut attributes = above.take_while(|line| ["#[", "//"].iter().any(|s| line.trim().starts_with(s)));
        if attributes.any(guards) {
            return true;
        }
    }
    false
}

#[test]
fn what_only_unix_has_stands_behind_a_cfg() {
    let guarded = "#[cfg(unix)]\nmod system {\n    fn f() {\n        std::os::unix::f();\n    }\n}\nfn g() {\n    std::os::unix::f();\n}";
    let lines: Vec<&str> = guarded.lines().collect();
    assert!(is_for_unix_only(&lines, 3) && !is_for_unix_only(&lines, 7));
    let all = sources("src");
    let declared_for_unix = |path: &Path| {
        let declaration = format!("#[cfg(unix)]\nmod {};", path.file_stem().unwrap().to_str().unwrap());
        let parent = path.parent().unwrap().with_extension("rs");
        all.iter().any(|(other, text)| *other == parent && text.contains(&declaration))
    };
    let mut stray = Vec::new();
    let mut named = 0;
    for (path, text) in all.iter().filter(|(path, _)| !path.starts_with("src/bin")) {
        let lines: Vec<&str> = text.lines().collect();
        for at in (0..lines.len()).filter(|at| ONLY_UNIX.iter().any(|name| lines[*at].contains(name))) {
            named += 1;
            if !declared_for_unix(path) && !is_for_unix_only(&lines, at) {
                stray.push(format!("{}:{}: {}", path.display(), at + 1, lines[at].trim()));
            }
        }
    }
    assert!(named > 5, "{named} lines name what only Unix has");
    assert!(
        stray.is_empty(),
        "these do not compile on Windows; put #[cfg(unix)] above:\n{}",
        stray.join("\n")
    );
}
