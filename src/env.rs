//! The environment of the process. Nothing else reads it, so that tests can give one of
//! their own. Google's libraries look for credentials in the process's environment by
//! themselves.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Stripe's key where no configuration names one.
pub const STRIPE_API_KEY: &str = "STRIPE_API_KEY";
/// The account whose data is read where no configuration names one.
pub const STRIPE_ACCOUNT: &str = "STRIPE_ACCOUNT";
/// Where Stripe is where no configuration says so.
pub const STRIPE_API_BASE: &str = "STRIPE_API_BASE";
/// Where Secret Manager is where it is not at Google's own address: an https address, or an
/// http address of this machine.
pub const STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT: &str = "STRIPE_PROVIDER_SECRET_MANAGER_ENDPOINT";
/// The file of the Google credentials that read secrets. Google's libraries read it; here it
/// only makes messages better.
pub const GOOGLE_APPLICATION_CREDENTIALS: &str = "GOOGLE_APPLICATION_CREDENTIALS";
/// Where Terraform keeps its own data; `.terraform` where it is not set.
pub const TF_DATA_DIR: &str = "TF_DATA_DIR";
/// The workspace, where it is chosen by the environment.
pub const TF_WORKSPACE: &str = "TF_WORKSPACE";
/// The home folder.
pub const HOME: &str = "HOME";
/// Where this user's processes keep what lasts as long as the machine runs.
pub const XDG_RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";
/// Where programs are.
pub const PATH: &str = "PATH";

/// An environment: the process's own, or one made for a test.
#[derive(Clone)]
pub struct Env(Source);

#[derive(Clone)]
enum Source {
    Process,
    Made(Arc<HashMap<String, String>>),
}

impl Env {
    /// The environment of this process.
    pub const fn process() -> Self {
        Self(Source::Process)
    }

    /// An environment of these variables and no others.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(Source::Made(Arc::new(pairs.collect())))
    }

    /// The value of a variable; none when it is not set, empty, or no UTF-8.
    pub fn get(&self, name: &str) -> Option<String> {
        let value = match &self.0 {
            Source::Process => std::env::var(name).ok(),
            Source::Made(pairs) => pairs.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }
}

/// Without the values: keys are among them.
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
