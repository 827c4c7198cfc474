//! `terraform-provider-stripe install`: copies the binary into the local mirror that
//! `terraform init` and `tofu init` use by default.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::command::Error;
use crate::command::colour::Colour;
use crate::command::demo;
use crate::command::platform::platform;
use crate::env::{self, Env};

/// The default hosts of a source address, of terraform and of tofu.
pub(super) const HOSTS: [&str; 2] = ["registry.terraform.io", TOFU_HOST];
/// The default host of a source address of tofu.
const TOFU_HOST: &str = "registry.opentofu.org";
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
    let Mirror { folder, hosts } = Mirror::of(env)?;
    let installed = into(&folder, hosts)?;
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

/// The program that the user has: `terraform` unless there is only `tofu`.
fn program_of(env: &Env) -> &'static str {
    if has_only_tofu(env) { "tofu" } else { "terraform" }
}

fn has_only_tofu(env: &Env) -> bool {
    demo::program(env).is_some_and(|file| file.file_stem().is_some_and(|name| name == "tofu"))
}

/// A folder that is searched before a registry is asked.
#[derive(Debug, PartialEq, Eq)]
struct Mirror {
    folder: PathBuf,
    /// The hosts of the programs that search it.
    hosts: &'static [&'static str],
}

impl Mirror {
    /// The folder that both programs search. A `~/.terraform.d` that is made for it would hide the folders of the XDG
    /// specification from tofu, with the credentials in them: who has tofu alone gets the one among those.
    fn of(env: &Env) -> Result<Self, Error> {
        let variable = if cfg!(windows) { env::APPDATA } else { env::HOME };
        let home = env.get(variable).ok_or_else(|| format!("cannot install: {variable} is not set"))?;
        let home = PathBuf::from(home);
        if cfg!(windows) {
            return Ok(Self { folder: home.join("terraform.d/plugins"), hosts: &HOSTS });
        }
        let shared = home.join(".terraform.d");
        if shared.exists() || !has_only_tofu(env) {
            return Ok(Self { folder: shared.join("plugins"), hosts: &HOSTS });
        }
        let data = env.get(env::XDG_DATA_HOME).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let data = data.unwrap_or_else(|| home.join(".local/share"));
        Ok(Self { folder: data.join("opentofu/plugins"), hosts: &[TOFU_HOST] })
    }
}

/// Copies this binary into a mirror, once for each host.
pub(super) fn into(mirror: &Path, hosts: &[&str]) -> Result<Vec<Installed>, Error> {
    let binary = std::env::current_exe()?;
    let name = format!("terraform-provider-stripe_v{VERSION}{}", std::env::consts::EXE_SUFFIX);
    let mut installed = Vec::new();
    for host in hosts {
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

#[cfg(all(test, unix))]
mod tests {
    use super::{HOSTS, Mirror, TOFU_HOST, program_of};
    use crate::env::Env;

    #[test]
    fn who_has_tofu_alone_gets_no_folder_of_terraform() {
        let home = tempfile::tempdir().unwrap();
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        std::fs::write(bin.join("tofu"), "").unwrap();
        let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        let env = |data: &str| {
            Env::from_pairs([
                ("HOME", text(home.path())),
                ("PATH", text(&bin)),
                ("XDG_DATA_HOME", data.to_owned()),
            ])
        };
        let mirror = |data: &str| Mirror::of(&env(data)).unwrap();
        let found = mirror("");
        assert_eq!(found.folder, home.path().join(".local/share/opentofu/plugins"));
        assert_eq!(found.hosts, [TOFU_HOST]);
        assert_eq!(mirror("/data").folder.to_str(), Some("/data/opentofu/plugins"));
        assert_eq!(mirror("data"), found, "a relative folder is ignored");
        assert_eq!(program_of(&env("")), "tofu");
        std::fs::write(bin.join("terraform"), "").unwrap();
        let both = Mirror { folder: home.path().join(".terraform.d/plugins"), hosts: &HOSTS };
        assert_eq!((mirror(""), program_of(&env(""))), (both, "terraform"));
        std::fs::remove_file(bin.join("terraform")).unwrap();
        std::fs::create_dir(home.path().join(".terraform.d")).unwrap();
        assert_eq!(
            mirror("").folder,
            home.path().join(".terraform.d/plugins"),
            "tofu searches the one there"
        );
    }
}
