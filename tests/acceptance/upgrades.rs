//! Upgrades: the state and the sandbox that an earlier version wrote, under this one.
//!
//! A folder of `upgrades/` holds what a version left of one configuration: its state, and its sandbox as SQL. A
//! released version's folder never changes. `UPGRADE_FIXTURE=1 cargo test --test acceptance upgrades` writes the
//! one of the version in Cargo.toml.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::support::harness::{Case, case, note};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![case!(what_every_earlier_version_left_plans_empty_and_goes_on, Terraform)]
}

const CONFIG: &str = include_str!("upgrades/main.tf");
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance/upgrades")
}

fn what_every_earlier_version_left_plans_empty_and_goes_on() {
    if std::env::var_os("UPGRADE_FIXTURE").is_some() {
        write_fixture(&fixtures().join(VERSION));
    }
    let found = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut versions: Vec<PathBuf> = found.filter(|path| path.is_dir()).collect();
    versions.sort();
    assert!(versions.iter().any(|path| path.ends_with(VERSION)), "there is no fixture of {VERSION}");
    for version in versions {
        note(format_args!("upgrading from {}", version.file_name().unwrap().display()));
        upgrade(&version);
    }
}

/// No change, then a change, then the end, with what a version left.
fn upgrade(from: &Path) {
    let workdir = Workdir::new(CONFIG);
    fs::copy(from.join("terraform.tfstate"), workdir.path("terraform.tfstate")).unwrap();
    let sql = fs::read_to_string(from.join("sandbox.sql")).unwrap();
    Connection::open(workdir.path("shop.db")).unwrap().execute_batch(&sql).unwrap();
    workdir.assert_plan_is_empty();
    workdir.write(&CONFIG.replace("Espresso machine", "Espresso machine, two groups"));
    let applied = workdir.apply();
    assert!(applied.contains("0 added, 1 changed, 0 destroyed"), "{applied}");
    workdir.assert_plan_is_empty();
    workdir.destroy();
    assert_eq!(workdir.ok(&["state", "list"]), "");
}

fn write_fixture(folder: &Path) {
    let workdir = Workdir::new(CONFIG);
    workdir.apply();
    fs::create_dir_all(folder).unwrap();
    fs::copy(workdir.path("terraform.tfstate"), folder.join("terraform.tfstate")).unwrap();
    fs::write(folder.join("sandbox.sql"), dump(&Connection::open(workdir.path("shop.db")).unwrap())).unwrap();
}

/// A database as the SQL that makes it, its version included.
fn dump(database: &Connection) -> String {
    let texts = |query: &str| -> Vec<(String, String)> {
        let mut statement = database.prepare(query).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let made = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY type DESC, name";
    let mut sql = String::new();
    for (_, statement) in texts(made) {
        let _ = writeln!(sql, "{statement};");
    }
    for (table, _) in texts(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    ) {
        let columns: Vec<String> = texts(&format!("SELECT name, '' FROM pragma_table_info('{table}')"))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
        let row = quoted.join(" || ', ' || ");
        for (values, _) in texts(&format!("SELECT {row}, '' FROM {table} ORDER BY rowid")) {
            let _ = writeln!(sql, "INSERT INTO {table} ({}) VALUES ({values});", columns.join(", "));
        }
    }
    let version: i64 = database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    let _ = writeln!(sql, "PRAGMA user_version = {version};");
    sql
}
