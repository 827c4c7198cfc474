//! The programs that some cases drive: where each is looked for, and where to get it.
//!
//! A case lists the tools that it needs, and the [harness](super::harness) runs it only if all of them are
//! there. A test asks for the path of a tool that its case lists.

use std::env;
use std::fmt;
use std::path::PathBuf;

/// A program that is not part of Rust and that not every machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// A current terraform.
    Terraform,
    /// Terraform 1.0.3, the oldest supported version.
    OldTerraform,
    /// A Squid with TLS, as a proxy.
    Squid,
    /// A Redis server.
    Redis,
    /// A Python that has Stripe's SDK.
    StripePython,
    /// Stripe's CLI.
    StripeCli,
    /// `script`, which runs a program in a terminal.
    Script,
    /// Stripe's mock of its API, which needs Go.
    StripeMock,
    /// Cargo, which is not needed to run a suite that is already built.
    Cargo,
}

/// Where to look for a program.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// By its name, in the folders of `PATH`.
    Path(&'static str),
    /// At the path in this environment variable.
    Variable(&'static str),
}

impl Tool {
    /// Every file that the tool needs; the first one is the tool itself.
    const fn places(self) -> &'static [Place] {
        match self {
            Self::Cargo => &[Place::Path("cargo")],
            Self::Terraform => &[Place::Path("terraform")],
            Self::OldTerraform => &[Place::Variable("TERRAFORM_OLD")],
            Self::Squid => &[Place::Path("squid"), Place::Path("openssl")],
            Self::Redis => &[Place::Path("redis-server")],
            Self::StripePython => &[Place::Variable("STRIPE_PYTHON")],
            Self::StripeCli => &[Place::Variable("STRIPE_CLI"), Place::Path("node")],
            Self::Script => &[Place::Path("script")],
            Self::StripeMock => &[Place::Variable("STRIPE_MOCK")],
        }
    }

    /// Whether a machine may lack the tool: not every one has Go.
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::StripeMock)
    }

    /// What to do on a machine that lacks the tool.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Cargo => "https://rustup.rs",
            Self::Terraform => "https://developer.hashicorp.com/terraform/install",
            _ => "eval \"$(.ci/tools)\"",
        }
    }

    /// Returns the path of the tool, or a sentence that says what is missing.
    pub fn find(self) -> Result<PathBuf, String> {
        let found: Result<Vec<PathBuf>, String> = self.places().iter().map(|place| place.find()).collect();
        found.map(|mut files| files.swap_remove(0))
    }

    /// Returns the path of a tool that the case lists.
    #[track_caller]
    pub fn path(self) -> PathBuf {
        self.find().unwrap_or_else(|missing| panic!("the case does not list {self:?}: {missing}"))
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.pad(match self {
            Self::Terraform => "terraform",
            Self::OldTerraform => "terraform 1.0.3",
            Self::Squid => "squid",
            Self::Redis => "redis-server",
            Self::StripePython => "Stripe's SDK for Python",
            Self::StripeCli => "Stripe's CLI",
            Self::Cargo => "cargo",
            Self::Script => "script",
            Self::StripeMock => "stripe-mock",
        })
    }
}

impl Place {
    fn find(self) -> Result<PathBuf, String> {
        match self {
            Self::Path(name) => env::split_paths(&env::var_os("PATH").unwrap_or_default())
                .map(|folder| folder.join(name))
                .find(|file| file.is_file())
                .ok_or_else(|| format!("{name} is not on the PATH")),
            Self::Variable(name) => {
                let file =
                    env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("{name} is not set"))?;
                let there = file.is_file();
                there.then_some(file).ok_or_else(|| format!("{name} names no file"))
            }
        }
    }
}
