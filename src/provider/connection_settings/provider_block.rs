//! The provider block: the default connection, and the settings that all connections share.

use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::catalog::API_VERSION;
use crate::connection::{BaseUrl, Defaults, Settings, check_sandbox};
use crate::engine::JournalPlace;
use crate::env::Env;
use crate::provider::connection_settings::faults::{
    check_combinations, check_destination, check_key, check_sources,
};
use crate::provider::connection_settings::read::{API_KEY, read};
use crate::provider::connection_settings::schema::{
    IN_PLANS, account_id, secret, shared_attributes, shared_blocks,
};
use crate::provider::messages::settings;
use crate::provider::metadata_rules;
use crate::secret::not_a_key;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::{Attribute, Rule, Schema};
use crate::terraform::value::{Path, Type, Value};

/// The default time limit of one request, in seconds.
const TIMEOUT: i64 = 80;
/// The official provider's name for `account_id`.
const STRIPE_ACCOUNT: &str = "stripe_account";
/// The attribute that names the sandbox's file.
const SANDBOX: &str = "sandbox";
/// The default number of retries after failures; waits for rate limits do not count.
const MAX_RETRIES: i64 = 5;

/// The schema of the provider block.
pub(in crate::provider) fn schema() -> Schema {
    let key = "Stripe's secret or restricted key (`sk_…`, `rk_…`; environment `STRIPE_API_KEY`)";
    let mut attributes = secret(API_KEY, key, IN_PLANS);
    attributes.extend(vec![
        Attribute::optional("api_base", Type::String, "Base address of Stripe's API (environment `STRIPE_API_BASE`). Default `https://api.stripe.com`.").rule(Rule::Text(address)),
        Attribute::optional("api_version", Type::String, format!("`Stripe-Version` of every call. Default `{API_VERSION}`, the one the provider is tested with.")).rule(Rule::NotEmpty),
        Attribute::optional("sandbox", Type::String, "Path of a sandbox file: calls go to the embedded Stripe sandbox instead of Stripe, in process, and no key is needed. The file is created if it does not exist.").rule(Rule::NotEmpty),
        Attribute::optional("expected_livemode", Type::Bool, "Guard against the wrong key: `false` refuses live keys, `true` refuses test keys."),
        Attribute::optional("timeout", Type::Number, format!("Timeout of one request in seconds. Default `{TIMEOUT}`.")).rule(Rule::Range(1, 600)),
        Attribute::optional("max_retries", Type::Number, format!("Maximum number of retries of a call after a temporary failure. Default `{MAX_RETRIES}`.")).rule(Rule::Range(0, 20)),
        Attribute::optional("requests_per_second", Type::Number, "Maximum number of transactions a second, over all processes in the throttle scope. Default: Stripe's own limit, 25 for a test key and 100 for a live one.").rule(Rule::Range(1, 1000)),
    ]);
    let journal = "Where the idempotency keys of unfinished creates are recorded, so that a run finds the objects that an interrupted run created: a folder, or the address of a Redis (`redis://…`, `rediss://…`) for temporary machines. Default: `stripe-creates` in Terraform's data directory.";
    attributes.push(
        Attribute::optional("create_journal", Type::String, journal)
            .sensitive()
            .rule(Rule::Text(journal_rule)),
    );
    attributes.push(
        Attribute::optional(
            STRIPE_ACCOUNT,
            Type::String,
            "The same as `account_id`, under its name in the official provider (environment `STRIPE_ACCOUNT`, where neither is set). Set only one of the two.",
        )
        .rule(Rule::Text(account_id)),
    );
    attributes.extend(metadata_rules::attributes());
    attributes.extend(shared_attributes(IN_PLANS));
    let description = "The provider block is the default connection: resources and data sources without `connection_handle` use it.";
    Schema::new(description, attributes).with_blocks(shared_blocks())
}

/// Returns the errors in a provider block that satisfies its schema, found without a call.
pub(in crate::provider) fn validate(config: &Value, env: &Env) -> Diagnostics {
    let mut found = check_combinations(config);
    found.extend(check_sources(config, API_KEY, &Path::root()));
    found.extend(check_key(config));
    found.extend(check_destination(config, env));
    found.extend(metadata_rules::check(config));
    let is_set = |name: &str| config.get(name).is_set();
    if is_set("account_id") && is_set(STRIPE_ACCOUNT) {
        found.push(settings::account_set_twice(STRIPE_ACCOUNT).at_attribute(STRIPE_ACCOUNT));
    }
    if is_set(SANDBOX) && is_set("api_base") {
        found.push(settings::two_destinations().at_attribute("api_base"));
    }
    found
}

/// Reports why the sandbox's file cannot be used. The file is read only when the provider is configured,
/// so that `validate` needs no file.
pub(in crate::provider) fn sandbox_fault(config: &Value) -> Option<Diagnostic> {
    let why = check_sandbox(config.get("sandbox").as_str()?.as_ref()).err()?;
    Some(settings::unusable_sandbox(&why).at_attribute("sandbox"))
}

/// Returns why a text is not valid.
type TextCheck<'c> = &'c dyn Fn(&str) -> Result<(), String>;

/// Reports environment variables that stand in for unset arguments and have values that the arguments
/// would reject. They are read only when the provider is configured, so that `validate` needs none of
/// them.
pub(in crate::provider) fn variable_faults(config: &Value, env: &Env) -> Diagnostics {
    if !config.get(SANDBOX).is_null() {
        return Diagnostics::new();
    }
    // A key of another kind is reported when a call needs the key.
    let key = |text: &str| not_a_key(text.trim()).map_or(Ok(()), |why| Err(format!("holds no key: {why}")));
    let variables: [(&str, &[&str], TextCheck<'_>); 3] = [
        (crate::env::STRIPE_API_BASE, &["api_base"], &address),
        (crate::env::STRIPE_API_KEY, &API_KEY, &key),
        (crate::env::STRIPE_ACCOUNT, &ACCOUNT, &account_id),
    ];
    let unset =
        variables.into_iter().filter(|(_, names, _)| names.iter().all(|name| config.get(name).is_null()));
    let wrong = unset.filter_map(|(name, _, check)| {
        let why = check(&env.get(name)?).err()?;
        Some(settings::unusable_variable(name, &why))
    });
    wrong.collect()
}

/// The place of the journal of creates; an unknown place counts as not set.
pub(in crate::provider) fn journal_place(config: &Value) -> JournalPlace {
    let place = config.get("create_journal").as_str().map(JournalPlace::parse);
    place.and_then(Result::ok).unwrap_or_default()
}

fn journal_rule(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let scheme = ["redis:", "rediss:"].into_iter().find(|scheme| lower.starts_with(scheme));
    if scheme.is_some_and(|scheme| !text.get(scheme.len()..).unwrap_or_default().starts_with("//")) {
        return Err("must begin with `redis://` or `rediss://` where it is the address of a Redis".to_owned());
    }
    if text.trim().is_empty() {
        return Err("must be the path of a folder or the address of a Redis, not white space".to_owned());
    }
    JournalPlace::parse(text).map(drop)
}

/// The shared settings and the settings of the default connection. Unknown attributes count as not set: a
/// key that another resource produces is an error only for a call that needs it.
pub(in crate::provider) fn defaults(config: &Value, env: Env) -> (Defaults, Settings) {
    let known = known_part(config);
    let settings = read(&known, String::new()).unwrap_or_default();
    let text = |name: &str| known.get(name).as_str().map(str::to_owned);
    let number = |name: &str, default: i64| known.get(name).as_i64().unwrap_or(default).unsigned_abs();
    let defaults = Defaults {
        api_base: text("api_base").as_deref().map(BaseUrl::new),
        api_version: text("api_version").unwrap_or_else(|| API_VERSION.to_owned()),
        timeout: Duration::from_secs(number("timeout", TIMEOUT)),
        max_retries: u32::try_from(number("max_retries", MAX_RETRIES)).unwrap_or(u32::MAX),
        requests_per_second: known.get("requests_per_second").as_i64().and_then(|n| usize::try_from(n).ok()),
        ca_certificate: text("ca_certificate"),
        sandbox: text("sandbox").map(PathBuf::from),
        expected_livemode: known.get("expected_livemode").as_bool(),
        bulk_refresh: settings.bulk_refresh,
        scope: settings.scope.clone(),
        key: settings.key.clone(),
        unknown_key: first_unknown(API_KEY.into_iter().chain([SANDBOX]), config),
        unknown_place: first_unknown(PLACE.into_iter(), config),
        unknown_account: first_unknown(ACCOUNT.into_iter(), config),
        service_account: settings.service_account.clone(),
        account_id: settings
            .account_id
            .clone()
            .or_else(|| text(STRIPE_ACCOUNT))
            .or_else(|| env.get(crate::env::STRIPE_ACCOUNT)),
        env,
        stopped: CancellationToken::new(),
    };
    (defaults, settings)
}

/// The settings, besides the key, that decide where the calls of every connection go.
const PLACE: [&str; 3] = ["api_base", "expected_livemode", SANDBOX];
/// The settings that name the connected account for connections that name none.
const ACCOUNT: [&str; 2] = ["account_id", STRIPE_ACCOUNT];

fn first_unknown(mut names: impl Iterator<Item = &'static str>, config: &Value) -> Option<&'static str> {
    names.find(|name| config.get(name).is_unknown())
}

/// Returns the config with every unknown attribute as null.
fn known_part(config: &Value) -> Value {
    let known = config.as_map().into_iter().flatten().map(|(name, value)| {
        (name.clone(), if value.is_wholly_known() { value.clone() } else { Value::Null })
    });
    Value::map(known)
}

/// A message does not repeat an address, because the address may contain a password.
fn address(text: &str) -> Result<(), String> {
    let uri = text.parse::<http::Uri>().ok().filter(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty())
    });
    match uri.as_ref().and_then(http::Uri::authority) {
        None => Err("must be an address such as \"https://api.stripe.com\"".to_owned()),
        Some(authority) if authority.as_str().contains('@') => {
            Err("must not hold a user and a password: Stripe is reached with a key alone".to_owned())
        }
        Some(_) if text.contains(['?', '#']) => {
            Err("must not hold a query or a fragment: calls are added to it".to_owned())
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{defaults, journal_rule, variable_faults};
    use crate::connection::Connection;
    use crate::env::Env;
    use crate::terraform::value::Value;

    #[test]
    fn what_says_where_calls_go_is_named_while_it_is_not_known() {
        let unknown = |name: &'static str| {
            let block = Value::map([(name, Value::Unknown)]);
            let (defaults, _) = defaults(&block, Env::from_pairs::<String, String>([]));
            (defaults.unknown_key, defaults.unknown_place, defaults.unknown_account)
        };
        assert_eq!(
            unknown("sandbox"),
            (Some("sandbox"), Some("sandbox"), None),
            "no key is needed, and no other Stripe"
        );
        assert_eq!(unknown("api_key_env"), (Some("api_key_env"), None, None));
        assert_eq!(unknown("stripe_account"), (None, None, Some("stripe_account")));
        assert_eq!(unknown("timeout"), (None, None, None));
    }

    #[tokio::test]
    async fn one_address_is_one_account_however_it_is_written() {
        let mark = async |block: Value, variable: &str| {
            let env = Env::from_pairs([("STRIPE_API_KEY", "sk_test_1"), ("STRIPE_API_BASE", variable)]);
            let (defaults, settings) = defaults(&block, env);
            let connection = Connection::new(settings, Arc::new(defaults));
            (connection.account_mark().await.unwrap(), connection.identity().await)
        };
        let as_usual = mark(Value::map::<&str>([]), "").await;
        for written in ["https://api.stripe.com/", "https://API.stripe.com:443", "HTTPS://api.stripe.com"] {
            let block = Value::map([("api_base", Value::from(written))]);
            assert_eq!(mark(block, "").await, as_usual, "{written}");
            assert_eq!(mark(Value::map::<&str>([]), written).await, as_usual, "{written}");
        }
        assert_ne!(mark(Value::map::<&str>([]), "http://127.0.0.1:1").await, as_usual);
    }

    #[test]
    fn a_variable_is_held_to_what_its_argument_takes_where_that_is_not_set() {
        let faults = |block: &[(&'static str, &str)], name: &str, value: &str| {
            let block = Value::map(block.iter().map(|(name, value)| (*name, Value::from(*value))));
            let found = variable_faults(&block, &Env::from_pairs([(name, value)]));
            found.into_iter().map(|it| it.detail).collect::<Vec<_>>().join(" ")
        };
        let bases = [
            "127.0.0.1:1",
            "ftp://stripe.test",
            "http://user:hidden@stripe.test",
            "https://stripe.test/foo?x=1",
        ];
        let keys =
            ["\"sk_test_hidden\"", "sk_test_hidden x", "sk_test_1\nsk_test_hidden", "Bearer sk_test_hidden"];
        for (name, argument, values) in [
            ("STRIPE_API_BASE", "api_base", &bases[..]),
            ("STRIPE_API_KEY", "api_key_env", &keys[..]),
            ("STRIPE_ACCOUNT", "stripe_account", &["cus_1", "acct 1"][..]),
        ] {
            for value in values {
                let told = faults(&[], name, value);
                assert!(told.contains(name) && !told.contains("hidden"), "{value}: {told}");
                assert_eq!(faults(&[(argument, "x")], name, value), "", "{value}: nobody reads it");
                assert_eq!(faults(&[("sandbox", "x")], name, value), "", "{value}: nobody reads it");
            }
        }
        for (name, value) in [
            ("STRIPE_API_BASE", "https://stripe.test/foo/"),
            ("STRIPE_API_KEY", " sk_test_1\n"),
            ("STRIPE_ACCOUNT", "org_1/acct_2"),
        ] {
            assert_eq!(faults(&[], name, value), "", "{value}");
        }
    }

    #[test]
    fn a_mistyped_address_of_a_redis_is_no_folder() {
        for place in ["/var/creates", "creates", "redis://:hidden@redis.example/1", "rediss://redis.example"]
        {
            assert_eq!(journal_rule(place), Ok(()), "{place}");
        }
        for wrong in ["redis:/u:hidden@x", "rediss:hidden@x", "REDIS:/u:hidden@x", " ", ""] {
            assert!(!journal_rule(wrong).unwrap_err().contains("hidden"), "{wrong}");
        }
    }
}
