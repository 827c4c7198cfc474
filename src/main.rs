//! `terraform-provider-stripe`: a provider plugin when Terraform starts it, and a few commands for people.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use stripe_provider::command::{self, Command};
use stripe_provider::env::Env;
use tokio::runtime::Builder;

fn main() -> ExitCode {
    let command = match Command::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        // This covers help and version too: clap knows the stream and the exit code of each.
        Err(told) => told.exit(),
    };
    let runtime = match runtime(&command).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let mut out = std::io::stdout();
    let is_terminal = out.is_terminal();
    let ended = runtime.block_on(command::run(command, Env::process(), &mut out, is_terminal));
    // A thread that still blocks must not keep the process alive: the plugin's host waits for the process to
    // end.
    runtime.shutdown_timeout(Duration::from_millis(200));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(error.as_ref()),
    }
}

/// Terraform's calls are short and many: answering them on one thread (this one) takes less work than sharing
/// them between two.
fn runtime(command: &Command) -> Builder {
    if matches!(command, Command::Plugin { .. }) {
        return Builder::new_current_thread();
    }
    let mut runtime = Builder::new_multi_thread();
    runtime.worker_threads(2);
    runtime
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    // A reader that closed the output, as `head` does, has read enough.
    let is_closed = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    if !error.downcast_ref().is_some_and(is_closed) {
        let _ = writeln!(std::io::stderr(), "{error}");
    }
    ExitCode::FAILURE
}
