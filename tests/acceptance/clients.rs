//! Stripe's own SDK for Python and Stripe's own CLI, unmodified, against the sandbox.

mod coverage;
mod triggers;

use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::server::Server;
use crate::support::tools::Tool;

pub fn cases() -> Vec<Case> {
    vec![
        case!(the_python_sdk_works_unchanged, StripePython),
        case!(the_python_sdk_reaches_every_object, StripePython),
        case!(billing_works_with_the_python_sdk, StripePython),
        case!(the_cli_works_unchanged, StripeCli),
        case!(the_cli_triggers_what_the_list_says, StripeCli),
    ]
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn the_python_sdk_works_unchanged() {
    let printed = python("sdk.py");
    assert_eq!(printed.lines().count(), 6, "{printed}");
}

fn the_python_sdk_reaches_every_object() {
    let root = Path::new(ROOT);
    let seen = coverage::read(&python("every.py"));
    let page = coverage::page(&seen, root).unwrap_or_else(|failed| panic!("{failed}"));
    let path = root.join(coverage::PAGE);
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "{} is old: UPDATE_PAGES=1 cargo test --test acceptance clients",
        coverage::PAGE
    );
}

fn billing_works_with_the_python_sdk() {
    let printed = python("billing.py");
    assert_eq!(printed.lines().count(), 8, "{printed}");
}

/// Runs a script with the SDK on a new sandbox; answers what it printed.
#[track_caller]
fn python(script: &str) -> String {
    let server = Server::start();
    let script = Path::new(ROOT).join("tests/acceptance/clients").join(script);
    let output =
        Command::new(Tool::StripePython.path()).arg(script).args([&server.base, ROOT]).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    printed
}

fn the_cli_triggers_what_the_list_says() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    triggers::compare(|arguments| command(&server.base, home.path(), arguments));
}

/// The CLI with a home of its own, so that nobody's login is used.
fn command(base: &str, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(Tool::StripeCli.path());
    command
        .args(arguments)
        .args(["--api-base", base, "--api-key", "sk_test_cli12345678"])
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("STRIPE_CLI_TELEMETRY_OPTOUT", "1");
    command
}

fn cli(base: &str, home: &Path, arguments: &[&str]) -> Json {
    let output = command(base, home, arguments).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    // Before some commands the CLI says what it is about to do.
    let body = serde_json::from_str(printed.get(printed.find('{').unwrap_or_default()..).unwrap());
    let err = String::from_utf8_lossy(&output.stderr);
    body.unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{printed}\n{err}"))
}

fn the_cli_works_unchanged() {
    let server = Server::start();
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| cli(&server.base, home.path(), arguments);
    let made = run(&["customers", "create", "--name", "Ada", "-d", "metadata[team]=a"]);
    assert_eq!((&made["name"], &made["metadata"]["team"]), (&"Ada".into(), &"a".into()), "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(run(&["customers", "retrieve", id])["id"], id);
    assert_eq!(run(&["customers", "update", id, "--name", "Ada L."])["name"], "Ada L.");
    assert_eq!(run(&["customers", "list", "--limit", "3"])["data"][0]["id"], id);
    let intent = run(&["payment_intents", "create", "--amount", "500", "--currency", "usd"]);
    let intent = intent["id"].as_str().unwrap();
    assert_eq!(run(&["payment_intents", "cancel", intent])["status"], "canceled");
    assert_eq!(run(&["get", &format!("/v1/customers/{id}")])["name"], "Ada L.");
    assert_eq!(run(&["customers", "delete", id, "--confirm"])["deleted"], true);
    let refused = run(&["customers", "retrieve", "cus_none"]);
    assert_eq!(refused["error"]["code"], "resource_missing");
}
