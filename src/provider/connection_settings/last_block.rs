//! The provider block that a process was last configured with. A process started by Terraform has one;
//! under `--debug` one process serves all blocks of all runs, and the last one applies to every call.

use std::sync::Mutex;

use crate::provider::connection_settings::read::API_KEY;
use crate::provider::messages::settings;
use crate::secret::Secret;
use crate::sync::lock;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::value::Value;

/// The settings, besides the key, that decide where calls go.
const PLACE: [&str; 4] = ["account_id", "stripe_account", "api_base", "sandbox"];

/// The settings of a block that decide where calls go; None while a value is unknown.
type Target = Vec<(&'static str, Option<Secret>)>;

/// The target of the last configured block.
#[derive(Debug, Default)]
pub(in crate::provider) struct LastBlock(Mutex<Option<Target>>);

impl LastBlock {
    /// Replaces the block, and warns if calls go elsewhere from now on.
    pub(in crate::provider) fn replace(&self, config: &Value) -> Option<Diagnostic> {
        let now = target(config);
        let before = lock(&self.0).replace(now.clone())?;
        let both_known = before.iter().zip(&now).filter(|((_, was), (_, is))| was.is_some() && is.is_some());
        let differing = both_known.filter(|(was, is)| was != is);
        let names: Vec<String> = differing.map(|((name, _), _)| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| settings::another_block(&names.join(" and ")))
    }
}

fn target(config: &Value) -> Target {
    let text = |name: &str| match config.get(name) {
        value if value.is_unknown() => None,
        value => Some(Secret::new(value.as_str().unwrap_or_default().to_owned())),
    };
    API_KEY.into_iter().chain(PLACE).map(|name| (name, text(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::LastBlock;
    use crate::terraform::value::Value;

    #[test]
    fn a_block_that_leads_elsewhere_than_the_one_before_is_told_with_what_differs() {
        let last = LastBlock::default();
        let told = |block: &[(&'static str, Value)]| {
            last.replace(&Value::map(block.iter().cloned())).map(|it| it.detail).unwrap_or_default()
        };
        let key = |key: &str| ("api_key", Value::from(key));
        assert_eq!(told(&[key("sk_test_1")]), "", "there is none before");
        assert_eq!(told(&[key("sk_test_1"), ("timeout", 5.into())]), "");
        assert_eq!(told(&[("api_key", Value::Unknown)]), "", "a plan may not know it yet");
        assert_eq!(told(&[key("sk_test_2")]), "");
        let other = told(&[key("sk_test_1"), ("account_id", "acct_1".into())]);
        assert!(
            other.contains("another `api_key` and `account_id` than") && !other.contains("sk_"),
            "{other}"
        );
        for name in ["api_key_env", "stripe_account", "api_base", "sandbox"] {
            assert!(told(&[(name, "x".into())]).contains(&format!("`{name}`")), "{name}");
        }
    }
}
