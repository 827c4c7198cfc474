//! The files of a release: made twice they are the same, and both terraforms install and run what is in the zip.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::support::harness::{Case, case, note};
use crate::support::tools::Tool;
use crate::support::workdir::{Workdir, everything};

pub fn cases() -> Vec<Case> {
    vec![
        case!(the_zips_of_a_release_are_installed_and_applied, Terraform, OldTerraform),
        case!(a_release_is_the_same_to_the_byte_when_it_is_made_again, Cargo),
        case!(a_tag_that_is_not_the_version_makes_no_release),
    ]
}

const RELEASE: &str = env!("CARGO_BIN_EXE_release");
const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");
const VERSION: &str = env!("CARGO_PKG_VERSION");
const QUICKSTART: &str = include_str!("../../examples/quickstart/main.tf");

/// Packs a binary as the release of this platform.
fn pack(binary: &Path, out: &Path) {
    let output = Command::new(RELEASE).arg("--binary").arg(binary).arg("--out").arg(out).output().unwrap();
    assert!(output.status.success(), "{}", everything(&output));
}

fn file(name: &str) -> String {
    format!("terraform-provider-stripe_{VERSION}_{name}")
}

fn the_zips_of_a_release_are_installed_and_applied() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mirror/registry.terraform.io/connectors/stripe");
    pack(Path::new(PROVIDER), &out);
    let zip = out.join(file("linux_amd64.zip"));
    let size = fs::metadata(&zip).unwrap().len();
    note(format_args!("{}: {size} bytes, of an unoptimised program", zip.file_name().unwrap().display()));
    for terraform in [Tool::Terraform, Tool::OldTerraform] {
        let workdir = Workdir::of(terraform, QUICKSTART);
        let mirror = folder.path().join("mirror").display().to_string();
        let config =
            format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n");
        fs::write(workdir.path("cli.tfrc"), config).unwrap();
        workdir.ok(&["init"]);
        let lock = fs::read_to_string(workdir.path(".terraform.lock.hcl")).unwrap();
        assert!(lock.contains(&format!("version = \"{VERSION}\"")) && lock.contains("\"h1:"), "{lock}");
        let applied = workdir.apply();
        assert!(applied.contains("6 added, 0 changed, 0 destroyed"), "{applied}");
        workdir.ok(&["init"]);
        assert_eq!(fs::read_to_string(workdir.path(".terraform.lock.hcl")).unwrap(), lock, "the lock holds");
        workdir.assert_plan_is_empty();
    }
}

fn a_release_is_the_same_to_the_byte_when_it_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("program");
    fs::write(&binary, "a small program").unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    pack(&binary, &first);
    pack(&binary, &second);
    let sums = fs::read_to_string(first.join(file("SHA256SUMS"))).unwrap();
    assert_eq!(sums, fs::read_to_string(second.join(file("SHA256SUMS"))).unwrap());
    let names = [file("linux_amd64.zip"), file("linux_amd64_sbom.cdx.json"), file("manifest.json")];
    let lines = names.each_ref().map(|name| {
        format!("{}  {name}\n", hex::encode(Sha256::digest(fs::read(first.join(name)).unwrap())))
    });
    assert_eq!(sums, lines.concat());
    let json = |name: &str| -> Json { serde_json::from_slice(&fs::read(first.join(name)).unwrap()).unwrap() };
    assert_eq!(json(&names[2])["metadata"]["protocol_versions"], serde_json::json!(["5.0"]));
    let bill = json(&names[1]);
    assert_eq!(bill["bomFormat"], "CycloneDX");
    let components = bill["components"].as_array().unwrap();
    let complete = |part: &&Json| {
        part["licenses"][0]["expression"].is_string() && part["hashes"][0]["content"].is_string()
    };
    assert!(components.len() > 150, "{}", components.len());
    assert_eq!(components.iter().filter(complete).count(), components.len());
    let mut archive = zip::ZipArchive::new(fs::File::open(first.join(&names[0])).unwrap()).unwrap();
    let all: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let program = format!("terraform-provider-stripe_v{VERSION}");
    assert_eq!(all, ["CHANGELOG.md", "LICENSE", "THIRD-PARTY-LICENSES.txt", program.as_str()]);
    let licences = std::io::read_to_string(archive.by_name("THIRD-PARTY-LICENSES.txt").unwrap()).unwrap();
    for (package, text) in [("tonic ", "Permission is hereby granted"), ("aws-lc-sys ", "OpenSSL")] {
        assert!(licences.contains(package) && licences.contains(text), "{package}");
    }
}

fn a_tag_that_is_not_the_version_makes_no_release() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(RELEASE);
    let output = command.args(["--tag", "v0.0.0", "--sums", "--out"]).arg(folder.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(everything(&output).contains("the version in Cargo.toml is"), "{}", everything(&output));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
