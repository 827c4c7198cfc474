//! One entity of each kind of shape through a whole life with real terraform: flat, nested, a
//! list of objects, a map, a nested path, a singleton, version 2 of the API.

use serde_json::Value as Json;

use crate::support::harness::{Case, case};
use crate::support::workdir::Workdir;

pub fn cases() -> Vec<Case> {
    vec![case!(an_entity_of_every_shape_lives_a_whole_life, Terraform)]
}

/// An entity of some shape: how it is made, changed, and changed behind terraform's back.
struct Shape {
    entity: &'static str,
    create: &'static str,
    update: &'static str,
    /// What somebody else posts to the entity's path, and the value of the record it moves.
    drift: Option<(&'static str, &'static str)>,
    path: &'static str,
    /// What must stand in the record after the update.
    shows: &'static [(&'static str, &'static str)],
}

const OWNER: &str = r#"
resource "stripe_entity" "owner" {
  entity        = "Customer"
  input_payload = jsonencode({ Name = "Owner" })
}
"#;

const SHAPES: &[Shape] = &[
    Shape {
        entity: "Coupon",
        create: r#"{ Duration = "once", PercentOff = 10, Name = "ten" }"#,
        update: r#"{ Duration = "once", PercentOff = 10, Name = "a tenth" }"#,
        drift: Some(("name=other", "name")),
        path: "/v1/coupons/ID",
        shows: &[("name", "a tenth"), ("percent_off", "10")],
    },
    Shape {
        entity: "TerminalLocation",
        create: r#"{ DisplayName = "Shop", Address = { Line1 = "1 Main St", City = "Bern", Country = "CH", PostalCode = "3000" } }"#,
        update: r#"{ DisplayName = "Shop", Address = { Line1 = "2 Main St", City = "Bern", Country = "CH", PostalCode = "3000" } }"#,
        drift: Some(("display_name=Other", "display_name")),
        path: "/v1/terminal/locations/ID",
        shows: &[("address.line1", "2 Main St")],
    },
    Shape {
        entity: "Product",
        create: r#"{ Name = "Beans", MarketingFeatures = [{ name = "organic" }, { name = "fair" }] }"#,
        update: r#"{ Name = "Beans", MarketingFeatures = [{ name = "organic" }] }"#,
        drift: Some(("name=Peas", "name")),
        path: "/v1/products/ID",
        shows: &[("marketing_features", r#"[{"name":"organic"}]"#)],
    },
    Shape {
        entity: "EntitlementsFeature",
        create: r#"{ Name = "export", LookupKey = "export", Metadata = { team = "a", tier = "1" } }"#,
        update: r#"{ Name = "export", LookupKey = "export", Metadata = { team = "b" } }"#,
        drift: Some(("metadata[team]=z", "metadata.team")),
        path: "/v1/entitlements/features/ID",
        shows: &[("metadata.team", "b")],
    },
    Shape {
        entity: "CustomerBalanceTransaction",
        create: r#"{ CustomerId = stripe_entity.owner.id, Amount = -500, Currency = "usd", Description = "credit" }"#,
        update: r#"{ CustomerId = stripe_entity.owner.id, Amount = -500, Currency = "usd", Description = "a credit" }"#,
        drift: Some(("description=other", "description")),
        path: "/v1/customers/OWNER/balance_transactions/ID",
        shows: &[("description", "a credit"), ("amount", "-500")],
    },
    Shape {
        entity: "CustomerTaxId",
        create: r#"{ Customer = stripe_entity.owner.id, Type = "eu_vat", Value = "DE123456789" }"#,
        update: r#"{ Customer = stripe_entity.owner.id, Type = "eu_vat", Value = "DE987654321" }"#,
        drift: None,
        path: "/v1/customers/OWNER/tax_ids/ID",
        shows: &[("value", "DE987654321"), ("type", "eu_vat")],
    },
    Shape {
        entity: "TaxSettings",
        create: r#"{ Defaults = { TaxBehavior = "inclusive" } }"#,
        update: r#"{ Defaults = { TaxBehavior = "exclusive" } }"#,
        drift: Some(("defaults[tax_behavior]=inclusive", "defaults.tax_behavior")),
        path: "/v1/tax/settings",
        shows: &[("defaults.tax_behavior", "exclusive")],
    },
    Shape {
        entity: "CashBalance",
        create: r#"{ CustomerId = stripe_entity.owner.id, Settings = { ReconciliationMode = "manual" } }"#,
        update: r#"{ CustomerId = stripe_entity.owner.id, Settings = { ReconciliationMode = "automatic" } }"#,
        drift: Some(("settings[reconciliation_mode]=manual", "settings.reconciliation_mode")),
        path: "/v1/customers/OWNER/cash_balance",
        shows: &[("settings.reconciliation_mode", "automatic")],
    },
    Shape {
        entity: "WebhookEndpoint",
        create: r#"{ Url = "https://shop.example/hook", EnabledEvents = ["invoice.paid", "customer.created"] }"#,
        update: r#"{ Url = "https://shop.example/hook2", EnabledEvents = ["customer.created", "invoice.paid"], Disabled = true }"#,
        drift: Some(("url=https://other.example/", "url")),
        path: "/v1/webhook_endpoints/ID",
        shows: &[("url", "https://shop.example/hook2"), ("status", "disabled")],
    },
    Shape {
        entity: "File",
        create: r#"{ Purpose = "business_logo", File = "iVBORw0KGgo=" }"#,
        update: r#"{ Purpose = "business_icon", File = "iVBORw0KGgo=" }"#,
        drift: None,
        path: "/v1/files/ID",
        shows: &[("purpose", "business_icon"), ("type", "png"), ("size", "8")],
    },
    Shape {
        entity: "V2CoreEventDestination",
        create: r#"{ Name = "hook", Type = "webhook_endpoint", EventPayload = "thin", EnabledEvents = ["v1.billing.meter.no_meter_found"], WebhookEndpoint = { url = "https://shop.example/v2" } }"#,
        update: r#"{ Name = "hooked", Type = "webhook_endpoint", EventPayload = "thin", EnabledEvents = ["v1.billing.meter.no_meter_found"], WebhookEndpoint = { url = "https://shop.example/v2" } }"#,
        drift: Some((r#"{"name": "other"}"#, "name")),
        path: "/v2/core/event_destinations/ID",
        shows: &[("name", "hooked"), ("webhook_endpoint.url", "https://shop.example/v2")],
    },
];

impl Shape {
    fn address(&self) -> String {
        format!("stripe_entity.{}", self.entity.to_lowercase())
    }

    fn block(&self, payload: &str) -> String {
        let (entity, label) = (self.entity, self.entity.to_lowercase());
        format!(
            "resource \"stripe_entity\" \"{label}\" {{\n  entity        = \"{entity}\"\n  input_payload = jsonencode({payload})\n}}\n"
        )
    }

    /// The entity's path in the API, from its place in the state.
    fn path_of(&self, state: &Json, owner: &str) -> String {
        // With the slash: an id may have these letters in it.
        self.path
            .replace("/OWNER", &format!("/{owner}"))
            .replace("/ID", &format!("/{}", state["id"].as_str().unwrap()))
    }

    #[track_caller]
    fn assert_shown(&self, state: &Json) {
        for (field, value) in self.shows {
            assert_eq!(state["record"][field], *value, "{}: {}", self.entity, state["record"]);
        }
    }
}

fn config(payload: impl Fn(&Shape) -> &'static str) -> String {
    let blocks: Vec<String> = SHAPES.iter().map(|shape| shape.block(payload(shape))).collect();
    format!("{OWNER}{}", blocks.join(""))
}

fn an_entity_of_every_shape_lives_a_whole_life() {
    let workdir = Workdir::new(&config(|shape| shape.create));
    workdir.apply();
    workdir.assert_plan_is_empty();
    let secret = workdir.attributes("stripe_entity.webhookendpoint")["output_payload"].clone();
    assert!(secret.as_str().unwrap().contains("whsec_"), "the secret of the create: {secret}");

    workdir.write(&config(|shape| shape.update));
    workdir.apply();
    workdir.assert_plan_is_empty();
    for shape in SHAPES {
        shape.assert_shown(&workdir.attributes(&shape.address()));
    }
    let kept = workdir.attributes("stripe_entity.webhookendpoint")["output_payload"].clone();
    assert!(kept.as_str().unwrap().contains("whsec_"), "the secret outlives an update and reads: {kept}");

    drift(&workdir);
    import(&workdir);
    workdir.destroy();
    for object in ["customer", "coupon", "product", "tax_id", "webhook_endpoint", "v2.core.event_destination"]
    {
        assert_eq!(workdir.count(object), 0, "{object}");
    }
}

/// What somebody else changes is seen, and undone by the next apply.
fn drift(workdir: &Workdir) {
    let owner = workdir.attributes("stripe_entity.owner")["id"].as_str().unwrap().to_owned();
    let drifting: Vec<&Shape> = SHAPES.iter().filter(|shape| shape.drift.is_some()).collect();
    for shape in &drifting {
        let path = shape.path_of(&workdir.attributes(&shape.address()), &owner);
        workdir.post(&path, shape.drift.unwrap().0);
    }
    let planned = workdir.ok(&["plan", "-no-color"]);
    let expected = format!("0 to add, {} to change, 0 to destroy", drifting.len());
    assert!(planned.contains(&expected), "{expected}\n{planned}");
    workdir.apply();
    workdir.assert_plan_is_empty();
    for shape in SHAPES {
        shape.assert_shown(&workdir.attributes(&shape.address()));
    }
}

/// A second state that knows nothing takes everything over by its place.
fn import(workdir: &Workdir) {
    let other = workdir.beside(&config(|shape| shape.update));
    let owner = workdir.attributes("stripe_entity.owner")["id"].as_str().unwrap().to_owned();
    other.ok(&["import", "-no-color", "stripe_entity.owner", &format!("Customer/{owner}")]);
    for shape in SHAPES {
        let place = workdir.attributes(&shape.address())["entity_id"].as_str().unwrap().to_owned();
        other.ok(&["import", "-no-color", &shape.address(), &format!("{}/{place}", shape.entity)]);
    }
    let planned = other.ok(&["plan", "-no-color"]);
    assert!(planned.contains("0 to add") || planned.contains("No changes"), "{planned}");
    assert!(!planned.contains("must be replaced"), "{planned}");
    other.apply();
    other.assert_plan_is_empty();
    assert_eq!(other.ids().len(), SHAPES.len() + 1);
}
