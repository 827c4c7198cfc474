//! Stripe's own SDK for Python and Stripe's own CLI, unmodified, against the sandbox.
//!
//! `STRIPE_PYTHON` names a Python that has the SDK, `STRIPE_CLI` the CLI; `.ci/tools` fetches
//! both. Without them these tests say so and pass; with `TF_ACC=1` their absence fails.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it was skipped"
)]

#[path = "clients/coverage.rs"]
mod coverage;

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use stripe_provider::sandbox::{self, Sandbox};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The program a variable names.
fn program(variable: &str) -> Option<OsString> {
    let found = std::env::var_os(variable);
    if found.is_none() {
        assert!(std::env::var_os("TF_ACC").is_none(), "TF_ACC is set, but {variable} is not");
        println!("{variable} is not set: skipped");
    }
    found
}

/// A sandbox behind a port; it is gone with the runtime.
fn serve() -> (String, Runtime) {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(sandbox::serve(listener, Sandbox::memory().unwrap(), std::future::pending()));
    (base, runtime)
}

#[test]
fn the_python_sdk_works_unchanged() {
    let Some(python) = program("STRIPE_PYTHON") else { return };
    let (base, _runtime) = serve();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/sdk.py");
    let output = Command::new(python).args([script, &base]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert_eq!(out.lines().count(), 6, "{out}");
}

#[test]
fn the_python_sdk_reaches_every_object() {
    let Some(python) = program("STRIPE_PYTHON") else { return };
    let (base, _runtime) = serve();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = root.join("tests/clients/every.py");
    let output = Command::new(python).arg(script).arg(&base).arg(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen = coverage::read(&String::from_utf8_lossy(&output.stdout));
    let page = coverage::page(&seen, root).unwrap_or_else(|failed| panic!("{failed}"));
    let path = root.join(coverage::PAGE);
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == page, "{} is old: UPDATE_PAGES=1 cargo test --test clients", coverage::PAGE);
}

#[test]
fn billing_works_with_the_python_sdk() {
    let Some(python) = program("STRIPE_PYTHON") else { return };
    let (base, _runtime) = serve();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/billing.py");
    let output = Command::new(python).args([script, &base]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert_eq!(out.lines().count(), 8, "{out}");
}

/// The CLI with a home of its own, so that nobody's login is used.
fn cli(program: &OsString, base: &str, home: &Path, arguments: &[&str]) -> Json {
    let output = Command::new(program)
        .args(arguments)
        .args(["--api-base", base, "--api-key", "sk_test_cli12345678"])
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("STRIPE_CLI_TELEMETRY_OPTOUT", "1")
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    // Before some commands the CLI says what it is about to do.
    let body = serde_json::from_str(printed.get(printed.find('{').unwrap_or_default()..).unwrap());
    let err = String::from_utf8_lossy(&output.stderr);
    body.unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{printed}\n{err}"))
}

#[test]
fn the_cli_works_unchanged() {
    let Some(program) = program("STRIPE_CLI") else { return };
    let (base, _runtime) = serve();
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| cli(&program, &base, home.path(), arguments);
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
