//! The customer portal: how it is set up, and sessions of customers in it.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, id, inner, items, member, set, set_inner, text};
use crate::sandbox::identifier;
use crate::sandbox::store::{Body, Walk};

use super::definition::{Behaviour, Create, Update};
use super::line_items;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (Update, update)],
        ..Behaviour::of(&["billing_portal.configuration"])
    },
    Behaviour { operations: &[(Create, session)], ..Behaviour::of(&["billing_portal.session"]) },
];

const OBJECT: &str = "billing_portal.configuration";

/// `POST /v1/billing_portal/configurations`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    check(call)?;
    let mut body = call.build()?;
    set(&mut body, "active", true);
    set(&mut body, "is_default", false);
    complete(call, &mut body);
    call.keep(body)
}

/// What Stripe adds to features that are only switched on.
fn complete(call: &Call<'_>, body: &mut Body) {
    let login = inner(body, "login_page").is_some_and(|page| flag(page, "enabled"));
    let url =
        login.then(|| format!("https://billing.stripe.com/p/login/{}", identifier::random("test_", 18)));
    set(body, "login_page", json!({"enabled": login, "url": url}));
    set(body, "updated", call.now);
    let Some(features) = body.get_mut("features").and_then(Json::as_object_mut) else { return };
    let usual = [
        ("subscription_cancel", "mode", json!("at_period_end")),
        ("subscription_cancel", "proration_behavior", json!("none")),
        ("subscription_update", "proration_behavior", json!("none")),
    ];
    for (feature, name, value) in usual {
        let given = inner(&call.params, "features")
            .and_then(|given| inner(given, feature))
            .is_some_and(|given| given.contains_key(name));
        if !given && call.id.is_empty() {
            set_inner(features, feature, name, value);
        }
    }
}

fn check(call: &Call<'_>) -> Outcome<()> {
    let none = Body::new();
    let features = inner(&call.params, "features").unwrap_or(&none);
    let demanded = [
        ("customer_update", "allowed_updates"),
        ("subscription_update", "default_allowed_updates"),
        ("subscription_update", "products"),
    ];
    for (feature, name) in demanded {
        let Some(given) = inner(features, feature).filter(|given| flag(given, "enabled")) else { continue };
        if items(given, name).is_empty() && call.id.is_empty() {
            return Err(missing(&format!("features[{feature}][{name}]")));
        }
    }
    let products = inner(features, "subscription_update").map_or(&[][..], |given| items(given, "products"));
    for (at, product) in products.iter().filter_map(Json::as_object).enumerate() {
        let path = format!("features[subscription_update][products][{at}]");
        call.session.referred(
            "product",
            text(product, "product").unwrap_or_default(),
            &format!("{path}[product]"),
        )?;
        for price in items(product, "prices").iter().filter_map(Json::as_str) {
            call.session.referred("price", price, &format!("{path}[prices]"))?;
        }
    }
    line_items::check_url(&call.params, "default_return_url")
}

/// `POST /v1/billing_portal/configurations/{id}`: the default stays active.
fn update(call: &Call<'_>) -> Outcome<Json> {
    check(call)?;
    let before = call.named()?;
    if flag(&before, "is_default") && call.params.get("active") == Some(&Json::Bool(false)) {
        return Err(Failure::state("You cannot deactivate the default configuration.").param("active"));
    }
    let mut body = call.revise()?;
    if call.params.contains_key("login_page") {
        complete(call, &mut body);
    }
    call.keep(body)
}

/// The default configuration, which exists as soon as it is asked for.
fn default(call: &Call<'_>) -> Outcome<Body> {
    let mut known = None;
    call.session.walk(&Walk::of(OBJECT), |stored| {
        known = Some(stored.body).filter(|body| flag(body, "is_default"));
        known.is_none()
    })?;
    if let Some(known) = known {
        return Ok(known);
    }
    let mut params = Body::new();
    let on = json!({"enabled": true});
    set(
        &mut params,
        "features",
        json!({
            "customer_update": {"enabled": true, "allowed_updates": ["address", "email", "tax_id"]},
            "invoice_history": on, "payment_method_update": on, "subscription_cancel": on,
        }),
    );
    let call = call.about(OBJECT, params)?;
    let mut body = call.build()?;
    set(&mut body, "active", true);
    set(&mut body, "is_default", true);
    complete(&call, &mut body);
    call.session.put(&body)?;
    Ok(body)
}

/// `POST /v1/billing_portal/sessions`.
fn session(call: &Call<'_>) -> Outcome<Json> {
    call.session.referred("customer", call.demanded("customer")?, "customer")?;
    line_items::check_url(&call.params, "return_url")?;
    let configuration = match text(&call.params, "configuration") {
        Some(named) => call.session.referred(OBJECT, named, "configuration")?,
        None => default(call)?,
    };
    if !flag(&configuration, "active") {
        return Err(
            Failure::state("The configuration of a portal session must be active.").param("configuration")
        );
    }
    let mut body = call.build()?;
    set(&mut body, "configuration", id(&configuration));
    if text(&call.params, "return_url").is_none() {
        set(&mut body, "return_url", member(&configuration, "default_return_url"));
    }
    flow(call, &mut body)?;
    set(
        &mut body,
        "url",
        format!("https://billing.stripe.com/p/session/{}", identifier::random("test_", 60)),
    );
    call.keep(body)
}

/// What the customer is to do at once.
fn flow(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let Some(given) = inner(&call.params, "flow_data") else { return Ok(()) };
    for name in
        ["subscription_cancel", "subscription_pause", "subscription_update", "subscription_update_confirm"]
    {
        if let Some(subscription) = inner(given, name).and_then(|flow| text(flow, "subscription")) {
            let param = format!("flow_data[{name}][subscription]");
            call.session.referred("subscription", subscription, &param)?;
        } else if text(given, "type") == Some(name) {
            return Err(missing(&format!("flow_data[{name}]")));
        }
    }
    let mut flow = given.clone();
    if !flow.contains_key("after_completion") {
        set(
            &mut flow,
            "after_completion",
            json!({"hosted_confirmation": null, "redirect": null, "type": "portal_homepage"}),
        );
    }
    set(body, "flow", flow);
    Ok(())
}
