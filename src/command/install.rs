//! `terraform-provider-stripe install`: copies the binary into the local mirror that
//! `terraform init` and `tofu init` use by default.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::command::Error;
use crate::command::colour::Colour;
use crate::command::platform::platform;
use crate::env::{self, Env};

/// The default hosts of a source address, of terraform and of tofu.
pub(super) const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
/// The source address without its host.
pub(super) const SOURCE: &str = "connectors/stripe";
/// A whole configuration to begin with.
const FIRST: &str = include_str!("../../examples/first/main.tf");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A copy of the binary in a mirror.
#[derive(Debug)]
pub(super) struct Installed {
    file: PathBuf,
    /// Another binary of the same version was there.
    replaced: bool,
}

pub(super) fn run(env: &Env, out: &mut dyn Write, is_terminal: bool) -> Result<(), Error> {
    let colour = Colour::of(env, is_terminal);
    let installed = into(&mirror(env)?)?;
    writeln!(out, "{}", colour.bold(&format!("The provider {VERSION} is installed for {}:", platform())))?;
    for copy in &installed {
        writeln!(out, "  {}", copy.file.display())?;
    }
    if installed.iter().any(|copy| copy.replaced) {
        writeln!(
            out,
            "\nIt replaces another build of {VERSION}. In each folder that has used that one, run"
        )?;
        writeln!(out, "  {}", colour.cyan("rm .terraform.lock.hcl && terraform init"))?;
    }
    writeln!(out)?;
    first_configuration(colour, out)
}

/// Prints a configuration to paste, and what to do with it.
pub(super) fn first_configuration(colour: Colour, out: &mut dyn Write) -> Result<(), Error> {
    writeln!(out, "{}", colour.bold("Paste this into main.tf in a new folder:"))?;
    writeln!(out)?;
    for line in FIRST.lines() {
        writeln!(out, "{}", colour.cyan(line))?;
    }
    writeln!(out)?;
    writeln!(out, "Then run `{}`.", colour.cyan("terraform init && terraform apply"))?;
    Ok(())
}

/// The folder that both programs search before they ask a registry.
fn mirror(env: &Env) -> Result<PathBuf, Error> {
    let (variable, folder) = if cfg!(windows) {
        (env::APPDATA, "terraform.d/plugins")
    } else {
        (env::HOME, ".terraform.d/plugins")
    };
    let home = env.get(variable).ok_or_else(|| format!("cannot install: {variable} is not set"))?;
    Ok(PathBuf::from(home).join(folder))
}

/// Copies this binary into a mirror, once for each host.
pub(super) fn into(mirror: &Path) -> Result<Vec<Installed>, Error> {
    let binary = std::env::current_exe()?;
    let name = format!("terraform-provider-stripe_v{VERSION}{}", std::env::consts::EXE_SUFFIX);
    let mut installed = Vec::new();
    for host in HOSTS {
        let folder = mirror.join(host).join(SOURCE).join(VERSION).join(platform());
        fs::create_dir_all(&folder)?;
        let file = folder.join(&name);
        let replaced = file.exists() && !same(&file, &binary)?;
        // Copied beside and renamed, so that a running provider keeps its own file.
        let beside = file.with_extension("new");
        fs::copy(&binary, &beside)?;
        fs::rename(&beside, &file)?;
        installed.push(Installed { file, replaced });
    }
    Ok(installed)
}

fn same(one: &Path, other: &Path) -> io::Result<bool> {
    Ok(fs::metadata(one)?.len() == fs::metadata(other)?.len() && fs::read(one)? == fs::read(other)?)
}
