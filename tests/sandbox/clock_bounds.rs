//! What a test clock moves, how far it goes, and who sees what is under it.

use serde_json::Value as Json;

use crate::client::{Client, id};
use crate::clocks::{advance, clocked};
use crate::subscriptions::subscribe;

const DAY: i64 = 86_400;
const START: i64 = 1_767_225_600;

fn items(page: &Json) -> usize {
    page["data"].as_array().unwrap().len()
}

#[test]
fn an_invoice_that_advances_is_finalized_and_paid() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let invoice = |more: &[(&str, &str)]| {
        let form = [&[("customer", customer.as_str()), ("auto_advance", "true")][..], more].concat();
        let made = client.post("/v1/invoices", &form);
        let item = [("customer", customer.as_str()), ("invoice", made["id"].as_str().unwrap())];
        client.post("/v1/invoiceitems", &[item[0], item[1], ("amount", "700"), ("currency", "usd")]);
        made
    };
    let made = invoice(&[]);
    let path = format!("/v1/invoices/{}", id(&made));
    assert_eq!(made["automatically_finalizes_at"].as_i64(), Some(START + 3600));
    let sent = invoice(&[("collection_method", "send_invoice"), ("days_until_due", "3")]);
    let kept = invoice(&[]);
    client.post(&format!("/v1/invoices/{}", id(&kept)), &[("auto_advance", "false")]);
    advance(&client, &clock, START + 1800);
    assert_eq!(client.get(&path)["status"], "draft");
    advance(&client, &clock, START + 2 * 3600);
    let paid = client.get(&path);
    assert_eq!((&paid["status"], &paid["amount_paid"]), (&"paid".into(), &700.into()));
    let state = |invoice: &Json| client.get(&format!("/v1/invoices/{}", id(invoice)))["status"].clone();
    assert_eq!((state(&sent), state(&kept)), ("open".into(), "draft".into()));
    assert!(!client.events().contains(&"invoice.overdue".to_owned()));
    advance(&client, &clock, START + 4 * DAY);
    assert!(client.events().contains(&"invoice.overdue".to_owned()));
    client.saves(&customer, "pm_card_chargeCustomerFail");
    let failing = invoice(&[]);
    advance(&client, &clock, START + 5 * DAY);
    let tried = client.get(&format!("/v1/invoices/{}", id(&failing)));
    assert_eq!((&tried["status"], &tried["attempt_count"]), (&"open".into(), &1.into()));
    assert!(tried["next_payment_attempt"].as_i64().unwrap() > START + 5 * DAY);
    let void = client.post(&format!("/v1/invoices/{}/void", id(&failing)), &[]);
    assert_eq!((&void["auto_advance"], &void["next_payment_attempt"]), (&false.into(), &Json::Null));
}

#[test]
fn a_clock_goes_two_intervals_at_a_time() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let path = format!("/v1/test_helpers/test_clocks/{clock}/advance");
    subscribe(&client, &customer, &client.monthly("1000"), &[]);
    let at = |days: i64| [("frozen_time", (START + days * DAY).to_string())];
    let [(name, far)] = at(60);
    let message = client.refused(400, "POST", &path, &[(name, &far)]);
    assert!(message.contains("two intervals"), "{message}");
    let [(name, near)] = at(59);
    assert_eq!(client.post(&path, &[(name, &near)])["status"], "advancing");
    assert_eq!(client.get(&format!("/v1/test_helpers/test_clocks/{clock}"))["status"], "ready");
}

#[test]
fn what_is_under_a_clock_is_listed_where_it_is_named() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    client.payer("pm_card_visa");
    subscribe(&client, &customer, &client.monthly("1000"), &[]);
    let list = |path: &str, form: &[(&str, &str)]| items(&client.ok("GET", path, form));
    assert_eq!((list("/v1/customers", &[]), list("/v1/customers", &[("test_clock", &clock)])), (1, 1));
    assert_eq!(list("/v1/subscriptions", &[]), 0);
    for named in [("test_clock", clock.as_str()), ("customer", &customer)] {
        assert_eq!(list("/v1/subscriptions", &[named]), 1, "{named:?}");
    }
    client.get(&format!("/v1/customers/{customer}"));
}

#[test]
fn a_renewal_that_needs_its_customer_asks_for_it() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    subscribe(&client, &customer, &client.monthly("1000"), &[]);
    client.saves(&customer, "pm_card_authenticationRequired");
    advance(&client, &clock, START + 32 * DAY);
    let told = client.events();
    for kind in ["invoice.payment_failed", "invoice.payment_action_required"] {
        assert!(told.iter().any(|one| one == kind), "{kind}");
    }
}

#[test]
fn subscriptions_of_a_customer_agree_and_begin_in_time() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let price = client.monthly("1000");
    let euros = [
        ("product_data[name]", "Tea"),
        ("currency", "eur"),
        ("unit_amount", "500"),
        ("recurring[interval]", "month"),
    ];
    let euros = id(&client.post("/v1/prices", &euros));
    let first = subscribe(&client, &customer, &price, &[]);
    let other = [("customer", customer.as_str()), ("items[0][price]", euros.as_str())];
    let message = client.refused(400, "POST", "/v1/subscriptions", &other);
    assert!(message.starts_with("You cannot combine currencies on a single customer."), "{message}");
    client.ok("DELETE", &format!("/v1/subscriptions/{}", id(&first)), &[]);
    client.post("/v1/subscriptions", &other);
    let customer = client.payer("pm_card_visa");
    let later = (jiff::Timestamp::now().as_second() + 40 * DAY).to_string();
    let late =
        [("customer", customer.as_str()), ("items[0][price]", &price), ("billing_cycle_anchor", &later)];
    let message = client.refused(400, "POST", "/v1/subscriptions", &late);
    assert!(message.contains("cannot be later than next natural billing date"), "{message}");
    let account = serde_json::json!({"contact_email": "ada@example.com", "configuration": {"customer": {}}});
    let account = id(&client.json("/v2/core/accounts", &account));
    client.refused(501, "POST", "/v1/subscriptions", &[late[1], ("customer_account", &account)]);
}
