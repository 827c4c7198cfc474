//! One order, whatever it is called: what is sold costs the same in another currency, less the
//! discounts and with the taxes, in a quote, a session, a subscription, an invoice and its credit note.

use serde_json::Value as Json;

use crate::client::{Client, id};

/// A price of 1000 in dollars and 900 in euros; monthly where it recurs.
fn priced(client: &Client, recurs: bool) -> String {
    let product = id(&client.post("/v1/products", &[("name", "Tea")]));
    let mut form = vec![
        ("product", product.as_str()),
        ("currency", "usd"),
        ("unit_amount", "1000"),
        ("currency_options[eur][unit_amount]", "900"),
    ];
    if recurs {
        form.push(("recurring[interval]", "month"));
    }
    id(&client.post("/v1/prices", &form))
}

fn rate(client: &Client, percentage: &str, inclusive: &str) -> String {
    let form = [("display_name", "VAT"), ("percentage", percentage), ("inclusive", inclusive)];
    id(&client.post("/v1/tax_rates", &form))
}

fn amounts(body: &Json, names: &[&str]) -> Vec<i64> {
    names
        .iter()
        .map(|name| body.pointer(name).and_then(Json::as_i64).unwrap_or_else(|| panic!("{name}")))
        .collect()
}

#[test]
fn a_price_is_charged_in_one_of_its_currencies() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let price = priced(&client, true);
    let mut form = vec![("customer", customer.as_str()), ("items[0][price]", &price), ("currency", "eur")];
    let owned = client.post("/v1/subscriptions", &form);
    let latest = client.get(&format!("/v1/invoices/{}", owned["latest_invoice"].as_str().unwrap()));
    assert_eq!((&latest["currency"], &latest["amount_paid"]), (&"eur".into(), &900.into()));
    form[2].1 = "gbp";
    let message = client.refused(400, "POST", "/v1/subscriptions", &form);
    assert!(message.contains("only supports `usd`") && message.contains("`gbp`"), "{message}");
    let once = priced(&client, false);
    let item = client.post(
        "/v1/invoiceitems",
        &[("customer", &customer), ("pricing[price]", &once), ("currency", "eur"), ("quantity", "2")],
    );
    assert_eq!((&item["currency"], &item["amount"]), (&"eur".into(), &1800.into()));
    let link = client.post(
        "/v1/payment_links",
        &[("line_items[0][price]", &once), ("line_items[0][quantity]", "1"), ("currency", "eur")],
    );
    assert_eq!(link["currency"], "eur");
    let session = client.post(
        "/v1/checkout/sessions",
        &[
            ("mode", "payment"),
            ("success_url", "https://example.com/done"),
            ("currency", "eur"),
            ("line_items[0][price]", &once),
            ("line_items[0][quantity]", "3"),
        ],
    );
    assert_eq!((&session["currency"], &session["amount_total"]), (&"eur".into(), &2700.into()));
}

#[test]
fn a_quote_is_less_its_discounts_and_with_its_taxes_and_so_is_its_invoice() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let (price, added) = (priced(&client, false), rate(&client, "20", "false"));
    let coupon = id(&client.post("/v1/coupons", &[("percent_off", "10")]));
    let form = [
        ("customer", customer.as_str()),
        ("line_items[0][price]", &price),
        ("line_items[0][quantity]", "2"),
        ("discounts[0][coupon]", &coupon),
        ("default_tax_rates[0]", &added),
    ];
    let quote = client.post("/v1/quotes", &form);
    let names =
        ["/amount_subtotal", "/total_details/amount_discount", "/total_details/amount_tax", "/amount_total"];
    assert_eq!(amounts(&quote, &names), [2000, 200, 360, 2160]);
    assert_eq!(quote["computed"]["upfront"]["amount_total"], 2160);
    assert_eq!(quote["computed"]["recurring"], Json::Null, "nothing is charged again");
    let path = format!("/v1/quotes/{}", id(&quote));
    let listed = client.get(&format!("{path}/computed_upfront_line_items"));
    assert_eq!(listed["data"][0]["amount_total"], 2160);
    client.post(&format!("{path}/finalize"), &[]);
    let accepted = client.post(&format!("{path}/accept"), &[]);
    let invoice = client.get(&format!("/v1/invoices/{}", accepted["invoice"].as_str().unwrap()));
    assert_eq!(amounts(&invoice, &["/subtotal", "/total"]), [2000, 2160]);
    assert_eq!(invoice["total_taxes"][0]["amount"], 360);
}

#[test]
fn a_quote_keeps_the_lines_that_an_update_names_by_their_ids() {
    let client = Client::new();
    let price = priced(&client, false);
    let quote =
        client.post("/v1/quotes", &[("line_items[0][price]", &price), ("line_items[0][quantity]", "2")]);
    let path = format!("/v1/quotes/{}", id(&quote));
    let line = id(&client.get(&format!("{path}/line_items"))["data"][0]);
    let form = [("line_items[0][id]", line.as_str()), ("line_items[0][quantity]", "5")];
    assert_eq!(client.post(&path, &form)["amount_total"], 5000);
    assert_eq!(id(&client.get(&format!("{path}/line_items"))["data"][0]), line);
    client.refused(400, "POST", &path, &[("line_items[0][id]", "li_nobody")]);
}

#[test]
fn a_recurring_quote_hands_its_discounts_and_taxes_on() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let (price, once) = (priced(&client, true), priced(&client, false));
    let within = rate(&client, "25", "true");
    let forever = id(&client.post("/v1/coupons", &[("percent_off", "50"), ("duration", "forever")]));
    let form = [
        ("customer", customer.as_str()),
        ("line_items[0][price]", &price),
        ("line_items[1][price]", &once),
        ("line_items[1][tax_rates][0]", &within),
        ("discounts[0][coupon]", &forever),
    ];
    let quote = client.post("/v1/quotes", &form);
    assert_eq!(amounts(&quote, &["/amount_total", "/computed/recurring/amount_total"]), [1000, 500]);
    assert_eq!(quote["total_details"]["amount_tax"], 100, "the tax is within the price");
    let path = format!("/v1/quotes/{}", id(&quote));
    client.post(&format!("{path}/finalize"), &[]);
    let accepted = client.post(&format!("{path}/accept"), &[]);
    let invoice = client.get(&format!("/v1/invoices/{}", accepted["invoice"].as_str().unwrap()));
    assert_eq!(amounts(&invoice, &["/total", "/total_taxes/0/amount"]), [1000, 100]);
}

#[test]
fn what_is_credited_of_a_line_has_its_part_of_the_discount_and_of_the_tax() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let added = rate(&client, "20", "false");
    let coupon = id(&client.post("/v1/coupons", &[("percent_off", "10")]));
    let draft = client.post(
        "/v1/invoices",
        &[("customer", &customer), ("default_tax_rates[0]", &added), ("discounts[0][coupon]", &coupon)],
    );
    let draft = id(&draft);
    client.post(
        "/v1/invoiceitems",
        &[("customer", &customer), ("invoice", &draft), ("amount", "1000"), ("currency", "usd")],
    );
    let open = client.post(&format!("/v1/invoices/{draft}/finalize"), &[]);
    assert_eq!(open["total"], 1080);
    let line = id(&open["lines"]["data"][0]);
    let form = [
        ("invoice", draft.as_str()),
        ("lines[0][type]", "invoice_line_item"),
        ("lines[0][invoice_line_item]", &line),
        ("lines[0][amount]", "500"),
        ("lines[1][type]", "custom_line_item"),
        ("lines[1][description]", "Sorry"),
        ("lines[1][quantity]", "1"),
        ("lines[1][unit_amount]", "100"),
        ("lines[1][tax_rates][0]", &added),
    ];
    let note = client.post("/v1/credit_notes", &form);
    let names = ["/subtotal", "/discount_amount", "/total_excluding_tax", "/total", "/amount"];
    assert_eq!(amounts(&note, &names), [600, 50, 550, 660, 660]);
    assert_eq!(note["total_taxes"][0]["amount"], 110);
    assert_eq!(note["lines"]["data"][0]["taxes"][0]["taxable_amount"], 450);
    assert_eq!(client.get(&format!("/v1/invoices/{draft}"))["amount_due"], 420);
}
