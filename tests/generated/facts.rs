//! The catalog: what keeps the committed facts and the rules honest.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stripe_provider::catalog::{OperationKind, Removal, catalog};

// The join is a part of the build, so it is compiled here as `build.rs` compiles it.
#[path = "../../src/catalog/build/check.rs"]
mod check;
#[path = "../../src/catalog/fact_format.rs"]
mod fact_format;
#[path = "../../src/catalog/build/join.rs"]
mod join;
#[path = "../../src/catalog/build/lists.rs"]
mod lists;
#[expect(dead_code, reason = "most of an entry is asked at run time")]
#[path = "../../src/catalog/model.rs"]
mod model;
#[expect(dead_code, reason = "most of a call is asked at run time")]
#[path = "../../src/catalog/operation.rs"]
mod operation;
#[path = "../../src/catalog/build/references.rs"]
mod references;
#[path = "../../src/catalog/build/refine.rs"]
mod refine;
#[path = "../../src/catalog/build/rules.rs"]
mod rules;
#[path = "../../src/catalog/build/secrets.rs"]
mod secrets;
#[expect(dead_code, reason = "most questions are asked at run time")]
#[path = "../../src/catalog/shape.rs"]
mod shape;
#[path = "../../src/catalog/spelling.rs"]
mod spelling;
#[path = "../../src/catalog/words.rs"]
mod words;

use model::Entity;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The facts below a folder, by key.
fn facts(folder: &Path) -> BTreeMap<String, Entity> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| !path.ends_with("version.json"));
    files
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let entity: Entity =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (entity.key.clone(), entity)
        })
        .collect()
}

#[test]
fn the_generator_writes_checks_and_removes_what_is_no_longer_described() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.json"), "{}").unwrap();
    let run = |check: bool| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_catalog"));
        command.args(["--spec", "tests/generated/description.json", "--into"]).arg(folder.path());
        command.args(check.then_some("--check")).current_dir(root());
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (same, said) = run(true);
    assert!(!same && said.contains("old.json") && said.contains("shop.widget.json"), "{said}");
    assert!(run(false).0);
    assert_eq!(run(true), (true, String::new()));
    assert!(!folder.path().join("old.json").exists());
    let version = fs::read_to_string(folder.path().join("version.json")).unwrap();
    assert_eq!(version, "{\"api_version\":\"2030-01-01.test\"}\n");
}

/// What the join says of rules over the sample's facts.
fn problems(rules: &str) -> Vec<String> {
    let facts = facts(&root().join("tests/generated/facts"));
    join::join(facts, &rules::parse(rules).unwrap(), &references::References::default()).problems
}

#[test]
fn currencies_are_marked_inside_sets_and_maps() {
    let purse = r#"{"key":"purse","object":"purse",
        "operations":[{"kind":"Get","method":"GET","path":"/v1/owners/{owner}/purse"}],
        "fields":{"coins":[{"currency":"string"}],"places":{"*":{"currency":"string"}}}}"#;
    let mut facts = facts(&root().join("tests/generated/facts"));
    facts.insert("purse".to_owned(), serde_json::from_str(purse).unwrap());
    let rules = rules::parse("[purse]\nsets = [\"coins\"]").unwrap();
    let joined = join::join(facts, &rules, &references::References::default());
    let purse = joined.entities.iter().find(|entity| entity.key == "purse").unwrap();
    let coins = shape::at(&purse.fields, "coins").unwrap();
    assert!(matches!(coins.kind, shape::Kind::Set(_)), "{coins:?}");
    for held in [coins.item(), shape::at(&purse.fields, "places").unwrap().map_value()] {
        let currency = held.and_then(|held| held.member("currency")).unwrap();
        assert_eq!(currency.shape.kind, shape::Kind::Currency);
    }
}

#[test]
fn references_that_lead_nowhere_are_refused() {
    let rules = "['shop.widget']\nremoval = { call = { action = \"CloseShopWidget\", when = [\"open\"] } }\n";
    let said = |table: &str| {
        let facts = facts(&root().join("tests/generated/facts"));
        let references = references::References::parse(table).unwrap();
        join::join(facts, &rules::parse(rules).unwrap(), &references).problems
    };
    let strange = said("[everywhere]\n[only.'shop.widget']\nowner = [\"nobody\"]");
    assert_eq!(strange, ["references.toml: shop.widget: \"owner\": there is no object \"nobody\""]);
    let idle = said("[everywhere]\n[only.owner]\ncolour = [\"owner\"]");
    assert_eq!(idle, ["references.toml: owner: \"colour\" changes no param"]);
}

#[test]
fn rules_that_name_nothing_or_change_nothing_are_refused() {
    let fine = "['shop.widget']\nremoval = { call = { action = \"CloseShopWidget\", when = [\"open\"] } }\n";
    assert_eq!(problems(fine), Vec::<String>::new());
    for (rule, problem) in [
        ("[widget]", "widget: there is no such object and no such service"),
        ("['shop.widget']\nremoval = \"delete\"", "shop.widget: removal: Stripe has no DELETE for it"),
        ("[owner]\nname = \"Owner\"", "owner: name = \"Owner\" is the usual one"),
        ("[owner]\naliases = [\"Owners\"]", "owner: alias \"Owners\" is a usual one"),
        ("[owner]\naliases = [\"part\"]", "part: \"Part\" is a name of Owner already"),
        ("[owner]\nomitted = [\"colour\"]", "owner: there is no field \"colour\""),
        ("[owner]\nsensitive = [\"settings.quiet\"]", "owner: there is no field \"settings.quiet\""),
        ("[owner]\npublic = [\"id\"]", "owner: the rule for \"id\" says what is so by itself"),
        ("[owner]\nremoval = \"forget\"", "owner: removal: nothing creates it"),
        (
            "['shop.widget']\npreexisting = true",
            "shop.widget: preexisting: it is created, or cannot be changed",
        ),
        ("['shop.widget'.list_with]\nsize = \"1\"", "shop.widget: a list takes no param \"size\""),
        ("['shop.widget']\nlist_by = [\"size\"]", "shop.widget: a list takes no param \"size\""),
        ("[owner]\nkeeps = [\"colour\"]", "owner: there is no field \"colour\""),
        ("['shop.widget'.actions.open]", "shop.widget: there is no action \"open\""),
        (
            "['shop.widget'.actions.close]\nname = \"CloseShopWidget\"",
            "shop.widget: close: the name is the usual one",
        ),
        (
            "['shop.widget']\ndefaults = { size = 1 }",
            "shop.widget: defaults: an update takes no \"size\", or unsets it",
        ),
        (
            "['shop.widget']\nsuperseded = { colour = \"size\" }",
            "shop.widget: superseded: an update takes no \"colour\" at \"colour\"",
        ),
        (
            "['shop.widget']\nsets = [\"size\"]",
            "shop.widget: \"size\" is no list, or is one of that order by itself",
        ),
        ("['shop.widget']\nended = { gone = \"true\" }", "shop.widget: ended: there is no field \"gone\""),
        (
            "['shop.widget']\nrestoration = \"replace\"",
            "shop.widget: restoration: it follows from the removal",
        ),
        (
            "['shop.widget']\nrestoration = { call = \"OpenShopWidget\" }",
            "shop.widget: removal: there is no action \"OpenShopWidget\"",
        ),
        (
            "['shop.widget']\nremoval = { archive = { param = \"active\", value = false } }",
            "shop.widget: removal: an update takes no param \"active\"",
        ),
        (
            "['shop.widget']\nremoval = { call = { action = \"CloseShopWidget\", when = [\"ajar\"] } }",
            "shop.widget: removal: no status is \"ajar\"",
        ),
    ] {
        let found = problems(rule);
        assert!(found.iter().any(|found| found == problem), "{rule}\n{found:#?}");
    }
    let undecided = "shop.widget: removal: Stripe has no DELETE for it, so a rule must say what ends it";
    assert!(problems("").iter().any(|found| found == undecided));
    assert!(rules::parse("[owner]\ncolour = \"red\"").is_err(), "a word nobody knows");
}

#[test]
fn every_entity_type_can_be_looked_up_and_its_paths_lead_back_to_it() {
    let mut calls = 0;
    for name in catalog().entities() {
        let entity = catalog().entity(name).unwrap_or_else(|| panic!("{name} cannot be decoded"));
        for operation in &entity.operations {
            let path = operation.path.replace(['{', '}'], "");
            let found =
                catalog().match_path(operation.method.as_str(), &path).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(found.entity.name, entity.name, "{} {path}", operation.method.as_str());
            calls += 1;
        }
        let ends = !matches!(entity.removal, Removal::Forget) || entity.create_operation().is_none();
        let forgotten = entity.operation(OperationKind::Delete).is_none();
        assert!(ends || forgotten || name == "Account", "{name} can be deleted and is not");
    }
    for (action, entity) in catalog().actions() {
        let (found, _) = catalog().action(action).unwrap_or_else(|| panic!("{action}"));
        assert_eq!(found.name, entity);
        calls += 1;
    }
    assert!(calls > 620, "{calls} calls");
}
