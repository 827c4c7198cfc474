//! Coupons, promotion codes, discounts; tax rates and ids; shipping rates; plans.

use serde_json::Value as Json;

use crate::client::{Client, id};

#[test]
fn a_coupon_takes_a_part_or_an_amount() {
    let client = Client::new();
    client.refused(400, "POST", "/v1/coupons", &[("duration", "once")]);
    client.refused(
        400,
        "POST",
        "/v1/coupons",
        &[("percent_off", "10"), ("amount_off", "5"), ("currency", "usd")],
    );
    client.refused(400, "POST", "/v1/coupons", &[("percent_off", "101")]);
    client.refused(400, "POST", "/v1/coupons", &[("percent_off", "0")]);
    client.refused(400, "POST", "/v1/coupons", &[("amount_off", "5")]);
    client.refused(400, "POST", "/v1/coupons", &[("percent_off", "5"), ("duration", "repeating")]);
    client.refused(400, "POST", "/v1/coupons", &[("percent_off", "5"), ("redeem_by", "1000")]);
    let made = client.post("/v1/coupons", &[("id", "SPRING"), ("percent_off", "12.5")]);
    assert_eq!(
        (&made["id"], &made["valid"], &made["duration"], &made["times_redeemed"]),
        (&"SPRING".into(), &true.into(), &"once".into(), &0.into())
    );
    client.refused(400, "POST", "/v1/coupons", &[("id", "SPRING"), ("percent_off", "5")]);
    assert_eq!(client.ok("DELETE", "/v1/coupons/SPRING", &[])["deleted"], true);
}

#[test]
fn discounts_come_off_invoices_and_are_counted() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let part = [("percent_off", "25"), ("max_redemptions", "1"), ("duration", "forever")];
    let part = id(&client.post("/v1/coupons", &part));
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("discounts[0][coupon]", &part),
        ("expand[]", "latest_invoice"),
        ("expand[]", "discounts"),
    ];
    let made = client.post("/v1/subscriptions", &form);
    let first = &made["latest_invoice"];
    assert_eq!(
        (&first["subtotal"], &first["total"], &first["amount_paid"]),
        (&1000.into(), &750.into(), &750.into())
    );
    assert_eq!(first["total_discount_amounts"][0]["amount"], 250);
    assert_eq!(first["lines"]["data"][0]["discount_amounts"][0]["amount"], 250);
    assert_eq!(made["discounts"][0]["source"]["coupon"], part.as_str());
    let spent = client.get(&format!("/v1/coupons/{part}"));
    assert_eq!((&spent["times_redeemed"], &spent["valid"]), (&1.into(), &false.into()));
    let message = client.refused(400, "POST", "/v1/subscriptions", &form);
    assert!(message.contains("expired"), "{message}");
    let gone = client.ok("DELETE", &format!("/v1/subscriptions/{}/discount", id(&made)), &[]);
    assert_eq!((&gone["object"], &gone["deleted"]), (&"discount".into(), &true.into()));
    client.refused(404, "DELETE", &format!("/v1/subscriptions/{}/discount", id(&made)), &[]);
}

#[test]
fn an_invoice_takes_discounts_too() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let off = id(&client.post("/v1/coupons", &[("amount_off", "300"), ("currency", "usd")]));
    client.post("/v1/invoiceitems", &[("customer", &customer), ("amount", "1000"), ("currency", "usd")]);
    client.post(
        "/v1/invoiceitems",
        &[("customer", &customer), ("amount", "500"), ("currency", "usd"), ("discountable", "false")],
    );
    let form = [
        ("customer", customer.as_str()),
        ("pending_invoice_items_behavior", "include"),
        ("discounts[0][coupon]", &off),
    ];
    let made = client.post("/v1/invoices", &form);
    assert_eq!(
        (&made["subtotal"], &made["total"], &made["amount_due"]),
        (&1500.into(), &1200.into(), &1200.into())
    );
    let cleared = client.post(&format!("/v1/invoices/{}", id(&made)), &[("discounts", "")]);
    assert_eq!(cleared["total"], 1500);
}

#[test]
fn a_promotion_code_is_unique_while_it_is_active() {
    let client = Client::new();
    let coupon = id(&client.post("/v1/coupons", &[("percent_off", "50")]));
    let base = [("promotion[type]", "coupon"), ("promotion[coupon]", coupon.as_str())];
    let with = |more: &[(&'static str, &str)]| -> Vec<(String, String)> {
        base.iter()
            .chain(more.iter().map(|pair| pair as &(&str, &str)))
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let post = |form: &[(String, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        client.call("POST", "/v1/promotion_codes", &form)
    };
    let (_, made) = post(&with(&[("code", "Spring10"), ("max_redemptions", "1")]));
    assert_eq!(
        (&made["active"], &made["promotion"]["coupon"], &made["restrictions"]["first_time_transaction"]),
        (&true.into(), &coupon.as_str().into(), &false.into())
    );
    assert_eq!(post(&with(&[("code", "SPRING10")])).0, 400);
    let customer = client.payer("pm_card_visa");
    assert_eq!(post(&with(&[("code", "SPRING10"), ("customer", &customer)])).0, 200);
    let found = client.ok("GET", "/v1/promotion_codes", &[("code", "spring10"), ("coupon", &coupon)]);
    assert_eq!(found["data"].as_array().unwrap().len(), 2);
    let code = id(&made);
    let price = client.monthly("1000");
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("discounts[0][promotion_code]", &code),
        ("expand[]", "latest_invoice"),
    ];
    assert_eq!(client.post("/v1/subscriptions", &form)["latest_invoice"]["total"], 500);
    let spent = client.get(&format!("/v1/promotion_codes/{code}"));
    assert_eq!((&spent["times_redeemed"], &spent["active"]), (&1.into(), &false.into()));
    client.refused(400, "POST", "/v1/subscriptions", &form);
    client.refused(400, "POST", &format!("/v1/promotion_codes/{code}"), &[("active", "true")]);
    let (_, other) = post(&with(&[("code", "Autumn")]));
    client.ok("DELETE", &format!("/v1/coupons/{coupon}"), &[]);
    let path = format!("/v1/promotion_codes/{}", id(&other));
    assert_eq!(client.get(&path)["active"], false);
    client.refused(400, "POST", &path, &[("active", "true")]);
    assert_eq!(post(&with(&[])).0, 400);
}

#[test]
fn a_promotion_code_keeps_its_conditions() {
    let client = Client::new();
    let coupon = id(&client.post("/v1/coupons", &[("percent_off", "50"), ("max_redemptions", "5")]));
    let base = [("promotion[type]", "coupon"), ("promotion[coupon]", coupon.as_str())];
    let form = [&base[..], &[("max_redemptions", "6")]].concat();
    client.refused(400, "POST", "/v1/promotion_codes", &form);
    let form = [&base[..], &[("restrictions[minimum_amount]", "5000")]].concat();
    client.refused(400, "POST", "/v1/promotion_codes", &form);
    let form = [
        &base[..],
        &[("restrictions[minimum_amount]", "5000"), ("restrictions[minimum_amount_currency]", "usd")],
    ]
    .concat();
    let code = id(&client.post("/v1/promotion_codes", &form));
    let customer = client.payer("pm_card_visa");
    let price = client.monthly("1000");
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("discounts[0][promotion_code]", &code),
        ("expand[]", "latest_invoice"),
    ];
    assert_eq!(
        client.post("/v1/subscriptions", &form)["latest_invoice"]["total"],
        1000,
        "below the minimum nothing comes off"
    );
    let form = [&base[..], &[("restrictions[first_time_transaction]", "true")]].concat();
    let first = id(&client.post("/v1/promotion_codes", &form));
    let form = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("discounts[0][promotion_code]", &first),
    ];
    let message = client.refused(400, "POST", "/v1/subscriptions", &form);
    assert!(message.contains("prior transactions"), "{message}");
}

#[test]
fn tax_rates_and_ids_are_checked() {
    let client = Client::new();
    let rate = |percentage: &str| {
        client.call(
            "POST",
            "/v1/tax_rates",
            &[("display_name", "VAT"), ("inclusive", "false"), ("percentage", percentage)],
        )
    };
    assert_eq!(
        (rate("19").0, rate("8.375").0, rate("100.1").0, rate("-1").0, rate("1.23456").0),
        (200, 200, 400, 400, 400)
    );
    assert_eq!(rate("19").1["active"], true);
    let customer = id(&client.post("/v1/customers", &[]));
    let path = format!("/v1/customers/{customer}/tax_ids");
    let made = client.post(&path, &[("type", "eu_vat"), ("value", "DE123456789")]);
    assert_eq!(
        (&made["country"], &made["verification"]["status"], &made["owner"]["customer"]),
        (&"DE".into(), &"pending".into(), &customer.as_str().into())
    );
    client.refused(400, "POST", &path, &[("type", "eu_vat"), ("value", "123")]);
    client.refused(400, "POST", &path, &[("type", "eu_vat"), ("value", "DE123456789")]);
    let own = client.post("/v1/tax_ids", &[("type", "us_ein"), ("value", "12-3456789")]);
    assert_eq!(
        (&own["owner"]["type"], &own["verification"]["status"]),
        (&"self".into(), &"unavailable".into())
    );
    let nobody = [("type", "us_ein"), ("value", "12-3456789"), ("owner[type]", "customer")];
    assert_eq!(client.call("POST", "/v1/tax_ids", &nobody).1["error"]["param"], "owner[customer]");
    assert_eq!(client.get(&path)["data"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/v1/tax_ids")["data"][0]["id"], own["id"]);
    client.refused(404, "GET", &format!("{path}/{}", id(&own)), &[]);
    assert_eq!(client.ok("DELETE", &format!("{path}/{}", id(&made)), &[])["deleted"], true);
}

#[test]
fn shipping_rates_and_plans() {
    let client = Client::new();
    let form = [("display_name", "Fast"), ("fixed_amount[amount]", "500"), ("fixed_amount[currency]", "usd")];
    let made = client.post("/v1/shipping_rates", &form);
    assert_eq!(
        (&made["active"], &made["type"], &made["tax_behavior"]),
        (&true.into(), &"fixed_amount".into(), &"unspecified".into())
    );
    client.refused(400, "POST", "/v1/shipping_rates", &[("display_name", "None")]);
    let plan = client.post(
        "/v1/plans",
        &[
            ("id", "gold"),
            ("amount", "900"),
            ("currency", "usd"),
            ("interval", "month"),
            ("product[name]", "Gold"),
        ],
    );
    assert_eq!(
        (&plan["id"], &plan["amount"], &plan["usage_type"]),
        (&"gold".into(), &900.into(), &"licensed".into())
    );
    assert_eq!(client.get("/v1/prices/gold")["unit_amount"], 900);
    let customer = client.payer("pm_card_visa");
    let made = client.post("/v1/subscriptions", &[("customer", &customer), ("items[0][plan]", "gold")]);
    assert_eq!(
        (&made["status"], &made["items"]["data"][0]["plan"]["id"]),
        (&"active".into(), &"gold".into())
    );
    client.refused(
        400,
        "POST",
        "/v1/plans",
        &[("id", "gold"), ("amount", "1"), ("currency", "usd"), ("interval", "day"), ("product[name]", "x")],
    );
    assert_eq!(client.ok("DELETE", "/v1/plans/gold", &[])["deleted"], true);
    let _: Json = made;
}

#[test]
fn a_coupon_of_an_amount_keeps_to_its_currencies() {
    let client = Client::new();
    let customer = client.payer("pm_card_visa");
    let dollars = id(&client.post("/v1/coupons", &[("amount_off", "300"), ("currency", "usd")]));
    let both = [("amount_off", "300"), ("currency", "usd"), ("currency_options[eur][amount_off]", "200")];
    let both = id(&client.post("/v1/coupons", &both));
    let product = id(&client.post("/v1/products", &[("name", "Plan")]));
    let price = [
        ("product", product.as_str()),
        ("currency", "eur"),
        ("unit_amount", "1000"),
        ("recurring[interval]", "month"),
    ];
    let price = id(&client.post("/v1/prices", &price));
    let calls: [(&str, &[(&str, &str)]); 4] = [
        ("/v1/subscriptions", &[("items[0][price]", &price), ("customer", &customer)]),
        ("/v1/invoices", &[("currency", "eur"), ("customer", &customer)]),
        ("/v1/invoiceitems", &[("amount", "500"), ("currency", "eur"), ("customer", &customer)]),
        ("/v1/quotes", &[("line_items[0][price]", &price), ("customer", &customer)]),
    ];
    for (path, form) in calls {
        let (status, body) =
            client.call("POST", path, &[form, &[("discounts[0][coupon]", &dollars)]].concat());
        assert_eq!(
            (status, &body["error"]["param"]),
            (400, &"discounts[0][coupon]".into()),
            "{path}: {body}"
        );
        client.post(path, &[form, &[("discounts[0][coupon]", &both)]].concat());
    }
    let item = [("items[0][price]", price.as_str()), ("items[0][discounts][0][coupon]", &dollars)];
    client.refused(400, "POST", "/v1/subscriptions", &[&item[..], &[("customer", &customer)]].concat());
    let session = [
        ("mode", "subscription"),
        ("line_items[0][price]", price.as_str()),
        ("line_items[0][quantity]", "1"),
        ("success_url", "https://example.com"),
        ("discounts[0][coupon]", &dollars),
    ];
    client.refused(400, "POST", "/v1/checkout/sessions", &session);
}

#[test]
fn a_coupon_that_is_made_again_is_the_newest() {
    let client = Client::new();
    let make = |id: &str| client.post("/v1/coupons", &[("id", id), ("percent_off", "10")]);
    let listed = || {
        let page = client.get("/v1/coupons");
        page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    make("FIRST");
    make("SECOND");
    assert_eq!(listed(), ["SECOND", "FIRST"]);
    client.ok("DELETE", "/v1/coupons/FIRST", &[]);
    make("FIRST");
    assert_eq!(listed(), ["FIRST", "SECOND"]);
    let after = client.ok("GET", "/v1/coupons", &[("starting_after", "FIRST")]);
    assert_eq!(after["data"].as_array().unwrap().len(), 1);
}
