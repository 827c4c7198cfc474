//! A working directory of terraform with one provider, whose processes are measured.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::runs::measure;
use crate::runs::options::Options;
use crate::runs::stand_in::StandIn;
use crate::runs::subject::Subject;
use crate::support::tools::Tool;

/// How the provider is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// By terraform, as users have it: for the time.
    Plain,
    /// By this program, which notes what each process costs, and takes some milliseconds for it.
    Counted,
}

/// What the processes of the provider cost.
#[derive(Debug)]
pub struct Cost {
    /// CPU time of all of them.
    pub cpu: Duration,
    /// The most memory of one of them, in KiB.
    pub peak: u64,
}

/// A working directory.
pub struct Project {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
    parallelism: usize,
    _meeting: tempfile::TempDir,
}

impl Project {
    /// A folder that is initialised from a mirror with the provider.
    pub fn new(options: &Options, stripe: &StandIn, subject: &Subject, start: Start) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        // As systemd makes it: in memory.
        let meeting = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let mut environment = stripe.environment(folder.path());
        environment.extend([
            ("TF_CLI_CONFIG_FILE", path("cli.tfrc")),
            ("TF_IN_AUTOMATION", "1".to_owned()),
            ("CHECKPOINT_DISABLE", "1".to_owned()),
            ("XDG_RUNTIME_DIR", meeting.path().display().to_string()),
            (measure::NOTES, path("notes")),
        ]);
        let binary = subject.binary.as_ref().map(|binary| std::fs::canonicalize(binary).unwrap());
        if let Some(binary) = binary.as_ref().filter(|_| start == Start::Counted) {
            environment.push((measure::PROVIDER, binary.display().to_string()));
        }
        let started = binary.filter(|_| start == Start::Plain);
        let project = Self { environment, parallelism: options.parallelism, folder, _meeting: meeting };
        project.mirror(&started.unwrap_or_else(|| std::env::current_exe().unwrap()));
        project.write(&subject.operations(options)[0].2);
        project.terraform(&["init"]);
        project
    }

    /// Runs an operation on a configuration; how long it took.
    pub fn run(&self, config: &str, arguments: &[&str]) -> Duration {
        self.write(config);
        let parallelism = format!("-parallelism={}", self.parallelism);
        let mut all = arguments.to_vec();
        if !arguments.contains(&"validate") {
            all.extend(["-no-color", &parallelism]);
        }
        let began = Instant::now();
        self.terraform(&all);
        began.elapsed()
    }

    /// The same, and what the processes of a provider that is [counted](Start::Counted) cost.
    pub fn cost(&self, config: &str, arguments: &[&str]) -> Cost {
        let _ = std::fs::remove_file(self.path("notes"));
        self.run(config, arguments);
        let (cpu, peak) = measure::take(&self.path("notes"));
        Cost { cpu, peak }
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

    /// A mirror whose only provider is that program.
    fn mirror(&self, program: &Path) {
        let folder = self.path("mirror/registry.terraform.io/bench/stripe/1.0.0/linux_amd64");
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::symlink(program, folder.join("terraform-provider-stripe")).unwrap();
        let mirror = self.path("mirror").display().to_string();
        let include = "include = [\"registry.terraform.io/bench/stripe\"]";
        let config = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n    {include}\n  }}\n}}\n"
        );
        std::fs::write(self.path("cli.tfrc"), config).unwrap();
    }
}
