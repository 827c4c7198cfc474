//! An id is one of its type: what is called alike and is something else is not taken for it.

use serde_json::Value as Json;

use crate::client::{Client, id};

#[test]
fn what_is_expanded_is_of_the_type_that_its_field_names() {
    let client = Client::new();
    client.post("/v1/coupons", &[("id", "gold"), ("percent_off", "10"), ("duration", "once")]);
    client.post("/v1/products", &[("id", "gold"), ("name", "Gold")]);
    let form = [
        ("product", "gold"),
        ("currency", "usd"),
        ("unit_amount", "500"),
        ("recurring[interval]", "month"),
        ("expand[]", "product"),
    ];
    let price = client.post("/v1/prices", &form);
    assert_eq!((&price["product"]["object"], &price["product"]["name"]), (&"product".into(), &"Gold".into()));
    let form =
        [("promotion[type]", "coupon"), ("promotion[coupon]", "gold"), ("expand[]", "promotion.coupon")];
    let code = client.post("/v1/promotion_codes", &form);
    assert_eq!(code["promotion"]["coupon"]["object"], "coupon");
}

#[test]
fn a_rule_is_about_the_object_of_the_type_that_its_param_names() {
    let client = Client::new();
    client.post("/v1/products", &[("id", "half"), ("name", "Half")]);
    let form = [("id", "half"), ("percent_off", "50"), ("duration", "once"), ("max_redemptions", "2")];
    client.post("/v1/coupons", &form);
    let form = [("promotion[type]", "coupon"), ("promotion[coupon]", "half"), ("max_redemptions", "3")];
    let told = client.refused(400, "POST", "/v1/promotion_codes", &form);
    assert!(told.contains("max_redemptions"), "{told}");
}

#[test]
fn a_page_does_not_begin_at_what_is_gone() {
    let client = Client::new();
    let gone = id(&client.post("/v1/customers", &[("name", "Ada")]));
    client.ok("DELETE", &format!("/v1/customers/{gone}"), &[]);
    for param in ["starting_after", "ending_before"] {
        for named in [gone.as_str(), "cus_nobody"] {
            let (status, answer) = client.call("GET", "/v1/customers", &[(param, named)]);
            let error = &answer["error"];
            assert_eq!(
                (status, &error["code"], &error["param"]),
                (400, &"resource_missing".into(), &Json::from(param))
            );
        }
    }
}
