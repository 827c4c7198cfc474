//! The command line: the plugin by default, and commands for people.

use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::env::Env;
use crate::logs;
use crate::provider::StripeProvider;
use crate::registry_docs;
use crate::terraform::plugin::{self, ProviderName};
use crate::terraform::protocol::Service;
use crate::terraform::provider::Schemas;

mod demo;
mod install;
mod sandbox;

/// The time for the last export of logs: Terraform waits two seconds for the end of the process, and
/// open calls may have used one of them.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(700);

/// How the provider is known to the practitioner and in log records.
const PROVIDER: ProviderName = ProviderName { local: "stripe", crate_name: env!("CARGO_CRATE_NAME") };

/// A command of `terraform-provider-stripe`.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve Terraform, which starts the process; with `--debug`, until interrupted.
    Plugin {
        /// Print `TF_REATTACH_PROVIDERS` and serve without being started by Terraform.
        debug: bool,
    },
    /// Serve the sandbox over HTTP.
    Sandbox {
        /// The address to listen on; port 0 means a free one.
        listen: SocketAddr,
        /// The file of the sandbox's data; none keeps it in memory.
        data: Option<PathBuf>,
        /// Other machines may reach it.
        allow_remote: bool,
    },
    /// Apply the quickstart to a sandbox with Terraform and print what happens.
    Demo,
    /// Copy the binary to where `terraform init` finds it.
    Install,
    /// Write the registry's pages into `./docs`.
    Docs,
    /// Print this text: the usage or the version.
    Print(String),
}

const USAGE: &str = "\
usage: terraform-provider-stripe [COMMAND]

  (none)                                   serve Terraform (Terraform starts it so)
  --debug                                  serve until interrupted; prints TF_REATTACH_PROVIDERS
  sandbox [--listen ADDR] [--data FILE]    serve the embedded Stripe (default 127.0.0.1:12111)
          [--allow-remote]                 also to other machines, where ADDR is not of this one
  demo                                     apply the quickstart on the sandbox with terraform or tofu
  install                                  put this binary where `terraform init` finds it
  docs                                     write the registry's pages into ./docs (for developers)
  --version, --help";

impl Command {
    /// Parses the arguments after the name of the program.
    ///
    /// # Errors
    /// The arguments are no command, as a message with the usage.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        Self::read(lexopt::Parser::from_args(arguments)).map_err(|error| format!("{error}\n\n{USAGE}"))
    }

    fn read(mut parser: lexopt::Parser) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::{Long, Short, Value};
        let command = match parser.next()? {
            None => Self::Plugin { debug: false },
            Some(Long("debug")) => Self::Plugin { debug: true },
            Some(Long("version") | Short('V')) => {
                Self::Print(concat!("terraform-provider-stripe ", env!("CARGO_PKG_VERSION")).to_owned())
            }
            Some(Long("help") | Short('h')) => Self::Print(USAGE.to_owned()),
            Some(Value(name)) => match name.to_str() {
                Some("sandbox") => return Self::read_sandbox(parser),
                Some("demo") => Self::Demo,
                Some("install") => Self::Install,
                Some("docs") => Self::Docs,
                _ => return Err(format!("there is no command {}", name.display()).into()),
            },
            Some(other) => return Err(other.unexpected()),
        };
        parser.next()?.map_or(Ok(command), |extra| Err(extra.unexpected()))
    }

    fn read_sandbox(mut parser: lexopt::Parser) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::{Long, ValueExt as _};
        let mut listen = SocketAddr::from(([127, 0, 0, 1], 12_111));
        let (mut data, mut allow_remote) = (None, false);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("listen") => listen = parser.value()?.parse()?,
                Long("data") => data = Some(PathBuf::from(parser.value()?)),
                Long("allow-remote") => allow_remote = true,
                other => return Err(other.unexpected()),
            }
        }
        if !listen.ip().is_loopback() && !allow_remote {
            let message = format!(
                "{listen} can be reached from other machines, and whoever reaches the sandbox can read and change all of \
                 it: add --allow-remote if that is wanted"
            );
            return Err(message.into());
        }
        Ok(Self::Sandbox { listen, data, allow_remote })
    }
}

/// An error with a message for the terminal.
pub type Error = Box<dyn std::error::Error>;

/// Runs a command to its end; `out` is standard output.
pub async fn run(command: Command, env: Env, out: &mut dyn Write) -> Result<(), Error> {
    check_clock(SystemTime::now())?;
    match command {
        Command::Plugin { debug } => serve(env, debug, out).await,
        Command::Sandbox { listen, data, allow_remote } => {
            sandbox::serve(listen, data.as_deref(), allow_remote, out).await
        }
        Command::Demo => demo::run(&env, out).await,
        Command::Install => install::run(&env, out),
        Command::Docs => docs(env, out),
        Command::Print(text) => Ok(writeln!(out, "{text}")?),
    }
}

/// TLS and HTTP have no words for a time before 1970, and no certificate is valid then.
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
    let service = Service::new(provider.clone()).into_server();
    let served = if debug {
        let sources = install::HOSTS.map(|host| format!("{host}/{}", install::SOURCE));
        plugin::serve_reattached(environment, service, &sources, out).await
    } else {
        plugin::serve(environment, service, out).await
    };
    let close = async {
        if let Ok(plugin::Ended::Asked(asked)) = served {
            provider.close(asked).await;
        }
    };
    tokio::join!(close, logs::flush(FLUSH_TIMEOUT));
    served.map(drop).map_err(|error| match error {
        plugin::Error::NotStartedByHost => {
            format!("{error}; `--help` shows what can be called by hand").into()
        }
        error => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Command, check_clock};

    #[track_caller]
    fn parsed(arguments: &str) -> Command {
        Command::parse(arguments.split_whitespace().map(Into::into)).unwrap()
    }

    #[test]
    fn without_arguments_it_is_a_plugin() {
        assert_eq!(parsed(""), Command::Plugin { debug: false });
        assert_eq!(parsed("--debug"), Command::Plugin { debug: true });
    }

    #[test]
    fn a_clock_before_1970_is_named() {
        check_clock(UNIX_EPOCH).unwrap();
        let error = check_clock(UNIX_EPOCH - Duration::from_secs(1)).unwrap_err().to_string();
        assert!(error.contains("the clock of this machine"), "{error}");
    }

    #[test]
    fn the_sandbox_takes_an_address_and_a_file() {
        let expected = Command::Sandbox {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: Some("s.db".into()),
            allow_remote: false,
        };
        assert_eq!(parsed("sandbox --listen 127.0.0.1:0 --data s.db"), expected);
    }

    #[test]
    fn other_machines_reach_the_sandbox_only_where_that_is_said() {
        for listen in ["0.0.0.0:1", "[::]:1", "10.0.0.1:1"] {
            let arguments = format!("sandbox --listen {listen}");
            let refused = Command::parse(arguments.split_whitespace().map(Into::into)).unwrap_err();
            assert!(refused.contains("--allow-remote"), "{refused}");
            let expected =
                Command::Sandbox { listen: listen.parse().unwrap(), data: None, allow_remote: true };
            assert_eq!(parsed(&format!("{arguments} --allow-remote")), expected);
        }
    }

    #[test]
    fn an_unknown_command_is_answered_with_the_usage() {
        for arguments in ["fly", "sandbox --port 1", "demo now", "--verbose", "sandbox --listen nowhere"] {
            let refused = Command::parse(arguments.split_whitespace().map(Into::into)).unwrap_err();
            assert!(refused.contains("usage:"), "{arguments}: {refused}");
        }
    }
}
