//! A connector to a server on this machine, without a provider.

use std::sync::Arc;
use std::time::Duration;

use stripe_provider::catalog::API_VERSION;
use stripe_provider::connection::{BaseUrl, Connection, Defaults, NodeLimits, Settings, ThrottleScope};
use stripe_provider::connector::Connector;
use stripe_provider::env::Env;
use stripe_provider::secret::{Secret, SecretSource};
use tokio_util::sync::CancellationToken;

/// Creates a connector to the server at this base address, with this key.
pub fn connector(base: &str, key: &str) -> Connector {
    let defaults = Defaults {
        api_base: Some(BaseUrl::new(base)),
        api_version: API_VERSION.to_owned(),
        timeout: Duration::from_secs(20),
        max_retries: 0,
        requests_per_second: Some(1_000),
        ca_certificate: None,
        sandbox: None,
        expected_livemode: None,
        key: Some(SecretSource::Inline(Secret::new(key.to_owned()))),
        unknown_key: None,
        unknown_place: None,
        unknown_account: None,
        service_account: None,
        account_id: None,
        bulk_refresh: None,
        scope: Some(ThrottleScope::Process),
        env: Env::from_pairs::<String, String>([]),
        stopped: CancellationToken::new(),
    };
    let settings = Settings { nodes: NodeLimits { min: 100, max: 100 }, ..Settings::default() };
    Connector::new(Connection::new(settings, Arc::new(defaults)))
}
