//! Names that only one object can have, in a create that was cut off.

use serde_json::{Value as Json, json};

use super::{DEAD, begun, killed, later};
use crate::connector::entity;
use crate::engine::create::{print_of, resumed};

#[tokio::test]
async fn a_create_that_took_a_name_over_is_resumed_with_that_though_the_old_object_has_left_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let price = entity("Price").unwrap();
    let params = |json: Json| json.as_object().unwrap().clone();
    let written = params(json!({"currency": "usd", "lookup_key": "gold"}));
    let sent = params(json!({"currency": "usd", "lookup_key": "gold", "transfer_lookup_key": true}));
    killed(folder.path(), DEAD, async |journal| {
        begun(journal, &print_of(price, &sent), "1").await;
    })
    .await;
    let (journal, _) = later(folder.path()).await;
    assert_eq!(resumed(&journal, price, written.clone()), sent);
    let other = params(json!({"currency": "usd", "lookup_key": "silver"}));
    assert_eq!(resumed(&journal, price, other.clone()), other, "no run left that one");
}
