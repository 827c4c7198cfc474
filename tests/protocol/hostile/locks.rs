//! Writes wait for each other when they are to one object, and never because of their collection.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use stripe_provider::catalog::catalog;
use stripe_provider::connector;
use stripe_provider::secret::Secret;
use stripe_provider::stripe::{
    Call, Client, Request, Response, Settings, Transport, TransportError, Unthrottled,
};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

/// Answers when two requests have come, so that a request that waits for another never has an answer.
#[derive(Debug)]
struct Pair(Barrier);

impl Transport for Pair {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async {
            self.0.wait().await;
            let body = r#"{"object": "x", "id": "x_1"}"#.into();
            Ok(Response { status: 200, headers: http::HeaderMap::new(), body })
        })
    }
}

fn client() -> Client {
    let settings = Settings {
        api_key: Secret::new("sk_test_1".to_owned()),
        account: None,
        api_version: "2026-10-28.endive".to_owned(),
        max_retries: 0,
        user_agent: "test".to_owned(),
        stopped: CancellationToken::new(),
    };
    Client::new(settings, Arc::new(Pair(Barrier::new(2))), Arc::new(Unthrottled))
}

/// The path with this id in place of its first placeholder, and `x` in the others.
fn filled(path: &str, id: &str) -> String {
    let mut ids = std::iter::once(id).chain(std::iter::repeat("x"));
    let parts = path.split('/').map(|part| if part.starts_with('{') { ids.next().unwrap() } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether calls of one endpoint to these two objects are under way together.
async fn together(client: &Client, method: &str, path: &str, ids: [&str; 2]) -> bool {
    let [a, b] = ids.map(|id| {
        let call = Call::new(method.parse().unwrap(), filled(path, id)).of_endpoint(path);
        client.send(call)
    });
    let both = async { tokio::join!(a, b) };
    tokio::time::timeout(Duration::from_secs(1), both).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn no_write_of_the_catalog_waits_for_one_to_another_object() {
    let mut writes = 0;
    let names = catalog().entities().map(|name| connector::entity(name).unwrap());
    for entity in names {
        let operations = entity.operations.iter().map(|it| (it.method.as_str(), &it.path));
        let actions = entity.actions.iter().map(|it| (it.method.as_str(), &it.path));
        for (method, path) in operations.chain(actions).filter(|(method, _)| *method != "GET") {
            let client = client();
            assert!(together(&client, method, path, ["a", "b"]).await, "{method} {path}");
            if path.contains('{') {
                assert!(!together(&client, method, path, ["a", "a"]).await, "{method} {path}");
            }
            writes += 1;
        }
    }
    assert!(writes > 300, "{writes}");
}
