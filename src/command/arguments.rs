//! Parses the command line.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

/// The name of the program.
pub(super) const PROGRAM: &str = "terraform-provider-stripe";

const EXIT_CODES: &str = "\
Exit codes:
  0  done; the sandbox also after an interrupt
  1  failed; the reason is on standard error
  2  the command line is not understood";

const LISTEN: &str = "\
IP:PORT; or PORT, :PORT, localhost:PORT, for this machine only.
Port 0 is a free one. 127.0.0.1:12111 when it is left out";

const DEMO: &str = "\
It needs no account and no network. It takes terraform or tofu from the PATH;
where there is neither, a part of this program stands in for it.";

/// Stripe for Terraform and OpenTofu, with a Stripe sandbox of its own.
///
/// Terraform starts the program without arguments. The commands are for people.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
struct Arguments {
    /// Serve Terraform until interrupted; prints TF_REATTACH_PROVIDERS
    #[arg(long)]
    debug: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// A command of `terraform-provider-stripe`.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve Terraform, which starts the process; with `--debug`, until interrupted.
    #[command(skip)]
    Plugin {
        /// Print `TF_REATTACH_PROVIDERS` and serve without being started by Terraform.
        debug: bool,
    },
    /// Serve the sandbox over HTTP until interrupted
    #[command(next_line_help = true)]
    Sandbox {
        /// The address to listen on; port 0 means a free one.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:12111", value_parser = address)]
        #[arg(help = LISTEN, hide_default_value = true)]
        listen: SocketAddr,
        /// Let other machines reach it, where the address is not of this one
        #[arg(long)]
        allow_remote: bool,
        /// Keep the objects in this file, which is made when it is missing
        #[arg(long, value_name = "FILE")]
        data: Option<PathBuf>,
    },
    /// Apply an example to a sandbox and show what happens
    #[command(next_line_help = true, after_help = DEMO)]
    Demo {
        /// Download OpenTofu unasked where it and terraform are missing
        #[arg(long)]
        download: bool,
    },
    /// Copy this program to where `terraform init` finds it
    Install,
    /// Write the registry's pages into ./docs (for developers)
    Docs,
    /// Print the completions of a shell
    #[command(after_help = "For bash: terraform-provider-stripe completions bash >> ~/.bash_completion")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the version
    Version,
}

impl Command {
    /// Parses the arguments that follow the name of the program.
    ///
    /// # Errors
    /// The arguments are not a command (with the usage and exit code 2), or they ask for the help or the
    /// version (with exit code 0). [`clap::Error::exit`] prints the error and ends the process.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut arguments = arguments.into_iter().peekable();
        // Terraform starts the program like this, several times per run, so this case skips building the
        // parser.
        if arguments.peek().is_none() {
            return Ok(Self::Plugin { debug: false });
        }
        let whole = [OsString::from(PROGRAM)].into_iter().chain(arguments);
        let Arguments { debug, command } = Arguments::try_parse_from(whole)?;
        let command = command.unwrap_or(Self::Plugin { debug });
        command.check().map(|()| command)
    }

    /// Refuses options that do not go together.
    fn check(&self) -> Result<(), clap::Error> {
        let Self::Sandbox { listen, allow_remote: false, .. } = self else { return Ok(()) };
        let remote = || {
            let why = format!(
                "{listen} can be reached from other machines.\nWhoever reaches the sandbox can read and change all \
                 of it: add --allow-remote\nif that is wanted"
            );
            refused("sandbox", &why)
        };
        listen.ip().is_loopback().then_some(()).ok_or_else(remote)
    }
}

/// Builds a refusal that shows the usage of the command it concerns, and of no other.
fn refused(command: &str, why: &str) -> clap::Error {
    let mut program = Arguments::command();
    program.build();
    match program.find_subcommand_mut(command) {
        Some(command) => command.error(ErrorKind::ValueValidation, why),
        None => program.error(ErrorKind::ValueValidation, why),
    }
}

/// Returns the completions of a shell as a script.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), PROGRAM, &mut script);
    script
}

/// Parses an address to listen on. Without a host, it means this machine.
fn address(text: &str) -> Result<SocketAddr, String> {
    let own = |port: u16| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let port = text.strip_prefix("localhost").unwrap_or(text);
    let port = port.strip_prefix(':').unwrap_or(port);
    port.parse()
        .map(own)
        .or_else(|_| text.parse())
        .map_err(|_| "it is not PORT, :PORT, localhost:PORT or IP:PORT, with a port up to 65535".to_owned())
}

#[cfg(test)]
mod tests {
    use clap_complete::Shell;

    use super::{Command, ErrorKind, completions};

    fn parse(arguments: &str) -> Result<Command, clap::Error> {
        Command::parse(arguments.split_whitespace().map(Into::into))
    }

    #[test]
    fn without_arguments_it_is_a_plugin() {
        assert_eq!(parse("").unwrap(), Command::Plugin { debug: false });
        assert_eq!(parse("--debug").unwrap(), Command::Plugin { debug: true });
    }

    #[test]
    fn the_sandbox_takes_an_address_and_a_file() {
        let expected = Command::Sandbox {
            listen: "127.0.0.1:0".parse().unwrap(),
            data: Some("s.db".into()),
            allow_remote: false,
        };
        assert_eq!(parse("sandbox --listen 127.0.0.1:0 --data s.db").unwrap(), expected);
    }

    #[test]
    fn an_address_may_be_a_port() {
        for (written, meant) in [
            ("8080", "127.0.0.1:8080"),
            (":8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("[::1]:1", "[::1]:1"),
        ] {
            let Command::Sandbox { listen, .. } = parse(&format!("sandbox --listen {written}")).unwrap()
            else {
                panic!("{written}")
            };
            assert_eq!(listen.to_string(), meant, "{written}");
        }
        for wrong in ["nowhere", "localhost", "70000", ":", "example.com:1"] {
            let refused = parse(&format!("sandbox --listen={wrong}")).unwrap_err();
            assert!(refused.to_string().contains("localhost:PORT"), "{wrong}: {refused}");
        }
    }

    #[test]
    fn other_machines_reach_the_sandbox_only_where_that_is_said() {
        for listen in ["0.0.0.0:1", "[::]:1", "10.0.0.1:1"] {
            let refused = parse(&format!("sandbox --listen {listen}")).unwrap_err();
            assert!(refused.exit_code() == 2 && refused.to_string().contains("--allow-remote"), "{refused}");
            let Command::Sandbox { allow_remote: true, .. } =
                parse(&format!("sandbox --listen {listen} --allow-remote")).unwrap()
            else {
                panic!("{listen}")
            };
        }
    }

    #[test]
    fn what_is_misspelled_is_answered_with_a_suggestion() {
        for (written, meant) in [
            ("sandbx", "'sandbox'"),
            ("instal", "'install'"),
            ("sandbox --lisen 1", "'--listen'"),
            ("demo --downlod", "'--download'"),
            ("--debg", "'--debug'"),
        ] {
            let refused = parse(written).unwrap_err();
            assert_eq!(refused.exit_code(), 2, "{written}");
            assert!(refused.to_string().contains(meant), "{written}: {refused}");
        }
    }

    #[test]
    fn an_unknown_command_is_answered_with_the_usage() {
        for arguments in ["fly", "sandbox --port 1", "demo now", "--verbose", "--debug demo"] {
            let refused = parse(arguments).unwrap_err();
            assert!(refused.to_string().contains("Usage:"), "{arguments}: {refused}");
        }
    }

    #[test]
    fn a_refusal_shows_the_usage_of_its_command_alone() {
        for (command, rest) in [
            ("sandbox", "--listen 0.0.0.0:1"),
            ("sandbox", "--lisen 1"),
            ("demo", "now"),
            ("install", "here"),
            ("docs", "--all"),
            ("completions", ""),
            ("version", "1"),
        ] {
            let told = parse(&format!("{command} {rest}")).unwrap_err().to_string();
            let usage = format!("Usage: terraform-provider-stripe {command}");
            assert!(told.contains(&usage) && !told.contains("<COMMAND>"), "{command} {rest}: {told}");
            assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
        }
    }

    #[test]
    fn every_command_has_a_help_that_fits_a_terminal() {
        for command in ["", "sandbox", "demo", "install", "docs", "completions", "version"] {
            for asked in [format!("{command} --help"), format!("{command} -h"), format!("help {command}")] {
                let help = parse(&asked).unwrap_err();
                assert_eq!(help.kind(), ErrorKind::DisplayHelp, "{asked}");
                assert_eq!(help.exit_code(), 0, "{asked}");
                let text = help.to_string();
                let wide = text.lines().find(|line| line.chars().count() > 80);
                assert!(text.contains("Usage: ") && wide.is_none(), "{asked}: {wide:?}\n{text}");
            }
        }
        let whole = parse("--help").unwrap_err().to_string();
        for told in ["Exit codes:", "sandbox", "demo", "install", "docs", "completions", "version"] {
            assert!(whole.contains(told), "{told}\n{whole}");
        }
    }

    #[test]
    fn the_version_is_asked_for_in_three_ways() {
        assert_eq!(parse("version").unwrap(), Command::Version);
        for asked in ["--version", "-V"] {
            let version = parse(asked).unwrap_err();
            assert_eq!(
                version.to_string().trim(),
                concat!("terraform-provider-stripe ", env!("CARGO_PKG_VERSION"))
            );
        }
    }

    #[test]
    fn every_shell_is_told_the_commands() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Elvish] {
            let script = String::from_utf8(completions(shell)).unwrap();
            assert!(script.contains("sandbox") && script.contains("listen"), "{shell}");
        }
    }
}
