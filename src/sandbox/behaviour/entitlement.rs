//! Entitlements: the features of the products that a customer subscribes to.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Get, get), (List, active)],
    ..Behaviour::of(&["entitlements.active_entitlement"])
}];

/// Stored with a customer: the entitlements in its last event.
const ENTITLED: &str = "_entitled";

/// Returns the features of a customer, without duplicates.
fn of_customer(call: &Call<'_>, customer: &str) -> ApiResult<Vec<Json>> {
    let mut found: Vec<Json> = Vec::new();
    let owned = call.session.having("subscription", "customer", customer)?;
    for product in
        owned.iter().filter(|owned| subscription::is_running(owned)).flat_map(subscription::products)
    {
        for attached in call.session.having("product_feature", "_product", &product)? {
            let entitlement =
                inner(&attached, "entitlement_feature").map(|own| entitlement(call, customer, own));
            found
                .extend(entitlement.filter(|new| found.iter().all(|known| known.get("id") != new.get("id"))));
        }
    }
    Ok(found)
}

/// Handles a changed subscription: creates the event for changed entitlements.
pub(super) fn changed(call: &Call<'_>, subscription: &Body) -> ApiResult<()> {
    let Some(mut customer) = call.session.linked(subscription, "customer", "customer")? else {
        return Ok(());
    };
    let found = of_customer(call, id(&customer))?;
    let known = items(&customer, ENTITLED).to_vec();
    if found == known {
        return Ok(());
    }
    let url = format!("/v1/customer/{}/entitlements", id(&customer));
    let summary = |found: &[Json]| {
        body! {
            "object": "entitlements.active_entitlement_summary", "customer": id(&customer),
            "entitlements": page::embedded(found, &url), "livemode": call.caller.livemode,
        }
    };
    call.session.tell(summary(&known), summary(&found));
    set(&mut customer, ENTITLED, found);
    call.session.put(&customer)
}

fn entitlement(call: &Call<'_>, customer: &str, feature: &Body) -> Json {
    let name = identifier::fingerprint(&format!("{customer}{}", id(feature)));
    json!({
        "id": format!("ent_test_{name}"), "object": "entitlements.active_entitlement", "feature": id(feature),
        "livemode": call.caller.livemode, "lookup_key": text(feature, "lookup_key"),
    })
}

/// `GET /v1/entitlements/active_entitlements`.
fn active(call: &Call<'_>) -> ApiResult<Json> {
    let customer = call.required_param("customer")?;
    call.session.referred("customer", customer, "customer")?;
    let found = of_customer(call, customer)?;
    page::of_items(call, &found)
}

/// `GET /v1/entitlements/active_entitlements/{id}`.
fn get(call: &Call<'_>) -> ApiResult<Json> {
    let mut customers = Vec::new();
    call.session.walk(&ObjectQuery::of("subscription"), |stored| {
        customers.extend(text(&stored.body, "customer").map(str::to_owned));
        true
    })?;
    for customer in customers {
        let found = of_customer(call, &customer)?;
        if let Some(known) = found.into_iter().find(|known| known.get("id") == Some(&call.id.as_str().into()))
        {
            return Ok(known);
        }
    }
    Err(ApiError::absent("entitlements.active_entitlement", &call.id))
}
