//! The toy provider of the tests under real terraform, a new one and an old one: what the
//! Terraform layer does for any provider.
//!
//! The provider's program is this executable, started once more and told by a variable to serve.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output};

use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::runtime::Builder;

use crate::support::harness::{Case, case};
use crate::support::tools::Tool;
use crate::support::toy::program;
use crate::support::workdir::everything;

pub fn cases() -> Vec<Case> {
    vec![
        case!(terraform_takes_blocks_of_every_nesting_and_keeps_no_write_only_value, Terraform),
        case!(terraform_opens_renews_and_closes_a_key_and_keeps_nothing_of_it, Terraform),
        case!(a_panic_is_a_diagnostic_and_no_crash_of_the_plugin, Terraform),
        case!(an_old_terraform_is_told_that_it_knows_no_write_only_attributes, OldTerraform),
    ]
}

/// The toy, where terraform started this executable as the toy.
pub fn serve() -> ExitCode {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(program::serve(&mut std::io::stdout()));
    ExitCode::SUCCESS
}

const HEAD: &str = r#"
terraform {
  required_providers {
    toy = { source = "toys.example/toys/toy" }
  }
}
"#;

/// A configuration of one box and a terraform that takes the toy from a folder.
struct Workdir {
    folder: TempDir,
    terraform: PathBuf,
}

impl Workdir {
    fn new(terraform: Tool, a_box: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("terraform-provider-toy");
        let executable = std::env::current_exe().unwrap();
        let script = format!("#!/bin/sh\n{}=yes exec '{}'\n", program::SERVES, executable.display());
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
        let overrides = format!("{{ \"toys.example/toys/toy\" = \"{}\" }}", folder.path().display());
        let settings = format!("provider_installation {{\n  dev_overrides {overrides}\n}}\n");
        fs::write(folder.path().join("settings.tfrc"), settings).unwrap();
        let config = format!("{HEAD}\nresource \"toy_box\" \"a\" {{\n{a_box}\n}}\n");
        fs::write(folder.path().join("main.tf"), config).unwrap();
        Self { folder, terraform: terraform.path() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.terraform);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("settings.tfrc"))
            .env("CHECKPOINT_DISABLE", "1");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what must succeed; answers what was printed.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", everything(&output));
        everything(&output)
    }

    /// The box in the state.
    fn values(&self) -> Json {
        let output = self.run(&["show", "-json"]);
        let state: Json = serde_json::from_slice(&output.stdout).unwrap();
        state["values"]["root_module"]["resources"][0]["values"].clone()
    }
}

const FULL: &str = r#"
  name = "toys"
  kind = "wood"
  note = "old"
  lid {
    color = "red"
    hinge { metal = "brass" }
    hinge { metal = "steel" }
  }
  sticker { motif = "sun" }
  sticker { motif = "moon" }
  drawer "top" { left_handles = 1 }
  drawer "bottom" { right_handles = 2 }
"#;

fn terraform_opens_renews_and_closes_a_key_and_keeps_nothing_of_it() {
    let locked = "name = \"toys\"\n  kind = \"wood\"\n  code = ephemeral.toy_key.a.teeth\n}";
    let workdir = Workdir::new(
        Tool::Terraform,
        &format!("{locked}\nephemeral \"toy_key\" \"a\" {{\n  fits = \"rusty\""),
    );
    let applied = workdir.ok(&["apply", "-auto-approve", "-no-color"]);
    assert!(applied.contains("Key Melted") && applied.contains("The key of rusty"), "{applied}");
    assert_eq!(workdir.values()["locked"], json!(true), "the box got it");
    let state = fs::read_to_string(workdir.folder.path().join("terraform.tfstate")).unwrap();
    assert!(!state.contains("rusty"), "{state}");
}

fn a_panic_is_a_diagnostic_and_no_crash_of_the_plugin() {
    let workdir = Workdir::new(Tool::Terraform, FULL);
    let output =
        workdir.command(&["apply", "-auto-approve", "-no-color"]).env(program::PANICS, "yes").output();
    let told = everything(&output.unwrap());
    assert!(told.contains("the shelf fell over"), "{told}");
    assert!(!told.contains("Stack trace") && !told.contains("panic:"), "{told}");
}

fn terraform_takes_blocks_of_every_nesting_and_keeps_no_write_only_value() {
    let workdir = Workdir::new(Tool::Terraform, &format!("{FULL}\n  code = \"1234\""));
    let applied = workdir.ok(&["apply", "-auto-approve", "-no-color"]);
    for warning in ["`note` is deprecated. Use `tags`.", "`sticker` is deprecated. Use `labels`."] {
        assert!(applied.contains(warning), "{applied}");
    }
    let values = workdir.values();
    assert_eq!((&values["code"], &values["locked"]), (&Json::Null, &json!(true)));
    assert_eq!(values["lid"][0]["hinge"], json!([{"metal": "brass"}, {"metal": "steel"}]));
    let stickers = json!([{"motif": "moon", "serial": "moon-1"}, {"motif": "sun", "serial": "sun-1"}]);
    assert_eq!(values["sticker"], stickers);
    assert_eq!(values["drawer"]["top"]["left_handles"], json!(1));
    assert_eq!(values["drawer"]["bottom"]["right_handles"], json!(2));
    // The boxes were in the memory of a process that has ended, so nothing is refreshed.
    workdir.ok(&["plan", "-refresh=false", "-detailed-exitcode", "-no-color"]);
    let state = fs::read_to_string(workdir.folder.path().join("terraform.tfstate")).unwrap();
    assert!(!state.contains("1234"), "{state}");
}

fn an_old_terraform_is_told_that_it_knows_no_write_only_attributes() {
    let workdir = Workdir::new(Tool::OldTerraform, &format!("{FULL}\n  code = \"1234\""));
    let refused = everything(&workdir.run(&["apply", "-auto-approve", "-no-color"]));
    assert!(refused.contains("Write-Only Attribute Not Supported"), "{refused}");
    assert!(refused.contains("code = \"1234\""), "the error stands at the attribute: {refused}");
    let workdir = Workdir::new(Tool::OldTerraform, FULL);
    workdir.ok(&["apply", "-auto-approve", "-no-color"]);
    workdir.ok(&["plan", "-refresh=false", "-detailed-exitcode", "-no-color"]);
    assert_eq!(workdir.values()["locked"], json!(false));
}
