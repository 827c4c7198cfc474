//! The customer portal: configurations and sessions.

use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (Update, update)],
        ..Behaviour::of(&["billing_portal.configuration"])
    },
    Behaviour { operations: &[(Create, session)], ..Behaviour::of(&["billing_portal.session"]) },
];

const OBJECT: &str = "billing_portal.configuration";

/// `POST /v1/billing_portal/configurations`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    call.keep(made(call)?)
}

/// Builds a new configuration without storing it.
fn made(call: &Call<'_>) -> ApiResult<Body> {
    let mut body = call.build()?;
    show_login(&mut body);
    Ok(body)
}

/// Sets the URL of the login page if it is enabled.
fn show_login(body: &mut Body) {
    let enabled = flag(body, "login_page.enabled");
    let address = || format!("https://billing.stripe.com/p/login/{}", identifier::random("test_", 18));
    set(body, "login_page", json!({"enabled": enabled, "url": enabled.then(address)}));
}

/// `POST /v1/billing_portal/configurations/{id}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    if call.params.contains_key("login_page") {
        show_login(&mut body);
    }
    call.keep(body)
}

/// Returns the default configuration, which is created on first use.
fn default(call: &Call<'_>) -> ApiResult<Body> {
    if let Some(known) = call.session.first(&ObjectQuery::of(OBJECT), |body| flag(body, "is_default"))? {
        return Ok(known);
    }
    let on = json!({"enabled": true});
    let features = json!({
        "customer_update": {"enabled": true, "allowed_updates": ["address", "email", "tax_id"]},
        "invoice_history": on, "payment_method_update": on, "subscription_cancel": on,
    });
    let mut body = made(&call.about(OBJECT, members(json!({"features": features})))?)?;
    call.update(&mut body, body! {"is_default": true})?;
    Ok(body)
}

/// `POST /v1/billing_portal/sessions`.
fn session(call: &Call<'_>) -> ApiResult<Json> {
    let named = call.referred_by("configuration", OBJECT)?;
    let configuration = named.map_or_else(|| default(call), Ok)?;
    let mut call = call.clone();
    set(&mut call.params, "configuration", id(&configuration));
    let mut body = call.build()?;
    if let Some(mut flow) = inner(&call.params, "flow_data").cloned() {
        flow.entry("after_completion").or_insert_with(|| json!({"type": "portal_homepage"}));
        set(&mut body, "flow", flow);
    }
    call.keep(body)
}
