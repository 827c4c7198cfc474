//! What a price may be, and how long lists and texts may be.

use crate::client::{Client, id};

#[test]
fn a_price_is_counted_by_a_meter_that_is_active_or_by_none() {
    let client = Client::new();
    let form = [("display_name", "Calls"), ("event_name", "calls"), ("default_aggregation[formula]", "sum")];
    let meter = id(&client.post("/v1/billing/meters", &form));
    let product = id(&client.post("/v1/products", &[("name", "Calls")]));
    let of = |more: &[(&'static str, &str)]| {
        let form = [
            ("product", product.as_str()),
            ("currency", "usd"),
            ("unit_amount", "5"),
            ("recurring[interval]", "month"),
        ];
        let form = [&form, more].concat();
        client.call("POST", "/v1/prices", &form)
    };
    let metered = ("recurring[usage_type]", "metered");
    let counted = [metered, ("recurring[meter]", meter.as_str())];
    assert_eq!(of(&counted).0, 200);
    for refused in [&counted[..1], &counted[1..]] {
        let (status, answer) = of(refused);
        assert_eq!((status, &answer["error"]["param"]), (400, &"recurring[meter]".into()), "{answer}");
    }
    client.post(&format!("/v1/billing/meters/{meter}/deactivate"), &[]);
    assert_eq!(of(&counted).0, 400);
}

#[test]
fn a_price_says_its_amount_in_one_way() {
    let client = Client::new();
    let product = id(&client.post("/v1/products", &[("name", "Tea")]));
    let refused = |form: &[(&'static str, &'static str)]| {
        let form = [&[("product", product.as_str()), ("currency", "usd")], form].concat();
        client.refused(400, "POST", "/v1/prices", &form)
    };
    let custom = ("custom_unit_amount[enabled]", "true");
    assert!(refused(&[custom, ("unit_amount", "5")]).contains("unit_amount"));
    assert!(refused(&[custom, ("recurring[interval]", "month")]).contains("recurring"));
    let tiered = [("billing_scheme", "tiered"), ("tiers_mode", "volume"), ("tiers[0][up_to]", "inf")];
    let monthly = ("recurring[interval]", "month");
    assert!(refused(&[&tiered[..], &[monthly]].concat()).contains("flat_amount"));
    assert!(refused(&[&tiered[..], &[("tiers[0][unit_amount]", "5")]].concat()).contains("recurring"));
}

#[test]
fn lists_and_texts_have_an_end() {
    let client = Client::new();
    let refused = |method: &str, path: &str, form: &[(&str, &str)], param: &str| {
        let (status, answer) = client.call(method, path, form);
        assert_eq!((status, answer["error"]["param"].as_str()), (400, Some(param)), "{answer}");
    };
    let images = vec![("images[]", "https://example.com/a.png"); 9];
    refused("POST", "/v1/products", &[&[("name", "Tea")], &images[..]].concat(), "images");
    client.post("/v1/products", &[&[("name", "Tea")], &images[..8]].concat());
    refused("GET", "/v1/prices", &[("lookup_keys[]", "a"); 11], "lookup_keys");
    refused("GET", "/v1/events", &[("types[]", "customer.created"); 21], "types");
    let long = "x".repeat(41);
    let form = [("percent_off", "5"), ("duration", "once"), ("name", long.as_str())];
    refused("POST", "/v1/coupons", &form, "name");
    refused("POST", "/v1/customers", &[("phone", &"1".repeat(21))], "phone");
    let fields: Vec<(String, &str)> = (0..5)
        .flat_map(|at| {
            ["name", "value"].map(|name| (format!("invoice_settings[custom_fields][{at}][{name}]"), "x"))
        })
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    refused("POST", "/v1/customers", &fields, "invoice_settings[custom_fields]");
}

#[test]
fn a_currency_that_an_update_does_not_name_stays() {
    let client = Client::new();
    let update = |path: &str, options: &str, form: &[(&str, &str)]| {
        let body = client.post(path, &[form, &[("expand[]", "currency_options")]].concat());
        body.pointer(options).unwrap().clone()
    };
    let product = id(&client.post("/v1/products", &[("name", "Tea")]));
    let form = [
        ("product", product.as_str()),
        ("currency", "usd"),
        ("billing_scheme", "tiered"),
        ("tiers_mode", "volume"),
        ("tiers[0][up_to]", "inf"),
        ("tiers[0][unit_amount]", "5"),
        ("recurring[interval]", "month"),
        ("currency_options[eur][tiers][0][up_to]", "inf"),
        ("currency_options[eur][tiers][0][unit_amount]", "4"),
    ];
    let price = format!("/v1/prices/{}", id(&client.post("/v1/prices", &form)));
    let pounds = [
        ("currency_options[gbp][tiers][0][up_to]", "inf"),
        ("currency_options[gbp][tiers][0][unit_amount]", "3"),
    ];
    let options = update(&price, "/currency_options", &pounds);
    let amount = |currency: &str| options[currency]["tiers"][0]["unit_amount"].as_i64();
    assert_eq!((amount("eur"), amount("gbp")), (Some(4), Some(3)), "{options}");
    let coupon = [("amount_off", "5"), ("currency", "usd"), ("currency_options[eur][amount_off]", "4")];
    let coupon = id(&client.post("/v1/coupons", &coupon));
    let path = format!("/v1/coupons/{coupon}");
    let options = update(&path, "/currency_options", &[("currency_options[gbp][amount_off]", "3")]);
    assert_eq!((&options["eur"]["amount_off"], &options["gbp"]["amount_off"]), (&4.into(), &3.into()));
    let limit = |currency: &str| format!("restrictions[currency_options][{currency}][minimum_amount]");
    let form = [
        ("promotion[type]", "coupon"),
        ("promotion[coupon]", &coupon),
        ("restrictions[minimum_amount]", "50"),
        ("restrictions[minimum_amount_currency]", "usd"),
        (&limit("eur"), "40"),
    ];
    let path = format!("/v1/promotion_codes/{}", id(&client.post("/v1/promotion_codes", &form)));
    let body = client.post(&path, &[(&limit("gbp"), "30")]);
    let options = &body["restrictions"]["currency_options"];
    assert_eq!(
        (&options["eur"]["minimum_amount"], &options["gbp"]["minimum_amount"]),
        (&40.into(), &30.into())
    );
}
