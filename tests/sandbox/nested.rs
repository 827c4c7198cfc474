//! What belongs to something else: nested paths, one object under two names, what is always there.

use serde_json::{Value as Json, json};

use crate::calls::Stripe;

fn made(stripe: &Stripe, path: &str, params: &Json) -> String {
    stripe.done("POST", path, params)["id"].as_str().unwrap().to_owned()
}

fn ids(page: &Json) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[test]
fn an_object_is_seen_below_its_owner_only() {
    let stripe = Stripe::new();
    let first = made(&stripe, "/v1/customers", &json!({}));
    let second = made(&stripe, "/v1/customers", &json!({}));
    let path = |owner: &str| format!("/v1/customers/{owner}/tax_ids");
    let id = made(&stripe, &path(&first), &json!({"type": "eu_vat", "value": "DE123456789"}));
    assert_eq!(ids(&stripe.done("GET", &path(&first), &json!({}))), [id.as_str()]);
    assert_eq!(ids(&stripe.done("GET", &path(&second), &json!({}))).len(), 0);
    assert_eq!(stripe.call("GET", &format!("{}/{id}", path(&second)), &json!({})).0, 404);
    assert_eq!(stripe.call("GET", &path("cus_none"), &json!({})).0, 404);
    let same = stripe.done("GET", &format!("/v1/tax_ids/{id}"), &json!({}));
    assert_eq!((&same["customer"], &same["owner"]["type"]), (&json!(first), &json!("customer")));
    assert_eq!(stripe.done("DELETE", &format!("{}/{id}", path(&first)), &json!({}))["deleted"], true);
    assert_eq!(stripe.call("GET", &format!("/v1/tax_ids/{id}"), &json!({})).0, 404);
}

#[test]
fn what_pays_is_a_card_or_a_bank_account_by_its_token() {
    let stripe = Stripe::new();
    let account = made(&stripe, "/v1/accounts", &json!({"type": "custom"}));
    let path = format!("/v1/accounts/{account}/external_accounts");
    let bank = json!({"external_account": {
        "object": "bank_account", "country": "DE", "currency": "eur", "account_number": "DE89370400440532013000",
    }});
    let bank = stripe.done("POST", &path, &bank);
    assert_eq!(
        (&bank["object"], &bank["last4"], &bank["account"]),
        (&json!("bank_account"), &json!("3000"), &json!(account))
    );
    let card = json!({"card": {"number": "4000056655665556", "exp_month": "12", "exp_year": "2034", "currency": "usd"}});
    let token = made(&stripe, "/v1/tokens", &card);
    let card = stripe.done("POST", &path, &json!({ "external_account": token }));
    assert_eq!(
        (&card["object"], &card["brand"], &card["exp_year"]),
        (&json!("card"), &json!("Visa"), &json!(2034))
    );
    let (status, answer) = stripe.call("POST", &path, &json!({ "external_account": token }));
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("token_already_used")));
    let both = stripe.done("GET", &path, &json!({}));
    assert_eq!(ids(&both), [card["id"].as_str().unwrap(), bank["id"].as_str().unwrap()]);
    let cards = stripe.done("GET", &path, &json!({"object": "card"}));
    assert_eq!(ids(&cards), [card["id"].as_str().unwrap()]);
    let (status, answer) = stripe.call("GET", &format!("{path}/ba_none"), &json!({}));
    assert_eq!((status, &answer["error"]["message"]), (404, &json!("No such external account: 'ba_none'")));
}

#[test]
fn the_first_source_of_a_customer_is_charged_until_it_is_gone() {
    let stripe = Stripe::new();
    let customer = made(&stripe, "/v1/customers", &json!({}));
    let path = format!("/v1/customers/{customer}");
    let default = || stripe.done("GET", &path, &json!({}))["default_source"].clone();
    let sources = format!("{path}/sources");
    let first = made(&stripe, &sources, &json!({"source": "tok_visa"}));
    let second = made(&stripe, &sources, &json!({"source": "btok_us_verified"}));
    assert_eq!(default(), json!(first));
    stripe.done("DELETE", &format!("{sources}/{first}"), &json!({}));
    assert_eq!(default(), json!(second));
    stripe.done("DELETE", &format!("{sources}/{second}"), &json!({}));
    assert_eq!(default(), Json::Null);
}

#[test]
fn what_is_always_there_is_kept_once_it_is_changed() {
    let stripe = Stripe::new();
    let settings = "/v1/tax/settings";
    assert_eq!(stripe.done("GET", settings, &json!({}))["status"], "pending");
    stripe.done("POST", settings, &json!({"defaults": {"tax_behavior": "inclusive"}}));
    assert_eq!(stripe.done("GET", settings, &json!({}))["defaults"]["tax_behavior"], "inclusive");
    let customer = made(&stripe, "/v1/customers", &json!({}));
    let cash = format!("/v1/customers/{customer}/cash_balance");
    let change = json!({"settings": {"reconciliation_mode": "manual"}});
    assert_eq!(stripe.done("POST", &cash, &change)["settings"]["reconciliation_mode"], "manual");
    assert_eq!(stripe.done("GET", &cash, &json!({}))["customer"], json!(customer));
    let other = made(&stripe, "/v1/customers", &json!({}));
    let other = stripe.done("GET", &format!("/v1/customers/{other}/cash_balance"), &json!({}));
    assert_eq!(other["settings"]["reconciliation_mode"], "automatic");
    assert_eq!(stripe.call("GET", "/v1/customers/cus_none/cash_balance", &json!({})).0, 404);
}

#[test]
fn an_account_has_the_capabilities_that_stripe_knows() {
    let stripe = Stripe::new();
    let account = made(&stripe, "/v1/accounts", &json!({"type": "custom"}));
    let path = format!("/v1/accounts/{account}/capabilities");
    let asked = stripe.done("POST", &format!("{path}/card_payments"), &json!({"requested": true}));
    assert_eq!((&asked["id"], &asked["status"]), (&json!("card_payments"), &json!("active")));
    assert_eq!(stripe.call("GET", &format!("{path}/telepathy"), &json!({})).0, 404);
    let page = stripe.done("GET", &path, &json!({}));
    let shown = page["data"].as_array().unwrap().iter().find(|one| one["id"] == "card_payments").unwrap();
    assert_eq!((&shown["requested"], &shown["account"]), (&json!(true), &json!(account)));
}

#[test]
fn lines_are_those_of_their_owner() {
    let stripe = Stripe::new();
    let items: Vec<Json> =
        (1..=12).map(|amount| json!({"amount": amount, "reference": format!("r{amount}")})).collect();
    let params = json!({"currency": "usd", "line_items": items});
    let id = made(&stripe, "/v1/tax/calculations", &params);
    let path = format!("/v1/tax/calculations/{id}/line_items");
    let first = stripe.done("GET", &path, &json!({}));
    assert_eq!((first["data"].as_array().unwrap().len(), &first["has_more"]), (10, &json!(true)));
    let last = first["data"][9]["id"].as_str().unwrap();
    let rest = stripe.done("GET", &path, &json!({ "starting_after": last }));
    assert_eq!((&rest["data"][1]["amount"], &rest["has_more"]), (&json!(12), &json!(false)));
    let whole = stripe.done("GET", &format!("/v1/tax/calculations/{id}"), &json!({"expand": ["line_items"]}));
    assert_eq!(whole["line_items"]["data"][0]["amount"], 1);
}

#[test]
fn a_file_is_kept_and_can_be_fetched() {
    let stripe = Stripe::new();
    let file = stripe.upload("/v1/files", &json!({"purpose": "dispute_evidence"}));
    let told = (&file["size"], &file["type"], &file["filename"], &file["purpose"]);
    assert_eq!(told, (&json!(5), &json!("txt"), &json!("note.txt"), &json!("dispute_evidence")));
    let path = format!("/v1/files/{}/contents", file["id"].as_str().unwrap());
    assert_eq!(stripe.send("GET", &path, &[], Vec::new()), (200, b"hello".to_vec()));
    let link = stripe.done("POST", "/v1/file_links", &json!({"file": file["id"]}));
    assert!(link["url"].as_str().unwrap().starts_with("https://files.stripe.com/links/"));
    assert_eq!(stripe.call("POST", "/v1/file_links", &json!({"file": "file_none"})).0, 400);
    let (status, answer) =
        stripe.call("POST", "/v1/files", &json!({"purpose": "dispute_evidence", "file": "x"}));
    assert_eq!((status, &answer["error"]["param"]), (400, &json!("file")));
}

#[test]
fn the_cash_balance_of_a_customer_is_set_and_shown_with_it() {
    let stripe = Stripe::new();
    let mode = |mode: &str| json!({"cash_balance": {"settings": {"reconciliation_mode": mode}}});
    let customer = made(&stripe, "/v1/customers", &mode("manual"));
    let path = format!("/v1/customers/{customer}");
    let balance = format!("{path}/cash_balance");
    let settings = |now: &Json| (now["reconciliation_mode"].clone(), now["using_merchant_default"].clone());
    let seen = || {
        let shown = stripe.done("GET", &path, &json!({"expand": ["cash_balance", "tax"]}));
        let listed =
            stripe.done("GET", "/v1/customers", &json!({"expand": ["data.cash_balance", "data.tax"]}));
        assert_eq!(shown["cash_balance"], stripe.done("GET", &balance, &json!({})));
        assert_eq!(listed["data"][0]["cash_balance"], shown["cash_balance"]);
        assert_eq!(shown["tax"]["automatic_tax"], "unrecognized_location");
        settings(&shown["cash_balance"]["settings"])
    };
    assert_eq!(seen(), (json!("manual"), json!(false)));
    stripe.done("POST", &path, &mode("merchant_default"));
    assert_eq!(seen(), (json!("automatic"), json!(true)));
    stripe.done("POST", &balance, &mode("manual")["cash_balance"]);
    assert_eq!(seen(), (json!("manual"), json!(false)));
    let customer = made(&stripe, "/v1/customers", &json!({"tax": {"ip_address": "1.2.3.4"}}));
    let path = format!("/v1/customers/{customer}");
    let shown = stripe.done("GET", &path, &json!({"expand": ["cash_balance", "tax"]}));
    assert_eq!(shown["cash_balance"], stripe.done("GET", &format!("{path}/cash_balance"), &json!({})));
    assert_eq!(shown["tax"]["ip_address"], "1.2.3.4");
    assert_eq!(stripe.done("GET", &path, &json!({})).get("cash_balance"), None, "only where it is asked for");
}

#[test]
fn what_belongs_to_one_type_goes_with_another() {
    let stripe = Stripe::new();
    let product = made(&stripe, "/v1/products", &json!({"name": "Gold"}));
    let price =
        made(&stripe, "/v1/prices", &json!({"currency": "usd", "unit_amount": 500, "product": product}));
    let redirect = json!({"type": "redirect", "redirect": {"url": "https://example.com/thanks"}});
    let link = json!({"line_items": [{"price": price, "quantity": 1}], "after_completion": redirect});
    let path = format!("/v1/payment_links/{}", made(&stripe, "/v1/payment_links", &link));
    let hosted = json!({"after_completion": {"type": "hosted_confirmation"}});
    let now = stripe.done("POST", &path, &hosted)["after_completion"].clone();
    assert_eq!((&now["type"], now.get("redirect")), (&json!("hosted_confirmation"), None), "{now}");
    let now = stripe.done("POST", &path, &json!({"after_completion": redirect}))["after_completion"].clone();
    assert_eq!((now.get("hosted_confirmation"), &now["redirect"]), (None, &redirect["redirect"]), "{now}");
}
