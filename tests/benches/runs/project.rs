//! A working directory of terraform with one provider, whose processes are measured.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::runs::measure;
use crate::runs::options::Options;
use crate::runs::stand_in::StandIn;
use crate::runs::subject::Subject;
use crate::support::tools::Tool;

/// What one operation cost.
#[derive(Debug)]
pub struct Figures {
    /// From the start of terraform to its end.
    pub wall: Duration,
    /// CPU time of all processes of the provider.
    pub cpu: Duration,
    /// The most memory of one process of the provider, in KiB.
    pub peak: u64,
}

/// A working directory.
pub struct Project {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
    parallelism: usize,
}

impl Project {
    /// A folder that is initialised from a mirror with the provider.
    pub fn new(options: &Options, stripe: &StandIn, subject: &Subject) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut environment = stripe.environment(folder.path());
        environment.extend([
            ("TF_CLI_CONFIG_FILE", path("cli.tfrc")),
            ("TF_IN_AUTOMATION", "1".to_owned()),
            ("CHECKPOINT_DISABLE", "1".to_owned()),
            ("XDG_RUNTIME_DIR", path("meeting")),
            (measure::NOTES, path("notes")),
        ]);
        if let Some(binary) = &subject.binary {
            environment
                .push((measure::PROVIDER, std::fs::canonicalize(binary).unwrap().display().to_string()));
        }
        let project = Self { environment, parallelism: options.parallelism, folder };
        project.mirror();
        project.write(&subject.operations(options)[0].2);
        project.terraform(&["init"]);
        project
    }

    /// Runs an operation on a configuration.
    pub fn run(&self, config: &str, arguments: &[&str]) -> Figures {
        self.write(config);
        let parallelism = format!("-parallelism={}", self.parallelism);
        let mut all = arguments.to_vec();
        if !arguments.contains(&"validate") {
            all.extend(["-no-color", &parallelism]);
        }
        let _ = std::fs::remove_file(self.path("notes"));
        let began = Instant::now();
        self.terraform(&all);
        let wall = began.elapsed();
        let (cpu, peak) = measure::take(&self.path("notes"));
        Figures { wall, cpu, peak }
    }

    fn terraform(&self, arguments: &[&str]) {
        let mut command = Command::new(Tool::Terraform.path());
        command.args(arguments).current_dir(self.folder.path()).envs(self.environment.iter().cloned());
        let output = command.output().unwrap();
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        // Another provider may not outlive a limit: its figures are shown all the same.
        if !output.status.success() {
            let errors = said(&output.stderr);
            println!("terraform {arguments:?} failed: {}", errors.chars().take(400).collect::<String>());
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, config: &str) {
        std::fs::write(self.path("main.tf"), config).unwrap();
    }

    /// This program stands in the provider's place: see [`measure`].
    fn mirror(&self) {
        let folder = self.path("mirror/registry.terraform.io/bench/stripe/1.0.0/linux_amd64");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir_all(self.path("meeting")).unwrap();
        let own = std::env::current_exe().unwrap();
        std::os::unix::fs::symlink(own, folder.join("terraform-provider-stripe")).unwrap();
        let mirror = self.path("mirror").display().to_string();
        let include = "include = [\"registry.terraform.io/bench/stripe\"]";
        let config = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n    {include}\n  }}\n}}\n"
        );
        std::fs::write(self.path("cli.tfrc"), config).unwrap();
    }
}
