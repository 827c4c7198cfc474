//! `terraform-provider-stripe demo`: applies the quickstart to a sandbox and prints what happens.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::time::Instant;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::oneshot;

use crate::command::colour::Colour;
use crate::command::{Error, install, programs};
use crate::env::{self, Env};
use crate::sandbox::{self, Sandbox};

mod config;
mod download;
mod program;
mod stand_in;

use program::Program;
use stand_in::StandIn;

const QUICKSTART: &str = include_str!("../../examples/quickstart/main.tf");
/// The number of columns of a terminal.
const WIDTH: usize = 80;

/// Prefixes of variables that change what Terraform and the provider do; the caller's are meant for other
/// runs.
const FOREIGN: [&str; 2] = ["TF_", "STRIPE_"];

/// The program that plans and applies.
enum Runner<'w> {
    Program(Program<'w>),
    StandIn(Box<StandIn<'w>>),
}

/// The result of an apply.
#[derive(Debug, Default)]
struct Applied {
    /// The addresses and ids of the created objects.
    made: Vec<(String, String)>,
    /// The names and values of the outputs.
    outputs: Vec<(String, String)>,
}

/// The environment of the demo: its folder, which is removed at the end, and its Stripe.
struct World {
    folder: TempDir,
    base: String,
    /// The caller's variables that nothing in this world may see.
    foreign: Vec<String>,
}

/// Prints the demo to a terminal or a file.
struct Printer<'p> {
    out: &'p mut dyn Write,
    colour: Colour,
}

/// Runs the demo. `download` fetches OpenTofu without asking where there is neither terraform nor tofu.
pub(super) async fn run(
    env: &Env,
    download: bool,
    out: &mut dyn Write,
    is_terminal: bool,
) -> Result<(), Error> {
    let mut page = Printer { out, colour: Colour::of(env, is_terminal) };
    let tofu = match programs::find(env) {
        Some(file) => Some(file),
        None => download::tofu(env, download, is_terminal, page.out).await?,
    };
    let stripe = Sandbox::memory()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(sandbox::serve(listener, stripe.clone(), async {
        // An error here means that the demo has failed: the server ends in both cases.
        let _ = stopped.await;
    }));
    let world = World::new(base, env)?;
    let mut runner = match tofu {
        Some(file) => Runner::Program(Program::new(file, &world)?),
        None => Runner::StandIn(Box::new(StandIn::new(&world)?)),
    };
    let told = page.story(&mut runner, &stripe).await;
    drop(runner);
    let _ = stop.send(());
    server.await??;
    told?;
    page.next_steps(env)
}

impl Runner<'_> {
    async fn introduction(&self) -> Result<String, Error> {
        Ok(match self {
            Self::Program(program) => format!("A web shop on Stripe, by {}", program.name().await?),
            Self::StandIn(_) => {
                "A web shop on Stripe, by a part of this program that stands in for Terraform".to_owned()
            }
        })
    }

    async fn init(&mut self) -> Result<(), Error> {
        match self {
            Self::Program(program) => program.init().await,
            Self::StandIn(stand_in) => stand_in.init().await,
        }
    }

    /// Returns the addresses of the objects that would change.
    async fn plan(&mut self) -> Result<Vec<String>, Error> {
        match self {
            Self::Program(program) => program.plan().await,
            Self::StandIn(stand_in) => stand_in.plan().await,
        }
    }

    async fn apply(&mut self) -> Result<Applied, Error> {
        match self {
            Self::Program(program) => program.apply().await,
            Self::StandIn(stand_in) => stand_in.apply().await,
        }
    }
}

impl Printer<'_> {
    async fn story(&mut self, runner: &mut Runner<'_>, stripe: &Sandbox) -> Result<(), Error> {
        writeln!(self.out, "{}", self.colour.bold(&runner.introduction().await?))?;
        writeln!(self.out, "Stripe is a sandbox in this process: no account, no network.\n")?;
        let started = Instant::now();
        runner.init().await?;
        self.step("init", "the provider is found and started", started)?;

        let started = Instant::now();
        let planned = runner.plan().await?;
        self.step("plan", &format!("{} to add", planned.len()), started)?;

        let started = Instant::now();
        let applied = runner.apply().await?;
        self.step("apply", &format!("{} added", applied.made.len()), started)?;
        for (address, id) in &applied.made {
            writeln!(self.out, "          {address:<24} {id}")?;
        }
        let started = Instant::now();
        let left = runner.plan().await?;
        if !left.is_empty() {
            return Err(format!("the second plan wants to change {}", left.join(", ")).into());
        }
        self.step("plan", "nothing is left to do", started)?;

        writeln!(self.out, "\n{}", self.colour.bold("Outputs:"))?;
        for (name, value) in &applied.outputs {
            writeln!(self.out, "  {name:<16} {value}")?;
        }
        self.objects(stripe)
    }

    fn step(&mut self, step: &str, what: &str, started: Instant) -> Result<(), Error> {
        let took = format!("{:.1} s", started.elapsed().as_secs_f32());
        let (tick, step) = (self.colour.green("✓"), self.colour.bold(step));
        Ok(writeln!(self.out, "  {tick} {step:<6} {what:<58} {took:>6}")?)
    }

    fn objects(&mut self, stripe: &Sandbox) -> Result<(), Error> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (object, count) in stripe.counts() {
            *counts.entry(object.replace('_', " ")).or_default() += count;
        }
        let objects: Vec<String> = counts.iter().map(|(object, count)| format!("{count} {object}")).collect();
        writeln!(self.out, "{}", self.colour.bold("Objects in the sandbox:"))?;
        for line in wrapped(&objects.join(", "), WIDTH - 2) {
            writeln!(self.out, "  {line}")?;
        }
        Ok(())
    }

    fn next_steps(&mut self, env: &Env) -> Result<(), Error> {
        let of_cargo = env.get(env::CARGO_MANIFEST_DIR).is_some();
        let program = if of_cargo { "cargo run --" } else { "terraform-provider-stripe" };
        let command = format!("{program} install");
        writeln!(self.out, "\n{}", self.colour.bold("To go on, put the provider where Terraform finds it:"))?;
        writeln!(self.out, "  {}\n", self.colour.cyan(&command))?;
        install::first_configuration(env, self.colour, self.out)
    }
}

/// Wraps a text to a number of columns.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl World {
    fn new(base: String, env: &Env) -> Result<Self, Error> {
        let folder = tempfile::Builder::new().prefix("stripe-demo").tempdir()?;
        let is_foreign = |name: &String| FOREIGN.iter().any(|prefix| name.starts_with(prefix));
        Ok(Self { folder, base, foreign: env.names().into_iter().filter(is_foreign).collect() })
    }

    /// Makes a terraform or plugin command run in this world.
    fn enter(&self, command: &mut Command) {
        for variable in &self.foreign {
            command.env_remove(variable);
        }
        command
            .current_dir(self.folder.path())
            .env(env::STRIPE_API_BASE, &self.base)
            .env(env::STRIPE_API_KEY, "sk_test_demo")
            .env(env::XDG_RUNTIME_DIR, self.folder.path())
            // Its Stripe is on this machine, so no proxy may be used.
            .envs(["NO_PROXY", "no_proxy"].map(|name| (name, "127.0.0.1")));
    }

    /// Writes the quickstart, and a mirror that contains this program.
    fn prepare(&self) -> Result<(), Error> {
        fs::write(self.folder.path().join("main.tf"), QUICKSTART)?;
        let mirror = self.folder.path().join("mirror");
        install::into(&mirror)?;
        let mirror = mirror.display().to_string();
        let config =
            format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n");
        Ok(fs::write(self.folder.path().join("cli.tfrc"), config)?)
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn a_long_text_is_broken_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a", 7), ["a"]);
    }
}
