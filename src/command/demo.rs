//! `terraform-provider-stripe demo`: applies the quickstart to a sandbox with Terraform.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::oneshot;

use crate::command::{Error, install};
use crate::env::{self, Env};
use crate::sandbox::{self, Sandbox};

const QUICKSTART: &str = include_str!("../../examples/quickstart/main.tf");
/// The programs that can apply a configuration, in the order of preference.
const PROGRAMS: [&str; 2] = ["terraform", "tofu"];
/// The exit code of success, and of `plan -detailed-exitcode` without changes.
const NO_CHANGES: i32 = 0;

/// Runs the demo in a temporary directory, which is removed at the end.
pub(super) async fn run(env: &Env, out: &mut dyn Write) -> Result<(), Error> {
    let program = find_program(env)?;
    let folder = tempfile::Builder::new().prefix("stripe-demo").tempdir()?;
    fs::write(folder.path().join("main.tf"), QUICKSTART)?;
    install::into(&folder.path().join("mirror"))?;
    let config = folder.path().join("cli.tfrc");
    fs::write(&config, cli_config(&folder.path().join("mirror")))?;

    let stripe = Sandbox::memory()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(sandbox::serve(listener, stripe.clone(), async {
        // An error means that the demo has failed: the server ends in both cases.
        let _ = stopped.await;
    }));
    writeln!(out, "The sandbox listens on {base}.")?;

    let steps = Steps { program, folder: folder.path(), config, base };
    let outcome = steps.run(out).await;
    if outcome.is_ok() {
        show_objects(&stripe, out)?;
    }
    let _ = stop.send(());
    server.await??;
    outcome
}

/// A Terraform working directory and the program that runs in it.
struct Steps<'a> {
    program: PathBuf,
    folder: &'a Path,
    config: PathBuf,
    base: String,
}

impl Steps<'_> {
    async fn run(&self, out: &mut dyn Write) -> Result<(), Error> {
        self.step(out, "Install the provider from a local mirror", &["init", "-no-color"]).await?;
        self.step(out, "What would be done", &["plan", "-no-color", "-out=demo.plan"]).await?;
        self.step(out, "Do it", &["apply", "-no-color", "demo.plan"]).await?;
        self.step(out, "Plan again: nothing is left to do", &["plan", "-no-color", "-detailed-exitcode"])
            .await
    }

    async fn step(&self, out: &mut dyn Write, title: &str, arguments: &[&str]) -> Result<(), Error> {
        let name = self.program.file_name().unwrap_or_default().display();
        writeln!(out, "\n── {title}: {name} {}\n", arguments.join(" "))?;
        out.flush()?;
        let status = Command::new(&self.program)
            .args(arguments)
            .current_dir(self.folder)
            .env("TF_CLI_CONFIG_FILE", &self.config)
            .env("CHECKPOINT_DISABLE", "1")
            .env(env::STRIPE_API_BASE, &self.base)
            .env(env::STRIPE_API_KEY, "sk_test_demo")
            .env(env::XDG_RUNTIME_DIR, self.folder)
            .env_remove(env::TF_DATA_DIR)
            .env_remove(env::TF_WORKSPACE)
            .env_remove("TF_REATTACH_PROVIDERS")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .status()
            .await?;
        match status.code() {
            Some(NO_CHANGES) => Ok(()),
            _ => Err(format!("{name} {} ended with {status}", arguments.join(" ")).into()),
        }
    }
}

fn show_objects(stripe: &Sandbox, out: &mut dyn Write) -> Result<(), Error> {
    writeln!(out, "\n── Objects in the sandbox\n")?;
    for (object, count) in stripe.counts() {
        writeln!(out, "{count:>5}  {object}")?;
    }
    Ok(())
}

fn cli_config(mirror: &Path) -> String {
    format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        mirror.display().to_string()
    )
}

fn find_program(env: &Env) -> Result<PathBuf, Error> {
    let path = env.get(env::PATH).unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut candidates = PROGRAMS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|file| file.is_file()).ok_or_else(|| {
        "the demo needs `terraform` or `tofu` on the PATH; install one of them and run it again".into()
    })
}
