//! Builds the program so that two builds of one commit are identical to the byte, wherever they are made.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use stripe_provider::command::platform_of_target;

use crate::NAME;

/// The target for which the compiler on this machine builds by default.
pub(crate) fn host_target() -> String {
    let version = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("-vV").output();
    let text = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default().to_owned()
}

/// Builds the program for a target in a separate folder, and returns its path.
///
/// Panic messages name source files, so the paths of this machine are replaced: those of the project,
/// including its build folder, and those of the dependencies. The C code of dependencies names its files too.
pub(crate) fn build(root: &Path, target: &str) -> Result<PathBuf, Box<dyn Error>> {
    let folder = root.join("target/release-build");
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo"))).ok_or("there is no home directory")?;
    let replaced = [(root, "/build"), (home.as_path(), "/cargo")];
    let maps = |option: &str| replaced.map(|(from, to)| format!("{option}={}={to}", from.display()));
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--release", "--locked", "--bin", NAME, "--target", target, "--target-dir"])
        .arg(&folder)
        .current_dir(root)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(target, maps("--remap-path-prefix").into()).join("\u{1f}"))
        .env("SOURCE_DATE_EPOCH", "0");
    if !target.ends_with("msvc") {
        let given = env::var_os("CFLAGS").unwrap_or_default();
        let flags: OsString = maps("-ffile-prefix-map").join(" ").into();
        cargo.env("CFLAGS", [given, flags].join(&OsString::from(" ")));
    }
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!("cargo build ended with {status}").into());
    }
    let suffix =
        if platform_of_target(target).is_some_and(|name| name.starts_with("windows")) { ".exe" } else { "" };
    Ok(folder.join(target).join("release").join(format!("{NAME}{suffix}")))
}

/// The compiler's flags. A program for Linux is linked at a fixed address: docs/design/0014-start.md.
fn flags(target: &str, mut flags: Vec<String>) -> Vec<String> {
    if target.contains("-linux-") {
        flags.push("-Crelocation-model=static".to_owned());
    }
    flags
}
