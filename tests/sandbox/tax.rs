//! Taxes: when the settings are whole, when a registration counts, what a calculation comes to.

use serde_json::Value as Json;

use crate::client::Client;

#[test]
fn settings_are_active_once_nothing_is_missing() {
    let client = Client::new();
    let missing = |settings: &Json| {
        let fields = &settings["status_details"]["pending"]["missing_fields"];
        (settings["status"].as_str().unwrap().to_owned(), fields.clone())
    };
    let both = serde_json::json!(["defaults.tax_behavior", "head_office"]);
    assert_eq!(missing(&client.get("/v1/tax/settings")), ("pending".to_owned(), both));
    let half = client.post("/v1/tax/settings", &[("defaults[tax_behavior]", "inclusive")]);
    assert_eq!(missing(&half), ("pending".to_owned(), serde_json::json!(["head_office"])));
    let form = [("head_office[address][country]", "DE"), ("head_office[address][line1]", "Weg 1")];
    let whole = client.post("/v1/tax/settings", &form);
    assert_eq!(whole["status"], "active");
    assert!(whole["status_details"]["active"].is_object(), "{whole}");
    assert_eq!(client.get("/v1/tax/settings")["status"], "active");
}

#[test]
fn a_registration_counts_from_a_time_to_a_time() {
    let client = Client::new();
    let of = |from: &str| {
        let form = [("country", "IE"), ("country_options[ie][type]", "oss_union"), ("active_from", from)];
        client.call("POST", "/v1/tax/registrations", &form)
    };
    assert_eq!(of("1500000000").0, 400, "a time that has come");
    assert_eq!(of("4000000000").1["status"], "scheduled");
    let made = of("now").1;
    assert_eq!(made["status"], "active");
    let path = format!("/v1/tax/registrations/{}", made["id"].as_str().unwrap());
    assert_eq!(client.post(&path, &[("expires_at", "now")])["status"], "expired");
    assert_eq!(client.get(&path)["status"], "expired");
}

#[test]
fn a_calculation_comes_to_its_lines_and_its_shipping() {
    let client = Client::new();
    let form = [
        ("currency", "usd"),
        ("line_items[0][amount]", "1000"),
        ("line_items[0][reference]", "a"),
        ("line_items[1][amount]", "250"),
        ("line_items[1][reference]", "b"),
        ("shipping_cost[amount]", "50"),
        ("customer_details[address][country]", "US"),
        ("customer_details[address_source]", "shipping"),
    ];
    let made = client.post("/v1/tax/calculations", &form);
    assert_eq!(made["amount_total"], 1300);
    assert_eq!(made["customer_details"]["taxability_override"], "none");
}
