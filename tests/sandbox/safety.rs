//! What is kept in the file of a sandbox, and who waits for whom.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::Connection;
use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Entity, Kind, Member, OperationKind, catalog};
use stripe_provider::sandbox::{OpenError, Sandbox};
use tempfile::TempDir;

use crate::calls::Stripe;
use crate::params::{Setups, demanded};

fn kept() -> (TempDir, Stripe) {
    let folder = tempfile::tempdir().unwrap();
    let stripe = Stripe::over(Sandbox::open(&folder.path().join("sandbox.db")).unwrap());
    (folder, stripe)
}

/// All bytes of the files of a sandbox, as text.
fn files(folder: &Path) -> String {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    all.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}

const CARD: &str = "4000056655665556";
const DECLINED: &str = "4000000000000341";
const ACCOUNT: &str = "000123456789";

#[test]
fn the_numbers_of_cards_and_accounts_are_in_no_file() {
    let (folder, stripe) = kept();
    let card = json!({"number": CARD, "exp_month": 12, "exp_year": 2034, "cvc": "123"});
    let text = json!({"number": CARD, "exp_month": "12", "exp_year": "2034", "cvc": "123"});
    let method = json!({"type": "card", "card": card});
    let account = stripe.done("POST", "/v1/accounts", &json!({"type": "custom"}));
    let accounts = format!("/v1/accounts/{}/external_accounts", account["id"].as_str().unwrap());
    let bank =
        json!({"country": "US", "currency": "usd", "account_number": ACCOUNT, "routing_number": "110000000"});
    let mut bank_source = bank.clone();
    bank_source["object"] = "bank_account".into();
    let debit = json!({"type": "us_bank_account", "billing_details": {"name": "Ada"}, "us_bank_account": {
        "account_number": ACCOUNT, "routing_number": "110000000", "account_holder_type": "individual"}});
    for (path, params) in [
        ("/v1/payment_methods", method.clone()),
        ("/v1/payment_methods", debit.clone()),
        ("/v1/tokens", json!({ "card": text })),
        ("/v1/tokens", json!({ "bank_account": bank })),
        (accounts.as_str(), json!({ "external_account": bank_source })),
        ("/v1/setup_intents", json!({ "payment_method_data": debit })),
        ("/v1/test_helpers/confirmation_tokens", json!({ "payment_method_data": debit })),
    ] {
        let headers = [("idempotency-key", path)];
        let answer = stripe.done("POST", path, &params).to_string();
        assert!(!answer.contains(CARD) && !answer.contains(ACCOUNT), "{path}: {answer}");
        let form = stripe_provider::stripe::form::encode(params.as_object().unwrap());
        stripe.send("POST", path, &headers, form.into_bytes());
    }
    let text = files(folder.path());
    assert!(text.contains("\"last4\":\"5556\""));
    for number in [CARD, ACCOUNT] {
        assert!(!text.contains(number), "{number} is in a file");
    }
}

/// The params of a call with a text in the place of every param of that name, at any depth; none
/// where it has no such param.
fn marked(members: &[Member], name: &str, mark: &str) -> Option<Map<String, Json>> {
    let mut found = Map::new();
    for member in members {
        match &member.shape.kind {
            Kind::Text { .. } if member.name == name => {
                found.insert(member.name.clone(), mark.into());
            }
            Kind::Object(inner) => {
                if let Some(marked) = marked(inner, name, mark) {
                    let mut object = demanded(inner);
                    object.extend(marked);
                    found.insert(member.name.clone(), Json::Object(object));
                }
            }
            _ => {}
        }
    }
    (!found.is_empty()).then_some(found)
}

#[test]
fn the_number_of_a_person_is_never_told_nor_kept() {
    let (folder, stripe) = kept();
    let setups = Setups::read();
    setups.before(&stripe);
    let mark = "078051120";
    let mut seen = 0;
    let mut ask = |path: &str, params: &Json| {
        let (status, answer) = stripe.call("POST", path, params);
        assert!(!answer.to_string().contains(mark), "{path} {params}: {answer}");
        seen += u32::from(status == 200);
        answer
    };
    let all = catalog().entities().filter_map(|name| catalog().entity(name)).filter(|it| it.creates());
    for entity in all.filter(|entity| !setups.missing(&entity.key, "Create")) {
        let create = entity.operation(OperationKind::Create).unwrap();
        let update = entity.operation(OperationKind::Update);
        for name in ["id_number", "id_number_secondary", "ssn_last_4"] {
            let given = marked(&create.params, name, mark);
            for (name, value) in given.into_iter().flatten() {
                let mut params = setups.params(&stripe, entity);
                params[&name] = value;
                let made = ask(&setups.path(&stripe, entity, &create.path, ""), &params);
                if name == "account" && entity.key == "token" {
                    ask("/v1/accounts", &json!({"type": "custom", "account_token": made["id"]}));
                }
            }
            let given = update.and_then(|update| marked(&update.params, name, mark));
            let Some((given, update)) = given.zip(update) else { continue };
            let Ok(made) = crate::every::made(&stripe, &setups, entity) else { continue };
            let path = setups.path(&stripe, entity, &update.path, made["id"].as_str().unwrap_or_default());
            ask(&path, &Json::Object(given));
        }
    }
    assert!(seen > 3, "{seen} calls took such a number");
    assert!(!files(folder.path()).contains(mark), "it is in a file");
}

#[cfg(unix)]
#[test]
fn only_its_user_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let stripe = Stripe::over(Sandbox::open(&file).unwrap());
    stripe.done("POST", "/v1/customers", &json!({}));
    let mut count = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.path());
        count += 1;
    }
    assert_eq!(count, 3, "the file, its log and its index");
}

/// A file as the sandbox wrote it when files had no version: a customer with a card that is declined.
fn old_file(file: &Path) {
    let old = Connection::open(file).unwrap();
    old.execute_batch(
        "PRAGMA journal_mode = WAL;
        CREATE TABLE objects (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, object TEXT NOT NULL,
            id TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL, UNIQUE (space, object, id));
        CREATE INDEX objects_by_type ON objects (space, object, seq);
        CREATE INDEX objects_by_name ON objects (id, space);
        CREATE TABLE answers (
            space TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL, request TEXT NOT NULL,
            status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (space, key));",
    )
    .unwrap();
    let fingerprint = fingerprint_of_declined();
    let card = json!({"brand": "visa", "last4": "0341", "exp_month": 12, "exp_year": 2034, "fingerprint": fingerprint});
    let method = json!({"id": "pm_old", "object": "payment_method", "type": "card", "card": card,
        "customer": "cus_old", "_number": DECLINED});
    let customer = json!({"id": "cus_old", "object": "customer", "name": "Ada", "email": "ada@example.com"});
    for body in [method, customer] {
        let put = "INSERT INTO objects (space, object, id, body) VALUES (?1, ?2, ?3, ?4)";
        let space = "acct_1SandboxSandbox00/test";
        let (object, id) = (body["object"].as_str().unwrap(), body["id"].as_str().unwrap());
        old.execute(put, [space, object, id, &body.to_string()]).unwrap();
    }
}

fn fingerprint_of_declined() -> String {
    let card = json!({"number": DECLINED, "exp_month": 12, "exp_year": 2034});
    let made = Stripe::new().done("POST", "/v1/payment_methods", &json!({"type": "card", "card": card}));
    made["card"]["fingerprint"].as_str().unwrap().to_owned()
}

#[test]
fn a_file_of_an_older_version_is_brought_to_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    old_file(&file);
    assert!(files(folder.path()).contains(DECLINED));
    let stripe = Stripe::over(Sandbox::open(&file).unwrap());
    assert!(!files(folder.path()).contains(DECLINED), "the number of a card stays in a file");
    let found = stripe.done("GET", "/v1/customers", &json!({"email": "ada@example.com"}));
    assert_eq!(found["data"][0]["id"], "cus_old");
    let pays = json!({"amount": 500, "currency": "usd", "confirm": true, "customer": "cus_old",
        "payment_method": "pm_old", "automatic_payment_methods": {"enabled": true, "allow_redirects": "never"}});
    let (status, answer) = stripe.call("POST", "/v1/payment_intents", &pays);
    assert_eq!((status, &answer["error"]["code"]), (402, &json!("card_declined")), "{answer}");
    let version =
        |sql: &str| -> i64 { Connection::open(&file).unwrap().query_row(sql, [], |row| row.get(0)).unwrap() };
    assert_eq!(version("PRAGMA user_version"), 3);
    Sandbox::open(&file).unwrap();
    assert_eq!(version("PRAGMA user_version"), 3);
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let refused = Sandbox::open(&file).unwrap_err();
    assert!(matches!(refused, OpenError::Newer { found: 99, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer version"), "{refused}");
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cookies.db");
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE cookies (name TEXT)").unwrap();
    let before = std::fs::read(&file).unwrap();
    let refused = Sandbox::open(&file).unwrap_err();
    assert!(matches!(refused, OpenError::Foreign), "{refused:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert!(matches!(Sandbox::check(&file).unwrap_err(), OpenError::Foreign));
    let own = folder.path().join("sandbox.db");
    Sandbox::open(&own).unwrap();
    let marked: i64 =
        Connection::open(&own).unwrap().query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap();
    assert_ne!(marked, 0);
    Connection::open(&own).unwrap().pragma_update(None, "application_id", 7).unwrap();
    assert!(
        matches!(Sandbox::open(&own).unwrap_err(), OpenError::Foreign),
        "it says that it is another one's"
    );
}

#[test]
fn old_events_and_old_answers_go() {
    let (folder, stripe) = kept();
    let file = folder.path().join("sandbox.db");
    let post = |key: &str| stripe.send("POST", "/v1/customers", &[("idempotency-key", key)], Vec::new());
    post("old");
    post("new");
    let count = |what: &str| -> i64 {
        let query = format!("SELECT count(*) FROM {what}");
        Connection::open(&file).unwrap().query_row(&query, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("objects WHERE object = 'event'"), count("answers")), (2, 2));
    let month = 31 * 24 * 60 * 60;
    let age = format!(
        "UPDATE answers SET kept_until = kept_until - {month} WHERE key = 'old';
        UPDATE objects SET body = json_set(body, '$.created', json_extract(body, '$.created') - {month})
        WHERE seq = (SELECT min(seq) FROM objects WHERE object = 'event');"
    );
    Connection::open(&file).unwrap().execute_batch(&age).unwrap();
    drop(stripe);
    let stripe = Stripe::over(Sandbox::open(&file).unwrap());
    assert_eq!(stripe.done("GET", "/v1/events", &json!({}))["data"].as_array().unwrap().len(), 2);
    stripe.done("POST", "/v1/customers", &json!({}));
    assert_eq!((count("objects WHERE object = 'event'"), count("answers")), (2, 1));
    assert_eq!(count("answers WHERE key = 'new'"), 1);
}

#[test]
fn who_reads_does_not_wait_for_who_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let sandbox = Sandbox::open(&file).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let request = |method: &str| {
        let request = http::Request::builder().method(method).uri("/v1/customers");
        request.header("authorization", "Bearer sk_test_reader").body(Bytes::new()).unwrap()
    };
    runtime.block_on(sandbox.handle(request("POST"))).unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    runtime.block_on(async {
        let waiting = tokio::spawn({
            let sandbox = sandbox.clone();
            let post = request("POST");
            async move { sandbox.handle(post).await }
        });
        tokio::task::yield_now().await;
        let read = tokio::time::timeout(Duration::from_secs(15), sandbox.handle(request("GET"))).await;
        let read = read.expect("a reader waits").unwrap();
        assert_eq!(read.status(), 200);
        assert!(!waiting.is_finished(), "the writer did not wait");
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
    });
}

/// Every type of object whose texts are found through an index keeps a text or nothing there: the
/// filters of lists are asked of the index.
#[test]
fn what_is_indexed_is_kept_as_text() {
    let (folder, stripe) = kept();
    let setups = Setups::read();
    setups.before(&stripe);
    let all = catalog().entities().filter_map(|name| catalog().entity(name));
    for entity in all.filter(|it: &&Entity| it.creates() && !setups.missing(&it.key, "Create")) {
        if entity.key != "file" {
            let _ = crate::every::made(&stripe, &setups, entity);
        }
    }
    let connection = Connection::open(folder.path().join("sandbox.db")).unwrap();
    for name in ["customer", "subscription", "invoice", "charge", "price", "product", "test_clock", "email"] {
        let query = format!(
            "SELECT coalesce(group_concat(DISTINCT object), '') FROM objects
            WHERE json_type(body, '$.{name}') NOT IN ('text', 'null')"
        );
        let found: String = connection.query_row(&query, [], |row| row.get(0)).unwrap();
        let filtered: Vec<&str> = found
            .split(',')
            .filter(|object| {
                let list = catalog().by_key(object).and_then(|it| it.operation(OperationKind::List));
                list.is_some_and(|list| list.param(name).is_some())
            })
            .collect();
        assert!(filtered.is_empty(), "{name} is no text in {filtered:?}");
    }
}
