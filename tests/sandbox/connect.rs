//! Money between a platform and the accounts that are connected to it.

use serde_json::Value as Json;

use crate::client::{Client, Form, id};

const KEY: (&str, &str) = ("authorization", "Bearer sk_test_sandbox");

/// A call of the platform for an account.
fn for_account(client: &Client, account: &str, method: &str, path: &str, form: Form<'_>) -> Json {
    let (status, body) = client.call_with(&[KEY, ("stripe-account", account)], method, path, form);
    assert_eq!(status, 200, "{method} {path} {form:?}: {body:#}");
    body
}

/// What an account has, there and on the way.
fn balance(shown: &Json) -> i64 {
    let sum = |name: &str| shown[name][0]["amount"].as_i64().unwrap_or(0);
    sum("available") + sum("pending")
}

#[test]
fn what_is_transferred_and_taken_back_adds_up() {
    let client = Client::new();
    let account = id(&client.post("/v1/accounts", &[("type", "custom"), ("country", "US")]));
    let charge = client.post(
        "/v1/charges",
        &[
            ("amount", "5000"),
            ("currency", "usd"),
            ("source", "tok_bypassPending"),
            ("destination[account]", &account),
            ("application_fee", "500"),
        ],
    );
    let of_account = || balance(&for_account(&client, &account, "GET", "/v1/balance", &[]));
    let of_platform = || balance(&client.get("/v1/balance"));
    let before = of_platform();
    assert_eq!((of_account(), before), (4500, 5000 - 175 - 5000 + 500));
    let transfer = client.get(&format!("/v1/transfers/{}", charge["transfer"].as_str().unwrap()));
    let path = format!("/v1/transfers/{}/reversals", id(&transfer));
    let reversal = client.post(&path, &[("amount", "1000"), ("refund_application_fee", "true")]);
    assert_eq!((of_account(), of_platform()), (4500 - 1000 + 100, before + 1000 - 100));
    let fee = client.get(&format!("/v1/application_fees/{}", charge["application_fee"].as_str().unwrap()));
    assert_eq!((&fee["amount_refunded"], &fee["refunded"]), (&100.into(), &false.into()));
    let refund = format!("/v1/refunds/{}", reversal["destination_payment_refund"].as_str().unwrap());
    let refund = for_account(&client, &account, "GET", &refund, &[]);
    assert_eq!((&refund["amount"], &refund["source_transfer_reversal"]), (&1000.into(), &reversal["id"]));
    let all = [
        ("charge", charge["id"].as_str().unwrap()),
        ("reverse_transfer", "true"),
        ("refund_application_fee", "true"),
    ];
    client.post("/v1/refunds", &all);
    assert_eq!(of_account(), 0, "who paid the fee has it back");
    let fee = client.get(&format!("/v1/application_fees/{}", id(&fee)));
    assert_eq!((&fee["amount_refunded"], &fee["refunded"]), (&500.into(), &true.into()));
    let refunds = format!("/v1/application_fees/{}/refunds", id(&fee));
    let page = client.ok("GET", &refunds, &[("limit", "1")]);
    assert_eq!((&page["data"][0]["amount"], &page["has_more"]), (&400.into(), &true.into()));
    let message = client.refused(400, "POST", &refunds, &[]);
    assert!(message.contains("unrefunded amount"), "{message}");
    // nothing is left of the transfer either
    let message = client.refused(400, "POST", &path, &[]);
    assert!(message.contains("already been reversed"), "{message}");
}

#[test]
fn a_direct_charge_is_the_accounts_and_its_fee_the_platforms() {
    let client = Client::new();
    let account = id(&client.post("/v1/accounts", &[("type", "custom"), ("country", "US")]));
    let form = [
        ("amount", "1000"),
        ("currency", "usd"),
        ("source", "tok_bypassPending"),
        ("application_fee_amount", "123"),
    ];
    let charge = for_account(&client, &account, "POST", "/v1/charges", &form);
    assert!(charge["application"].as_str().unwrap().starts_with("ca_"), "{charge}");
    assert_eq!(client.call("GET", &format!("/v1/charges/{}", id(&charge)), &[]).0, 404);
    let fees = client.ok("GET", "/v1/application_fees", &[("charge", &id(&charge))]);
    assert_eq!(
        (&fees["data"][0]["id"], &fees["data"][0]["account"]),
        (&charge["application_fee"], &account.as_str().into())
    );
    let own = for_account(&client, &account, "GET", "/v1/balance", &[]);
    assert_eq!((balance(&own), balance(&client.get("/v1/balance"))), (1000 - 59 - 123, 123));
    let refund = [("charge", charge["id"].as_str().unwrap()), ("refund_application_fee", "true")];
    for_account(&client, &account, "POST", "/v1/refunds", &refund);
    let own = for_account(&client, &account, "GET", "/v1/balance", &[]);
    assert_eq!((balance(&own), balance(&client.get("/v1/balance"))), (-59, 0));
}

#[test]
fn a_subscription_shares_what_its_invoices_bring() {
    let client = Client::new();
    let account = id(&client.post("/v1/accounts", &[("type", "custom")]));
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("application_fee_percent", "12.5"),
        ("transfer_data[destination]", &account),
    ];
    client.post("/v1/subscriptions", &form);
    let charge = client.get("/v1/charges")["data"][0].clone();
    assert_eq!(
        (&charge["application_fee_amount"], &charge["destination"]),
        (&125.into(), &account.as_str().into())
    );
    assert!(charge["transfer"].is_string(), "{charge}");
}
