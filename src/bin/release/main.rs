//! Builds the files that the registries of Terraform and OpenTofu expect, without a network:
//! `cargo run --bin release`. `docs/releasing.md` describes the files and how a release is made.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use stripe_provider::command::platform_of_target;

mod archive;
mod build;
mod dependencies;
mod licences;
mod sbom;
mod sums;

/// The name of the program and of the files of a release.
const NAME: &str = "terraform-provider-stripe";
const VERSION: &str = env!("CARGO_PKG_VERSION");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Builds the provider and packs it as a registry takes it: a zip for one platform, the manifest, the bill of
/// materials, and SHA256SUMS over the files of this version in the folder.
#[derive(Debug, Parser)]
#[command(name = "release")]
struct Arguments {
    /// The Rust target to build for; this machine's when it is left out
    #[arg(long, value_name = "TRIPLE", default_value_t = build::host_target())]
    target: String,
    /// Pack this binary instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// The folder to write to
    #[arg(long, value_name = "FOLDER", default_value = "target/dist")]
    out: PathBuf,
    /// The tag of the release, which must be `v` and the version, and have a section in CHANGELOG.md
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Build and pack nothing: only write the manifest and SHA256SUMS for what is in the folder
    #[arg(long)]
    sums: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if let Some(tag) = &arguments.tag {
        check_tag(tag, &fs::read_to_string(Path::new(ROOT).join("CHANGELOG.md"))?)?;
    }
    fs::create_dir_all(&arguments.out)?;
    if !arguments.sums {
        pack(arguments)?;
    }
    let release = format!("{NAME}_{VERSION}_");
    fs::write(arguments.out.join(format!("{release}manifest.json")), sums::MANIFEST)?;
    let listed = sums::of_folder(&arguments.out, &release)?;
    fs::write(arguments.out.join(format!("{release}SHA256SUMS")), &listed)?;
    eprint!("{}:\n{listed}", arguments.out.display());
    Ok(())
}

fn pack(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (target, out) = (&arguments.target, &arguments.out);
    let platform = platform_of_target(target).ok_or_else(|| format!("{target} is no target with a name"))?;
    let binary = match &arguments.binary {
        Some(file) => file.clone(),
        None => build::build(Path::new(ROOT), target)?,
    };
    let packages = dependencies::of_program(target)?;
    let entries = [
        archive::Entry::file("CHANGELOG.md", &Path::new(ROOT).join("CHANGELOG.md"))?,
        archive::Entry::file("LICENSE", &Path::new(ROOT).join("LICENSE"))?,
        archive::Entry::text("THIRD-PARTY-LICENSES.txt", &licences::texts(&packages)?),
        archive::Entry::program(&program_name(&platform), &binary)?,
    ];
    fs::write(out.join(format!("{NAME}_{VERSION}_{platform}.zip")), archive::zip(&entries)?)?;
    fs::write(out.join(format!("{NAME}_{VERSION}_{platform}_sbom.cdx.json")), sbom::of(&packages)?)?;
    Ok(())
}

/// The file name that Terraform looks for in the zip.
fn program_name(platform: &str) -> String {
    let suffix = if platform.starts_with("windows") { ".exe" } else { "" };
    format!("{NAME}_v{VERSION}{suffix}")
}

/// Checks that a tag and the changelog agree with the version in Cargo.toml.
fn check_tag(tag: &str, changelog: &str) -> Result<(), String> {
    if tag.strip_prefix('v') != Some(VERSION) {
        return Err(format!("the tag is {tag}, and the version in Cargo.toml is {VERSION}"));
    }
    let section = format!("## [{VERSION}] - ");
    let told = changelog.lines().any(|line| line.starts_with(&section));
    told.then_some(()).ok_or_else(|| format!("CHANGELOG.md has no section `{section}YYYY-MM-DD`"))
}

#[cfg(test)]
mod tests {
    use super::{VERSION, check_tag, program_name};

    #[test]
    fn a_tag_agrees_with_the_version_and_the_changelog() {
        let (tag, dated) = (format!("v{VERSION}"), format!("## [{VERSION}] - 2026-12-01\n"));
        check_tag(&tag, &dated).unwrap();
        assert!(check_tag("v999.0.0", &dated).unwrap_err().contains("Cargo.toml"));
        assert!(check_tag(&tag, "## [Unreleased]\n").unwrap_err().contains("no section"));
    }

    #[test]
    fn a_program_of_windows_has_a_suffix() {
        assert_eq!(program_name("windows_arm64"), format!("terraform-provider-stripe_v{VERSION}.exe"));
        assert_eq!(program_name("linux_amd64"), format!("terraform-provider-stripe_v{VERSION}"));
    }
}
