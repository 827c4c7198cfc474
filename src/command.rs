//! The command line: the plugin by default, and commands for people.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::env::Env;
use crate::logs;
use crate::provider::StripeProvider;
use crate::registry_docs;
use crate::terraform::plugin::{self, ProviderName};
use crate::terraform::protocol::Service;
use crate::terraform::provider::Schemas;

mod arguments;
mod colour;
mod demo;
mod install;
mod platform;
mod programs;
mod sandbox;

pub use arguments::Command;
pub use platform::platform_of_target;

/// How long the last export of logs may take: Terraform waits two seconds for the process to end, and open
/// calls may already have used one of them.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(700);

/// How the provider is known to the practitioner and in log records.
const PROVIDER: ProviderName = ProviderName { local: "stripe", crate_name: env!("CARGO_CRATE_NAME") };

/// What the program tells a person who starts it the way Terraform does.
const STARTED_BY_HAND: &str = concat!(
    "This is terraform-provider-stripe ",
    env!("CARGO_PKG_VERSION"),
    ", a plugin: terraform or tofu starts it.\n",
    "To try it without a Stripe account: terraform-provider-stripe demo\n",
    "To use it: terraform-provider-stripe install, then `terraform init`; see --help"
);

/// An error with a message for the terminal.
pub type Error = Box<dyn std::error::Error>;

/// Runs a command to completion. `out` is standard output; `is_terminal` tells whether it is a terminal.
pub async fn run(command: Command, env: Env, out: &mut dyn Write, is_terminal: bool) -> Result<(), Error> {
    check_clock(SystemTime::now())?;
    match command {
        Command::Plugin { debug } => serve(env, debug, out).await,
        Command::Sandbox { listen, data, allow_remote } => {
            sandbox::serve(listen, data.as_deref(), allow_remote, out).await
        }
        Command::Demo { download } => demo::run(&env, download, out, is_terminal).await,
        Command::Install => install::run(&env, out, is_terminal),
        Command::Docs => docs(env, out),
        Command::Completions { shell } => Ok(out.write_all(&arguments::completions(shell))?),
        Command::Version => Ok(writeln!(out, "{} {}", arguments::PROGRAM, env!("CARGO_PKG_VERSION"))?),
    }
}

/// TLS and HTTP cannot express a time before 1970, and no certificate is valid then.
fn check_clock(now: SystemTime) -> Result<(), Error> {
    let wrong = || "the clock of this machine shows a time before 1970: set it, then run again".into();
    now.duration_since(UNIX_EPOCH).map(drop).map_err(|_| wrong())
}

fn docs(env: Env, out: &mut dyn Write) -> Result<(), Error> {
    let written = registry_docs::write(Path::new("."), &Schemas::of(&StripeProvider::new(env)))?;
    for page in &written {
        writeln!(out, "{}", page.display())?;
    }
    Ok(())
}

async fn serve(env: Env, debug: bool, out: &mut dyn Write) -> Result<(), Error> {
    let environment = plugin::Environment::from_lookup(PROVIDER, |name| env.get(name));
    let provider = StripeProvider::new(env);
    let provider = if debug { provider.debugged() } else { provider };
    let service = Service::new(provider.clone()).into_server();
    let served = if debug {
        let sources = install::HOSTS.map(|host| format!("{host}/{}", install::SOURCE));
        plugin::serve_reattached(environment, service, &sources, out).await
    } else {
        plugin::serve(environment, service, out).await
    };
    let close = async {
        if let Ok(plugin::Shutdown::Requested(asked)) = served {
            provider.close(asked).await;
        }
    };
    tokio::join!(close, logs::flush(FLUSH_TIMEOUT));
    served.map(drop).map_err(|error| match error {
        plugin::Error::NotStartedByHost => STARTED_BY_HAND.into(),
        error => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::check_clock;

    #[test]
    fn a_clock_before_1970_is_named() {
        check_clock(UNIX_EPOCH).unwrap();
        let error = check_clock(UNIX_EPOCH - Duration::from_secs(1)).unwrap_err().to_string();
        assert!(error.contains("the clock of this machine"), "{error}");
    }
}
