//! Tax rates and tax ids: their validation and their owners.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::behaviour::generic;
use crate::sandbox::behaviour::money::Decimal;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create_id), (List, list_ids)],
        ..Behaviour::of(&["tax_id", "customers.tax_ids"])
    },
    Behaviour { operations: &[(Create, create_rate)], ..Behaviour::of(&["tax_rate"]) },
];

/// `POST /v1/tax_rates`.
fn create_rate(call: &Call<'_>) -> ApiResult<Json> {
    let percentage = call.params.get("percentage").ok_or_else(|| missing("percentage"))?.to_string();
    let places = percentage.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let part = percentage.parse::<Decimal>().map(|percent| percent.percent_of(1_000_000));
    let fits = part.is_ok_and(|part| (0..=1_000_000).contains(&part));
    if !fits || percentage.starts_with('-') || places > 4 {
        return Err(ApiError::of("percentage_out_of_range", &[("given", &percentage)]));
    }
    call.keep(call.build()?)
}

/// `POST /v1/tax_ids` and `POST /v1/customers/{customer}/tax_ids`.
pub(super) fn create_id(call: &Call<'_>) -> ApiResult<Json> {
    let (kind, value) = (call.required_param("type")?, call.required_param("value")?);
    if !is_right(kind, value) {
        return Err(ApiError::of("tax_id_invalid", &[("type", &kind)]));
    }
    let mut body = call.build()?;
    let owner = owner_of(call);
    if let Some(customer) = owner.get("customer").and_then(Json::as_str) {
        call.session.referred("customer", customer, "customer")?;
        check_new(call, customer, kind, value)?;
    }
    let is_checked = FORMS.get(kind).is_some_and(|form| form.checked);
    body.extend(body! {
        "customer": owner.get("customer"), "owner": owner, "country": country(kind, value),
        "verification": {
            "status": if is_checked { "pending" } else { "unavailable" }, "verified_address": null,
            "verified_name": null,
        },
    });
    call.keep(body)
}

/// Returns the owner of a tax id: the customer in the path, or the one in `owner`, or by default the account.
fn owner_of(call: &Call<'_>) -> Json {
    let given = |name: &str| text(&call.params, &format!("owner.{name}"));
    let parent = Some(call.owner()).filter(|owner| !owner.is_empty());
    let kind = parent.map(|_| "customer").or_else(|| given("type"));
    json!({
        "account": given("account"), "application": null, "customer": parent.or_else(|| given("customer")),
        "customer_account": null, "type": kind.unwrap_or("self"),
    })
}

fn check_new(call: &Call<'_>, customer: &str, kind: &str, value: &str) -> ApiResult<()> {
    let same = |known: &Body| text(known, "type") == Some(kind) && text(known, "value") == Some(value);
    if call.session.having("tax_id", "customer", customer)?.iter().any(same) {
        return Err(ApiError::of("tax_id_taken", &[]));
    }
    Ok(())
}

/// The format of tax ids of one type, from `tax_id.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxIdFormat {
    #[serde(default)]
    begins: Vec<String>,
    #[serde(default)]
    ends: Vec<String>,
    #[serde(default)]
    letters: bool,
    #[serde(default)]
    checked: bool,
    #[serde(default)]
    names_country: bool,
    length: (usize, usize),
}

static FORMS: LazyLock<BTreeMap<String, TaxIdFormat>> =
    LazyLock::new(|| embedded_table!("sandbox/behaviour/tax_id.toml"));

/// Whether a value has the format of its type, if the format is known.
fn is_right(kind: &str, value: &str) -> bool {
    let Some(form) = FORMS.get(kind) else { return !value.trim().is_empty() };
    let plain: String = value.chars().filter(|letter| !matches!(letter, ' ' | '-' | '.' | '/')).collect();
    let mut begins = form.begins.iter();
    let rest =
        if form.begins.is_empty() { Some(&*plain) } else { begins.find_map(|own| plain.strip_prefix(own)) };
    let cut = |rest| form.ends.iter().find_map(|own| str::strip_suffix(rest, own.as_str()));
    let rest = if form.ends.is_empty() { rest } else { rest.and_then(cut) };
    rest.is_some_and(|rest| {
        (form.length.0..=form.length.1).contains(&rest.len())
            && rest.bytes().all(|one| one.is_ascii_digit() || form.letters && one.is_ascii_alphanumeric())
    })
}

/// Returns the country of a type; within the European Union, the country in the number itself.
fn country(kind: &str, value: &str) -> Json {
    let names_it = FORMS.get(kind).is_some_and(|form| form.names_country);
    let own = if names_it { value.get(..2) } else { kind.split('_').next() };
    own.map_or(Json::Null, |own| match own.to_ascii_uppercase().as_str() {
        "EL" => "GR".into(),
        "XI" => "GB".into(),
        "EU" => Json::Null,
        country => country.into(),
    })
}

/// `GET /v1/tax_ids`: those of the account unless an owner is given; also those of a customer.
fn list_ids(call: &Call<'_>) -> ApiResult<Json> {
    if !call.parents.is_empty() {
        return generic::list(call);
    }
    let mut call = call.clone();
    let wanted = call.params.shift_remove("owner").unwrap_or_else(|| json!({"type": "self"}));
    page::of_objects(&call, "tax_id", |body| {
        let own = |name: &str| inner(body, "owner").and_then(|owner| owner.get(name));
        wanted.as_object().into_iter().flatten().all(|(name, value)| own(name) == Some(value))
    })
}

#[cfg(test)]
mod tests;
