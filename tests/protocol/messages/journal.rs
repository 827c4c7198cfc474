//! Scenes of creates that an interrupted run left in flight.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::stage::{Stage, Told};

pub async fn told() -> Vec<Told> {
    let mut stage = Stage::open().await;
    let product = json!({"name": "Gold"});
    let topup = json!({"amount": 500, "currency": "usd"});
    for path in ["/v1/products", "/v1/topups"] {
        stage.shop.fault(json!({"path": path, "method": "POST", "kind": "drop_after"}));
    }
    stage.make("stripe_product", &product).await;
    stage.invoke("stripe_topup", &topup).await;
    leave(&stage, "dead", |_| ());
    leave(&stage, "old", |entry| {
        entry["at"] = json!(1_000);
        entry["key"] = json!("another");
    });
    leave(&stage, "unused", |entry| {
        entry["key"] = json!("a third");
        entry["fingerprint"] = json!("of what the configuration has no more");
        entry["what"] = json!("Product");
        entry["id"] = json!("prod_123");
    });
    let folder = stage.shop.folder.path().join("data/stripe-creates/default");
    let mut unused = std::fs::OpenOptions::new().append(true).open(folder.join("unused.journal")).unwrap();
    writeln!(unused, "{}", json!({"passed_over": {"key": "a third", "run": "4000000-later"}})).unwrap();
    std::fs::create_dir(folder.join("a-folder.journal")).unwrap();
    stage.again("sk_test_shop_1", &json!({})).await;
    stage.make("stripe_product", &product).await;
    stage.invoke("stripe_topup", &topup).await;

    // What should be a folder is a file.
    let place = stage.shop.folder.path().join("a-file");
    std::fs::write(&place, "").unwrap();
    stage.again("sk_test_shop_1", &json!({"create_journal": place.display().to_string()})).await;
    let silver = json!({"name": "Silver"});
    stage.make("stripe_product", &silver).await;
    let before = stage.told.len();
    for path in ["/v1/products", "/v1/topups", "/v1/payment_intents/pi_1/confirm"] {
        stage.shop.fault(json!({"path": path, "method": "POST", "kind": "drop_after"}));
    }
    stage.make("stripe_product", &silver).await;
    stage.invoke("stripe_topup", &topup).await;
    let confirm = json!({"action": "ConfirmPaymentIntent", "input_payload": {"PaymentIntentId": "pi_1"}});
    stage.make("stripe_action", &confirm).await;
    let told: Vec<_> = stage.told[before..].iter().map(|told| told.diagnostic.summary.as_str()).collect();
    let lost = "Unanswered Create Not Recorded";
    assert_eq!(told.iter().filter(|summary| **summary == lost).count(), 3, "{told:?}");
    stage.told
}

/// Leaves the journal of this run as one of a run that has died, with its creates changed.
fn leave(stage: &Stage, name: &str, change: impl Fn(&mut Json)) {
    let folder = stage.shop.folder.path().join("data/stripe-creates/default");
    let files: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is_ours = |path: &PathBuf| {
        path.extension().is_some_and(|it| it == "journal")
            && !["dead.journal", "old.journal"].iter().any(|other| path.ends_with(other))
    };
    let text = std::fs::read_to_string(files.into_iter().find(is_ours).unwrap()).unwrap();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok()).map(|mut line| {
        if let Some(writer) = line.get_mut("writer") {
            writer["run"] = json!("4000000-long ago");
        }
        if let Some(entry) = line.get_mut("begun") {
            change(entry);
        }
        format!("{line}\n")
    });
    std::fs::write(folder.join(format!("{name}.journal")), lines.collect::<String>()).unwrap();
}
