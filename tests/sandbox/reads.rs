//! What a list shows of an object is what a read of it shows, for every type that has both.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use stripe_provider::catalog::{Entity, OperationKind, catalog};
use stripe_provider::connector::{Connector, ReadHint};
use stripe_provider::sandbox::{self, Sandbox};

use crate::calls::Stripe;
use crate::every::made;
use crate::params::Setups;
use crate::support::connectors::connector;

/// Types that can be made, listed and read, and that a list does not show: it has no word for what a read
/// includes, or shows what belongs to a customer only.
const READ_ONE_BY_ONE: [&str; 2] = ["payment_method", "v2.core.account"];

fn readable() -> impl Iterator<Item = &'static Entity> {
    let all =
        catalog().entities().filter_map(|name| catalog().entity(name)).filter(|entity| entity.creates());
    all.filter(|entity| {
        [OperationKind::Get, OperationKind::List].iter().all(|kind| entity.operation(*kind).is_some())
    })
}

/// Where an object is that was made at a path.
fn locator(entity: &Entity, path: &str, body: &Json) -> String {
    let pattern = &entity.operation(OperationKind::Create).unwrap().path;
    let ids = pattern.split('/').zip(path.split('/')).filter(|(part, _)| part.starts_with('{'));
    let own = body["id"].as_str().unwrap();
    ids.map(|(_, id)| id).chain([own]).collect::<Vec<_>>().join("/")
}

/// What a page of its list shows of an object; none where it was read by itself.
async fn by_list(connector: &Connector, entity: &'static Entity, at: &str, made: &Json) -> Option<Json> {
    let before = connector.savings().reads;
    let found = connector.read(entity, at, ReadHint { body: made, expected_reads: 100 }).await.unwrap();
    (connector.savings().reads > before).then_some(found)
}

#[test]
fn what_a_list_shows_is_what_a_read_shows() {
    let sandbox = Sandbox::memory().unwrap();
    let (stripe, setups) = (Stripe::over(sandbox.clone()), Setups::read());
    setups.before(&stripe);
    let mut objects = Vec::new();
    for entity in readable().filter(|entity| !setups.missing(&entity.key, "Create")) {
        let body = made(&stripe, &setups, entity).unwrap();
        let path = setups.path(&stripe, entity, &entity.operation(OperationKind::Create).unwrap().path, "");
        objects.push((entity, locator(entity, &path, &body), body));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (mut wrong, mut singly, mut count) = (Vec::new(), BTreeSet::new(), 0);
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(sandbox::serve(listener, sandbox.clone(), std::future::pending()));
        let connector = connector(&base, "sk_test_every");
        for (entity, at, made) in &objects {
            let read =
                connector.get(entity, at).await.unwrap_or_else(|error| panic!("{}: {error}", entity.key));
            match by_list(&connector, entity, at, made).await {
                Some(listed) if listed == read => count += 1,
                Some(listed) => wrong.push(format!("{}: {listed:#}\n{read:#}", entity.key)),
                None => drop(singly.insert(entity.key.as_str())),
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(singly, BTreeSet::from(READ_ONE_BY_ONE), "{count}");
    assert!(count > 60, "{count}");
}
