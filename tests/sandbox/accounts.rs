//! Accounts: whose key it is, whom it may act for, and that nobody sees what is another's.

use serde_json::{Value as Json, json};

use crate::client::{Client, Form, id};

/// One way to an account: a key, and the headers that name another one.
#[derive(Clone)]
struct Way<'c> {
    client: &'c Client,
    key: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl Way<'_> {
    fn call(&self, method: &str, path: &str, form: Form<'_>) -> (u16, Json) {
        let key = format!("Bearer {}", self.key);
        let more = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let headers: Vec<(&str, &str)> = [("authorization", key.as_str())].into_iter().chain(more).collect();
        self.client.call_with(&headers, method, path, form)
    }

    fn ok(&self, method: &str, path: &str, form: Form<'_>) -> Json {
        let (status, body) = self.call(method, path, form);
        assert_eq!(status, 200, "{} {method} {path}: {body:#}", self.key);
        body
    }

    fn with(&self, header: &'static str, value: &str) -> Self {
        Self { headers: vec![(header, value.to_owned())], ..self.clone() }
    }

    /// Status, code and param of a refusal.
    fn refused(&self, method: &str, path: &str, form: Form<'_>) -> (u16, String, String) {
        let (status, body) = self.call(method, path, form);
        let member = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
        (status, member("code"), member("param"))
    }

    fn names(&self) -> Vec<String> {
        let page = self.ok("GET", "/v1/customers", &[]);
        let names = page["data"].as_array().unwrap().iter();
        names.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    }

    fn heard(&self) -> Vec<String> {
        let page = self.ok("GET", "/v1/events", &[("type", "customer.created")]);
        let events = page["data"].as_array().unwrap().iter();
        events.map(|event| event["data"]["object"]["name"].as_str().unwrap().to_owned()).collect()
    }
}

fn way<'c>(client: &'c Client, key: &'static str) -> Way<'c> {
    Way { client, key, headers: Vec::new() }
}

const FORBIDDEN: (u16, &str) = (403, "account_invalid");

fn forbidden(way: &Way<'_>) {
    let (status, code, _) = way.refused("GET", "/v1/customers", &[]);
    assert_eq!((status, code.as_str()), FORBIDDEN, "{} {:?}", way.key, way.headers);
}

#[test]
fn each_account_sees_its_own_objects_and_events_only() {
    let client = Client::new();
    let (shop, rival) = (way(&client, "sk_test_shop_1"), way(&client, "sk_test_rival_1"));
    let account = id(&shop.ok("POST", "/v1/accounts", &[("type", "custom")]));
    let connected = shop.with("stripe-account", &account);
    let same =
        [shop.with("stripe-context", &account), shop.with("stripe-context", &format!("acct_shop/{account}"))];
    let all = [&shop, &rival, &connected];
    for (way, name) in all.into_iter().zip(["of the shop", "of the rival", "of the connected"]) {
        way.ok("POST", "/v1/customers", &[("name", name)]);
        way.ok("POST", "/v1/webhook_endpoints", &[("url", "https://a.example"), ("enabled_events[]", "*")]);
    }
    for (way, name) in all.into_iter().zip(["of the shop", "of the rival", "of the connected"]) {
        assert_eq!((way.names(), way.heard()), (vec![name.to_owned()], vec![name.to_owned()]), "{}", way.key);
        let endpoints = way.ok("GET", "/v1/webhook_endpoints", &[]);
        assert_eq!(endpoints["data"].as_array().unwrap().len(), 1);
    }
    for way in same.iter().chain([&way(&client, "rk_test_shop_another").with("stripe-account", &account)]) {
        assert_eq!((way.names(), way.heard()), (connected.names(), connected.heard()));
    }
    let own = connected.ok("GET", "/v1/account", &[]);
    assert_eq!((&own["id"], &own["type"]), (&json!(account), &json!("custom")));
    assert_eq!(shop.ok("GET", "/v1/account", &[])["id"], "acct_shop");
}

#[test]
fn only_the_platform_acts_for_the_accounts_it_made() {
    let client = Client::new();
    let (shop, rival) = (way(&client, "sk_test_shop_1"), way(&client, "sk_test_rival_1"));
    let account = id(&shop.ok("POST", "/v1/accounts", &[("type", "custom")]));
    for header in ["stripe-account", "stripe-context"] {
        for stranger in [&rival, &way(&client, "sk_test_plain"), &way(&client, "sk_live_shop_1")] {
            forbidden(&stranger.with(header, &account));
        }
        for unknown in ["acct_nobody", "acct_rival", "acct_rival/acct_nobody", "cus_1"] {
            forbidden(&shop.with(header, unknown));
        }
        shop.with(header, "acct_shop").ok("GET", "/v1/customers", &[]);
        forbidden(&shop.with(header, &account).with(header, &format!("{account}/acct_shop")));
    }
    let (_, refusal) = rival.with("stripe-account", &account).call("GET", "/v1/customers", &[]);
    let message = refusal["error"]["message"].as_str().unwrap();
    let begin = format!("The provided key 'sk_test_***al_1' does not have access to account '{account}'");
    assert!(message.starts_with(&begin), "{message}");
    let below = shop.with("stripe-account", &account);
    let inner = id(&below.ok("POST", "/v1/accounts", &[("type", "custom")]));
    forbidden(&shop.with("stripe-account", &inner));
    assert!(shop.with("stripe-context", &format!("{account}/{inner}")).names().is_empty());
    shop.ok("DELETE", &format!("/v1/accounts/{account}"), &[]);
    forbidden(&below);
}

#[test]
fn an_object_of_another_account_is_no_object() {
    let client = Client::new();
    let (shop, rival) = (way(&client, "sk_test_shop_1"), way(&client, "sk_test_rival_1"));
    let customer = id(&shop.ok("POST", "/v1/customers", &[("name", "Ada")]));
    let path = format!("/v1/customers/{customer}");
    for (method, path) in [("GET", &path), ("POST", &path), ("DELETE", &path)] {
        assert_eq!(rival.refused(method, path, &[]), (404, "resource_missing".into(), "id".into()));
    }
    let form = [("amount", "100"), ("currency", "usd"), ("customer", customer.as_str())];
    let refused = rival.refused("POST", "/v1/payment_intents", &form);
    assert_eq!(refused, (400, "resource_missing".into(), "customer".into()));
    let made = |key| {
        let way = way(&client, key).with("idempotency-key", "one");
        id(&way.ok("POST", "/v1/customers", &[("name", "Grace")]))
    };
    assert_ne!(made("sk_test_shop_1"), made("sk_test_rival_1"));
    assert_eq!(made("sk_test_shop_1"), made("rk_test_shop_2"));
}

#[test]
fn a_publishable_key_does_what_a_browser_may_and_no_more() {
    let client = Client::new();
    let (secret, public) = (way(&client, "sk_test_shop_1"), way(&client, "pk_test_shop_2"));
    for (method, path) in [
        ("GET", "/v1/customers"),
        ("POST", "/v1/customers"),
        ("POST", "/v1/payment_intents"),
        ("GET", "/v1/events"),
    ] {
        assert_eq!(public.refused(method, path, &[]), (403, "secret_key_required".into(), String::new()));
    }
    let card: Form<'_> = &[("type", "card"), ("card[token]", "tok_visa")];
    let method = id(&public.ok("POST", "/v1/payment_methods", card));
    let intent = secret.ok("POST", "/v1/payment_intents", &[("amount", "900"), ("currency", "usd")]);
    let path = format!("/v1/payment_intents/{}", id(&intent));
    let proof = ("client_secret", intent["client_secret"].as_str().unwrap());
    assert_eq!(public.refused("GET", &path, &[]), (400, "parameter_missing".into(), "client_secret".into()));
    let wrong = public.refused("GET", &path, &[("client_secret", "pi_1_secret_2")]);
    assert_eq!(wrong, (400, String::new(), "client_secret".into()));
    let seen = public.ok("GET", &path, &[proof]);
    assert_eq!((&seen["amount"], seen.get("customer"), seen.get("metadata")), (&json!(900), None, None));
    let confirm = format!("{path}/confirm");
    let form = [("payment_method", method.as_str()), ("return_url", "https://a.example/b")];
    assert_eq!(public.refused("POST", &confirm, &form).1, "parameter_missing");
    let paid = public.ok("POST", &confirm, &[form[0], form[1], proof]);
    assert_eq!((&paid["status"], paid.get("latest_charge")), (&json!("succeeded"), None));
    let stranger = way(&client, "pk_test_rival_1").refused("GET", &path, &[proof]);
    assert_eq!((stranger.0, stranger.1.as_str()), (404, "resource_missing"));
}

#[test]
fn a_customer_at_a_browser_finds_the_intent_of_any_account() {
    let client = Client::new();
    let shop = way(&client, "sk_test_shop_1");
    let form = [
        ("amount", "900"),
        ("currency", "usd"),
        ("payment_method", "pm_card_authenticationRequired"),
        ("confirm", "true"),
        ("return_url", "https://a.example/b"),
    ];
    let intent = shop.ok("POST", "/v1/payment_intents", &form);
    assert_eq!(intent["status"], "requires_action");
    let page = format!("/_sandbox/payment_intents/{}/authenticate", id(&intent));
    let (status, done) = client.call_with(&[], "POST", &page, &[]);
    assert_eq!((status, &done["status"]), (200, &json!("succeeded")), "{done}");
}

#[test]
fn an_account_of_which_all_is_known_may_be_paid() {
    let client = Client::new();
    let form = [
        ("type", "custom"),
        ("capabilities[card_payments][requested]", "true"),
        ("capabilities[transfers][requested]", "true"),
    ];
    let made = client.post("/v1/accounts", &form);
    let states = ["/charges_enabled", "/payouts_enabled", "/details_submitted"];
    let enabled = |account: &Json| states.map(|state| account.pointer(state).unwrap().as_bool().unwrap());
    assert_eq!(enabled(&made), [false; 3]);
    assert_eq!(made["capabilities"]["transfers"], "inactive");
    let form = [
        ("business_profile[product_description]", "tea"),
        ("business_profile[support_phone]", "+15555550100"),
        ("business_profile[url]", "https://a.example"),
        ("external_account", "btok_us_verified"),
        ("tos_acceptance[date]", "1767225600"),
        ("tos_acceptance[ip]", "192.0.2.1"),
    ];
    let known = client.post(&format!("/v1/accounts/{}", id(&made)), &form);
    assert_eq!(enabled(&known), [true; 3], "{known}");
    assert_eq!(known["capabilities"]["transfers"], "active");
}

#[test]
fn who_controls_an_account_is_said_without_a_type() {
    let client = Client::new();
    let form = [("controller[fees][payer]", "application"), ("controller[stripe_dashboard][type]", "none")];
    let made = client.post("/v1/accounts", &form);
    assert_eq!((&made["type"], &made["controller"]["is_controller"]), (&"none".into(), &true.into()));
    assert_eq!(made["controller"]["fees"]["payer"], "application");
    assert_eq!(made["controller"]["losses"]["payments"], "stripe");
}

#[test]
fn an_account_of_version_two_says_what_it_is_to_its_platform() {
    let client = Client::new();
    let body = serde_json::json!({"configuration": {"customer": {}, "merchant": {}}});
    let made = client.json("/v2/core/accounts", &body);
    assert_eq!(made["applied_configurations"], serde_json::json!(["customer", "merchant"]));
    let off = serde_json::json!({"configuration": {"customer": {"applied": false}}});
    let changed = client.json(&format!("/v2/core/accounts/{}", id(&made)), &off);
    assert_eq!(changed["applied_configurations"], serde_json::json!(["merchant"]));
}
