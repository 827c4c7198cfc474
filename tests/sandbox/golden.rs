//! The whole answers for the twelve objects that applications read most, as files to read.
//!
//! Each file names the page of Stripe's documentation whose object it follows, and where the
//! sandbox knowingly answers something else. `UPDATE_GOLDEN=1 cargo test --test sandbox golden`
//! writes the answers anew; what stands around them is written by hand.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use crate::calls::Stripe;

/// What differs from run to run, by the name of its field.
const VARYING: &[&str] = &["authorization_code", "exp_year", "invoice_prefix", "number"];
/// The shortest run of letters and digits that is taken for a random one.
const RANDOM: usize = 14;
/// Seconds before and after now in which a time is called now.
const NOW: i64 = 3_600;
/// No amount of these answers is as large as a time.
const LEAST_TIME: i64 = 1_500_000_000;

/// A shop in which each of the objects is made once.
struct Shop {
    stripe: Stripe,
    customer: Json,
    method: Json,
    price: Json,
}

impl Shop {
    fn new() -> Self {
        let stripe = Stripe::new();
        let made = |path: &str, params: Json| stripe.done("POST", path, &params);
        let customer = made("/v1/customers", json!({"email": "ada@example.com", "name": "Ada"}));
        let method = made("/v1/payment_methods/pm_card_visa/attach", json!({"customer": customer["id"]}));
        let product = made("/v1/products", json!({"name": "Tea"}));
        let price = json!({"currency": "usd", "unit_amount": 2_500, "product": product["id"], "recurring": {"interval": "month"}});
        let price = made("/v1/prices", price);
        Self { stripe, customer, method, price }
    }

    fn post(&self, path: &str, params: &Json) -> Json {
        self.stripe.done("POST", path, params)
    }

    fn get(&self, path: &str, id: &Json) -> Json {
        self.stripe.done("GET", &format!("{path}/{}", id.as_str().unwrap()), &json!({}))
    }

    /// An intent that is paid at once.
    fn paid(&self) -> Json {
        let params = json!({
            "amount": 2_900, "currency": "usd", "customer": self.customer["id"], "payment_method": self.method["id"],
            "confirm": true, "return_url": "https://example.com/back",
        });
        self.post("/v1/payment_intents", &params)
    }

    fn session(&self) -> Json {
        let params = json!({
            "mode": "subscription", "customer": self.customer["id"], "success_url": "https://example.com/done",
            "line_items": [{"price": self.price["id"], "quantity": 1}],
        });
        self.post("/v1/checkout/sessions", &params)
    }

    fn subscription(&self) -> Json {
        let params = json!({
            "customer": self.customer["id"], "default_payment_method": self.method["id"],
            "items": [{"price": self.price["id"]}],
        });
        self.post("/v1/subscriptions", &params)
    }

    fn account(&self) -> Json {
        let params = json!({
            "type": "custom", "country": "US", "business_type": "individual", "individual": {"first_name": "Ada"},
            "capabilities": {"transfers": {"requested": true}},
        });
        self.post("/v1/accounts", &params)
    }
}

#[track_caller]
fn check(object: &str, make: impl Fn(&Shop) -> Json) {
    let path = root().join(format!("{object}.json"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|_| panic!("{} says which page it follows", path.display()));
    let mut golden: Map<String, Json> = serde_json::from_str(&text).unwrap();
    assert!(golden["follows"].as_str().unwrap().starts_with("docs.stripe.com/api/"), "{object}");
    let mut answer = make(&Shop::new());
    assert_eq!(answer["object"], object);
    let now = jiff::Timestamp::now().as_second();
    let near = |time: i64| if (time - now).abs() < NOW { "<now>" } else { "<later>" }.to_owned();
    settle(&mut answer, "", &near);
    golden.insert("answer".to_owned(), answer);
    let fresh = serde_json::to_string_pretty(&golden).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &fresh).unwrap();
        return;
    }
    let other = text.lines().zip(fresh.lines()).find(|(old, new)| old != new);
    assert!(text == fresh, "{object} answers {other:?}: UPDATE_GOLDEN=1 cargo test --test sandbox golden");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox/golden")
}

/// Puts a mark in the place of what differs from run to run; `time` tells a time.
pub fn settle(value: &mut Json, name: &str, time: &dyn Fn(i64) -> String) {
    match value {
        Json::Object(members) => members.iter_mut().for_each(|(name, value)| settle(value, name, time)),
        Json::Array(items) => items.iter_mut().for_each(|item| settle(item, name, time)),
        Json::String(_) | Json::Number(_) if VARYING.contains(&name) => *value = "<varies>".into(),
        Json::String(text) => *text = without_chance(text),
        Json::Number(number) => {
            if let Some(at) = number.as_i64().filter(|at| *at > LEAST_TIME) {
                *value = time(at).into();
            }
        }
        _ => {}
    }
}

fn without_chance(text: &str) -> String {
    let mut settled = String::new();
    for run in text.split_inclusive(|letter: char| !letter.is_ascii_alphanumeric()) {
        let word = run.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let plain = word.chars().all(|letter| letter.is_ascii_lowercase());
        settled += if word.len() >= RANDOM && !plain { "<id>" } else { word };
        settled += &run[word.len()..];
    }
    settled
}

#[test]
fn an_account() {
    check("account", Shop::account);
}

#[test]
fn a_charge() {
    check("charge", |shop| shop.get("/v1/charges", &shop.paid()["latest_charge"]));
}

#[test]
fn a_checkout_session() {
    check("checkout.session", Shop::session);
}

#[test]
fn a_customer() {
    check("customer", |shop| shop.customer.clone());
}

#[test]
fn an_invoice() {
    check("invoice", |shop| shop.get("/v1/invoices", &shop.subscription()["latest_invoice"]));
}

#[test]
fn a_payment_intent() {
    check("payment_intent", Shop::paid);
}

#[test]
fn a_payment_method() {
    check("payment_method", |shop| shop.method.clone());
}

#[test]
fn a_price() {
    check("price", |shop| shop.price.clone());
}

#[test]
fn a_product() {
    check("product", |shop| shop.get("/v1/products", &shop.price["product"]));
}

#[test]
fn a_refund() {
    check("refund", |shop| {
        shop.post("/v1/refunds", &json!({"payment_intent": shop.paid()["id"], "amount": 500}))
    });
}

#[test]
fn a_setup_intent() {
    check("setup_intent", |shop| shop.post("/v1/setup_intents", &json!({"customer": shop.customer["id"]})));
}

#[test]
fn a_subscription() {
    check("subscription", Shop::subscription);
}
