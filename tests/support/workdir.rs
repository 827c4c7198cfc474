//! A working directory for a real terraform, with its own provider mirror and sandbox.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use stripe_provider::sandbox::Sandbox;

use super::server::Server;
use super::tools::Tool;

/// The built provider.
const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");

/// One configuration, applied by one terraform to one sandbox.
pub struct Workdir {
    folder: tempfile::TempDir,
    terraform: PathBuf,
    /// The sandbox that takes Stripe's place.
    pub sandbox: Sandbox,
    server: Arc<Server>,
    /// The folder in which processes that share a machine meet.
    runtime: Arc<tempfile::TempDir>,
}

impl Workdir {
    /// Creates a folder with this configuration. If it uses modules or a backend, the test must run `init`.
    pub fn new(config: &str) -> Self {
        Self::of(Tool::Terraform, config)
    }

    /// Like [`Workdir::new`], but for a chosen terraform.
    pub fn of(terraform: Tool, config: &str) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let server = Server::start();
        let workdir = Self {
            folder,
            terraform: terraform.path(),
            sandbox: server.sandbox.clone(),
            server: Arc::new(server),
            runtime: Arc::new(runtime),
        };
        workdir.prepared(config)
    }

    /// Creates another folder on the same machine and with the same sandbox.
    pub fn beside(&self, config: &str) -> Self {
        let workdir = Self {
            folder: tempfile::tempdir().unwrap(),
            terraform: self.terraform.clone(),
            sandbox: self.sandbox.clone(),
            server: Arc::clone(&self.server),
            runtime: Arc::clone(&self.runtime),
        };
        workdir.prepared(config)
    }

    fn prepared(self, config: &str) -> Self {
        self.write_cli_config();
        self.write(config);
        self
    }

    /// The address of the sandbox.
    pub fn base(&self) -> &str {
        &self.server.base
    }

    /// Replaces the configuration.
    pub fn write(&self, config: &str) {
        let required =
            "terraform {\n  required_providers {\n    stripe = { source = \"connectors/stripe\" }\n  }\n}\n";
        let whole = if config.contains("required_providers") {
            config.to_owned()
        } else {
            format!("{required}\n{config}")
        };
        std::fs::write(self.path("main.tf"), whole).unwrap();
    }

    /// The folder in which processes of this machine meet.
    pub fn meeting_place(&self) -> PathBuf {
        self.runtime.path().join("terraform-provider-stripe")
    }

    /// A path inside the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Builds a command for this terraform without starting it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.terraform);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.path("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            // Terraform's runs are too short for garbage collection to be worth a sixth of the processor.
            .env("GOGC", "off")
            .env("STRIPE_API_BASE", self.base())
            .env("STRIPE_API_KEY", "sk_test_acceptance")
            .env("XDG_RUNTIME_DIR", self.runtime.path())
            .env_remove("TF_DATA_DIR")
            .env_remove("TF_WORKSPACE")
            .env_remove("TF_LOG");
        command
    }

    /// Runs a command.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; returns its standard output.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "terraform {arguments:?}\n{}", everything(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs a command that must fail; returns everything that it printed, with line breaks as spaces.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "terraform {arguments:?} should fail\n{}", everything(&output));
        squeezed(&everything(&output))
    }

    #[track_caller]
    pub fn apply(&self) -> String {
        self.ok(&["apply", "-auto-approve", "-no-color"])
    }

    /// Checks that nothing is left to do, with and without a refresh.
    #[track_caller]
    pub fn assert_plan_is_empty(&self) {
        for refresh in ["-refresh=true", "-refresh=false"] {
            let output = self.run(&["plan", "-no-color", "-detailed-exitcode", refresh]);
            assert_eq!(output.status.code(), Some(0), "{refresh}\n{}", everything(&output));
        }
    }

    /// Destroys everything.
    #[track_caller]
    pub fn destroy(&self) -> String {
        self.ok(&["destroy", "-auto-approve", "-no-color"])
    }

    /// Returns the attributes of one resource in the state.
    #[track_caller]
    pub fn attributes(&self, address: &str) -> Json {
        let state: Json = serde_json::from_str(&self.ok(&["show", "-json"])).unwrap();
        let resources = state["values"]["root_module"]["resources"].as_array().cloned().unwrap_or_default();
        let found = resources.into_iter().find(|resource| resource["address"] == address);
        found.unwrap_or_else(|| panic!("{address} is not in the state"))["values"].clone()
    }

    /// Returns the ids of everything in the state.
    #[track_caller]
    pub fn ids(&self) -> Vec<String> {
        let state: Json = serde_json::from_str(&self.ok(&["show", "-json"])).unwrap();
        let resources = state["values"]["root_module"]["resources"].as_array().cloned().unwrap_or_default();
        resources.iter().filter_map(|resource| resource["values"]["id"].as_str().map(str::to_owned)).collect()
    }

    /// How many objects of a type exist in the sandbox.
    pub fn count(&self, object: &str) -> usize {
        self.sandbox.counts().into_iter().find(|(name, _)| *name == object).map_or(0, |(_, count)| count)
    }

    /// Makes the next calls of a kind meet a fault; `path` is the beginning of their paths.
    pub fn script(&self, method: &str, path: &str, times: usize, kind: &Json) {
        let fault = json!({ "method": method, "path": path, "times": times, "kind": kind });
        self.sandbox.script(serde_json::from_value(fault).unwrap());
    }

    /// Reads from the sandbox as somebody else would.
    pub fn get(&self, path: &str) -> Json {
        self.server.ask("GET", path, "")
    }

    /// Changes something in the sandbox behind terraform's back.
    pub fn post(&self, path: &str, form: &str) -> Json {
        self.server.ask("POST", path, form)
    }

    /// Deletes something in the sandbox behind terraform's back.
    pub fn delete(&self, path: &str) -> Json {
        self.server.ask("DELETE", path, "")
    }

    /// Names the built provider for `init` and for later commands. Terraform hashes an installed provider
    /// before each command, which for an unoptimised one is a fifth of the work; `release` tests an installed
    /// one.
    fn write_cli_config(&self) {
        let version = env!("CARGO_PKG_VERSION");
        let mirror = self.path("mirror");
        let package = mirror.join(format!("registry.terraform.io/connectors/stripe/{version}/linux_amd64"));
        std::fs::create_dir_all(&package).unwrap();
        std::os::unix::fs::symlink(PROVIDER, package.join("terraform-provider-stripe")).unwrap();
        let config = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"connectors/stripe\" = {:?}\n  }}\n  \
             filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
            package.display().to_string(),
            mirror.display().to_string()
        );
        std::fs::write(self.path("cli.tfrc"), config).unwrap();
    }
}

/// Joins the words of a text with single spaces, because terraform breaks and indents lines.
pub fn squeezed(text: &str) -> String {
    text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns everything that a command printed.
pub fn everything(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
