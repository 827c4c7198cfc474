//! `terraform-provider-stripe install`: copies the binary into the local mirror that
//! `terraform init` and `tofu init` use by default.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::command::Error;
use crate::command::colour::Colour;
use crate::command::platform::platform;
use crate::command::programs;
use crate::env::{self, Env};

/// The default hosts of source addresses in terraform and tofu.
pub(super) const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
/// The source address without its host.
pub(super) const SOURCE: &str = "connectors/stripe";
/// A complete configuration to start with.
const FIRST: &str = include_str!("../../examples/first/main.tf");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A copy of the binary in a mirror.
#[derive(Debug)]
pub(super) struct Installed {
    file: PathBuf,
    /// Whether it replaced a different binary of the same version.
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
        let mend = format!("rm .terraform.lock.hcl && {} init", program_of(env));
        writeln!(out, "  {}", colour.cyan(&mend))?;
    }
    writeln!(out)?;
    first_configuration(env, colour, out)
}

/// Prints a configuration to paste, and what to do with it.
pub(super) fn first_configuration(env: &Env, colour: Colour, out: &mut dyn Write) -> Result<(), Error> {
    writeln!(out, "{}", colour.bold("Paste this into main.tf in a new folder:"))?;
    writeln!(out)?;
    for line in FIRST.lines() {
        writeln!(out, "{}", colour.cyan(line))?;
    }
    writeln!(out)?;
    let program = program_of(env);
    writeln!(out, "Then run `{}`.", colour.cyan(&format!("{program} init && {program} apply")))?;
    Ok(())
}

/// The name of the user's program: `terraform`, unless there is only `tofu`.
fn program_of(env: &Env) -> &'static str {
    if has_only_tofu(env) { "tofu" } else { "terraform" }
}

fn has_only_tofu(env: &Env) -> bool {
    programs::find(env).is_some_and(|file| file.file_stem().is_some_and(|name| name == "tofu"))
}

/// Returns the folder that both programs search before they ask a registry. If only tofu is installed, it is
/// the folder among the XDG ones: creating `~/.terraform.d` would hide the settings in the XDG folders from
/// tofu.
fn mirror(env: &Env) -> Result<PathBuf, Error> {
    let variable = if cfg!(windows) { env::APPDATA } else { env::HOME };
    let home = env.get(variable).ok_or_else(|| format!("cannot install: {variable} is not set"))?;
    let home = PathBuf::from(home);
    if cfg!(windows) {
        return Ok(home.join("terraform.d/plugins"));
    }
    let shared = home.join(".terraform.d");
    if shared.exists() || !has_only_tofu(env) {
        return Ok(shared.join("plugins"));
    }
    let data = env.get(env::XDG_DATA_HOME).map(PathBuf::from).filter(|folder| folder.is_absolute());
    Ok(data.unwrap_or_else(|| home.join(".local/share")).join("terraform/plugins"))
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
        // It is copied next to its target and renamed, so that a running provider keeps its own file.
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

#[cfg(all(test, unix))]
mod tests {
    use super::{mirror, program_of};
    use crate::env::Env;

    #[test]
    fn who_has_tofu_alone_gets_no_folder_that_hides_its_settings() {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::fs::write(bin.join("tofu"), "").unwrap();
        let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        let env = |data: &str| {
            let folders = [("HOME", text(home.path())), ("PATH", text(&bin))];
            Env::from_pairs(folders.into_iter().chain([("XDG_DATA_HOME", data.to_owned())]))
        };
        let folder = |data: &str| mirror(&env(data)).unwrap();
        assert_eq!(folder(""), home.path().join(".local/share/terraform/plugins"));
        assert_eq!(folder("/data").to_str(), Some("/data/terraform/plugins"));
        assert_eq!(folder("data"), folder(""), "a relative folder is ignored");
        assert_eq!(program_of(&env("")), "tofu");
        let shared = home.path().join(".terraform.d/plugins");
        std::fs::write(bin.join("terraform"), "").unwrap();
        assert_eq!((folder(""), program_of(&env(""))), (shared.clone(), "terraform"));
        std::fs::remove_file(bin.join("terraform")).unwrap();
        std::fs::create_dir(home.path().join(".terraform.d")).unwrap();
        assert_eq!(folder("/data"), shared, "the one that is there hides nothing more");
    }
}
