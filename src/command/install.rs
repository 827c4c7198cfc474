//! `terraform-provider-stripe install`: copies the binary into the local mirror that
//! `terraform init` and `tofu init` use by default.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::command::Error;
use crate::env::{self, Env};

/// The default hosts of a source address, of terraform and of tofu.
pub(super) const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
/// The source address without its host.
pub(super) const SOURCE: &str = "connectors/stripe";

pub(super) fn run(env: &Env, out: &mut dyn Write) -> Result<(), Error> {
    let home = env.get(env::HOME).ok_or("cannot install: HOME is not set")?;
    for folder in into(&PathBuf::from(home).join(".terraform.d/plugins"))? {
        writeln!(out, "installed {}", folder.display())?;
    }
    writeln!(out, "\nUse it with\n\n{REQUIRED_PROVIDERS}")?;
    Ok(())
}

const REQUIRED_PROVIDERS: &str = r#"terraform {
  required_providers {
    stripe = { source = "connectors/stripe" }
  }
}"#;

/// Copies this binary into a mirror, once for each host; returns the paths of the copies.
pub(super) fn into(mirror: &Path) -> Result<Vec<PathBuf>, Error> {
    let binary = std::env::current_exe()?;
    let version = env!("CARGO_PKG_VERSION");
    let mut installed = Vec::new();
    for host in HOSTS {
        let folder = mirror.join(host).join(SOURCE).join(version).join(platform());
        fs::create_dir_all(&folder)?;
        let file = folder.join(format!("terraform-provider-stripe_v{version}"));
        // Copied beside and renamed, so that a running provider keeps its own file.
        let beside = file.with_extension("new");
        fs::copy(&binary, &beside)?;
        fs::rename(&beside, &file)?;
        installed.push(file);
    }
    Ok(installed)
}

/// Terraform's name of this platform: `linux_amd64`.
fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}_{machine}")
}
