//! Environment variables. Nothing else in the program reads them, so that tests can supply their own.
//! Google's libraries read the variables for credentials themselves.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The key, if the configuration has none.
pub const STRIPE_API_KEY: &str = "STRIPE_API_KEY";
/// The connected account, if the configuration has none.
pub const STRIPE_ACCOUNT: &str = "STRIPE_ACCOUNT";
/// The base address of Stripe's API, if the configuration has none.
pub const STRIPE_API_BASE: &str = "STRIPE_API_BASE";
/// The address of Secret Manager, in place of Google's own: an https address, or an http address of this
/// machine.
pub const STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT: &str = "STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT";
/// The path of the Google credentials file. Google's libraries read it; the program only names it in
/// messages.
pub const GOOGLE_APPLICATION_CREDENTIALS: &str = "GOOGLE_APPLICATION_CREDENTIALS";
/// Terraform's data directory; `.terraform` if it is not set.
pub const TF_DATA_DIR: &str = "TF_DATA_DIR";
/// The workspace, if the environment chooses it.
pub const TF_WORKSPACE: &str = "TF_WORKSPACE";
/// The folder for program settings on Windows.
pub const APPDATA: &str = "APPDATA";
/// The home directory of the user.
pub const HOME: &str = "HOME";
/// The user's directory for files that last until the machine shuts down.
pub const XDG_RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";
/// The user's directory for program data.
pub const XDG_DATA_HOME: &str = "XDG_DATA_HOME";
/// If it is set to anything, it forbids colour: <https://no-color.org>.
pub const NO_COLOR: &str = "NO_COLOR";
/// The kind of terminal; `dumb` has no colour.
pub const TERM: &str = "TERM";
/// The user's directory for files that can be recreated.
pub const XDG_CACHE_HOME: &str = "XDG_CACHE_HOME";
/// The folder of the project; cargo sets it for programs that `cargo run` starts.
pub const CARGO_MANIFEST_DIR: &str = "CARGO_MANIFEST_DIR";
/// The directories that contain programs, separated by the system's separator.
pub const PATH: &str = "PATH";

/// The environment of the process, or one that a test supplies.
#[derive(Clone)]
pub struct Env(Source);

#[derive(Clone)]
enum Source {
    Process,
    Made(Arc<HashMap<String, String>>),
}

impl Env {
    /// The environment of the process.
    pub const fn process() -> Self {
        Self(Source::Process)
    }

    /// An environment with only these variables.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(Source::Made(Arc::new(pairs.collect())))
    }

    /// Returns the value of a variable, or `None` if it is not set, empty, or not UTF-8.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match &self.0 {
            Source::Process => std::env::var(name).ok(),
            Source::Made(pairs) => pairs.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// The names of the variables that are set.
    pub fn names(&self) -> Vec<String> {
        match &self.0 {
            Source::Process => std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect(),
            Source::Made(pairs) => pairs.keys().cloned().collect(),
        }
    }
}

/// Leaves out the values, because they may be secrets.
impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Source::Process => "Env(process)",
            Source::Made(_) => "Env(made)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Env;

    #[test]
    fn an_empty_variable_is_not_set_and_no_value_is_shown() {
        let env = Env::from_pairs([("A", "secret"), ("B", "")]);
        assert_eq!(env.get("A").as_deref(), Some("secret"));
        assert_eq!(env.get("B"), None);
        assert_eq!(env.get("C"), None);
        assert!(!format!("{env:?}").contains("secret"));
    }
}
