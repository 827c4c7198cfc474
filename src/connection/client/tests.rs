//! Tests of a connection and its key.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Connection, Defaults, SecretSource, Settings, ThrottleScope};
use crate::env::Env;

/// A connection whose key is in a file; nothing is sent over it.
fn connection(key: &Path) -> Connection {
    let defaults = Defaults {
        api_base: None,
        api_version: "2026-10-28.endive".to_owned(),
        timeout: Duration::from_secs(1),
        max_retries: 0,
        requests_per_second: None,
        ca_certificate: None,
        sandbox: None,
        expected_livemode: None,
        key: Some(SecretSource::File(key.to_owned())),
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
    Connection::new(Settings::default(), Arc::new(defaults))
}

#[tokio::test]
async fn a_key_that_is_rotated_in_its_file_is_the_next_connections() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let known = async |connection: &Connection| {
        (connection.identity().await, connection.account_mark().await.unwrap(), connection.livemode().await)
    };
    let open = connection(&file);
    assert!(open.client().await.is_err(), "a file that is missing is asked for again");
    fs::write(&file, "sk_test_first").unwrap();
    open.client().await.unwrap();
    let first = known(&open).await;
    fs::write(&file, "sk_live_second").unwrap();
    assert_eq!(known(&open).await, first, "of the key that calls are sent with");
    assert_ne!(known(&connection(&file)).await, first);
}
