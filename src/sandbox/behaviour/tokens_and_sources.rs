//! Tokens, and the cards and bank accounts that they stand for: external accounts of accounts, and legacy
//! sources of customers.

use crate::sandbox::behaviour::card::{self, CardOutcome};
use crate::sandbox::behaviour::generic;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::parent;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(Create, create_source)], ..Behaviour::of(&["source"]) },
    Behaviour { operations: &[(Create, create_token)], ..Behaviour::of(&["token"]) },
    Behaviour {
        operations: &[(Create, create)],
        ..Behaviour::of(&["bank_account", "accounts.external_accounts"])
    },
    Behaviour {
        operations: &[(Create, create), (Delete, delete)],
        ..Behaviour::of(&["customers.payment_sources"])
    },
];

/// The account number of every bank account that a test token stands for.
const TEST_ACCOUNT: &str = "000123456789";

/// The types of objects that tokens stand for, with the id prefixes of their test tokens.
const KINDS: &[(&str, &str)] = &[
    ("account", "ct_"),
    ("bank_account", "btok_"),
    ("card", "tok_"),
    ("cvc_update", "cvctok_"),
    ("person", "cpt_"),
    ("pii", "pii_"),
];

/// `POST /v1/tokens`.
fn create_token(call: &Call<'_>) -> ApiResult<Json> {
    let known = KINDS.iter().find(|(kind, _)| call.params.contains_key(*kind));
    let (kind, prefix) = known.ok_or_else(|| missing("card"))?;
    let mut body = call.fresh();
    set(&mut body, "id", identifier::fresh(prefix));
    set(&mut body, "type", *kind);
    let given = members_at(&call.params, kind);
    match *kind {
        "card" => set(&mut body, kind, of_card(call, &given)?),
        "bank_account" => set(&mut body, kind, of_bank(call, &given)?),
        _ => {}
    }
    call.keep(body)
}

/// Saves a token's object to a customer as the default source.
pub(super) fn save(call: &Call<'_>, customer: &str, token: &str) -> ApiResult<()> {
    let made = save_as(call, ("customer", customer), "source", &token.into())?;
    let mut owner = call.session.named("customer", customer)?;
    call.update(&mut owner, body! {"default_source": id(&made)})
}

/// Sets the external account of an account, replacing the one in the same currency.
pub(super) fn set_external_account(call: &Call<'_>, account: &str, given: &Json) -> ApiResult<()> {
    let mut made = save_as(call, ("account", account), "external_account", given)?;
    if given.get("default_for_currency") == Some(&Json::Bool(false)) {
        return Ok(());
    }
    for other in external_accounts(call, account)? {
        let same = text(&other, "currency") == text(&made, "currency") && id(&other) != id(&made);
        if same && flag(&other, "default_for_currency") {
            call.session.remove(object(&other), id(&other))?;
        }
    }
    call.update(&mut made, body! {"default_for_currency": true})
}

/// Saves the object that a param of another call names or describes; `owner` is the owner's name in paths.
fn save_as(call: &Call<'_>, (owner, id): (&str, &str), param: &str, given: &Json) -> ApiResult<Body> {
    let mut saving = call.about("card", body! {(param): given})?;
    saving.parents.push((owner.to_owned(), id.to_owned()));
    saving.path = format!("/v1/{owner}s/{id}/{param}s");
    create(&saving).map(members)
}

/// `POST /v1/accounts/{account}/external_accounts` and `POST /v1/customers/{customer}/sources`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    parent::check(call)?;
    let param = if call.params.contains_key("external_account") { "external_account" } else { "source" };
    let mut body = match call.params.get(param) {
        Some(Json::Object(given)) => of_params(call, given, param)?,
        Some(Json::String(token)) => of_token(call, token, param)?,
        _ => return Err(missing(param)),
    };
    let about = call.about(object(&body), call.params.clone())?;
    let about = Call { parents: call.parents.clone(), ..about };
    if call.parents.iter().any(|(name, _)| name == "customer")
        && let CardOutcome::Decline(why) = card::source_outcome(&body)
    {
        return Err(why.failure().at(Stage::Undone));
    }
    shape::lay_over(about.entity, &mut body, &call.params)?;
    parent::write(&about, &mut body);
    default_of_its_currency(call, &mut body)?;
    call.session.put(&body)?;
    choose_default(call, &body)?;
    Ok(Json::Object(body))
}

/// Makes the first external account in a currency the default for that currency.
fn default_of_its_currency(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let known = body.get("default_for_currency").is_some_and(|known| !known.is_null());
    let Some(account) = text(body, "account").filter(|_| !known) else { return Ok(()) };
    let others = external_accounts(call, account)?;
    let is_first = others.iter().all(|other| text(other, "currency") != text(body, "currency"));
    set(body, "default_for_currency", is_first);
    Ok(())
}

/// The external accounts of an account.
pub(super) fn external_accounts(call: &Call<'_>, account: &str) -> ApiResult<Vec<Body>> {
    let cards = call.session.having("card", "account", account)?;
    Ok([call.session.having("bank_account", "account", account)?, cards].concat())
}

/// Makes the first source of a customer the default.
fn choose_default(call: &Call<'_>, source: &Body) -> ApiResult<()> {
    let Some(mut customer) = call.session.linked(source, "customer", "customer")? else { return Ok(()) };
    if text(&customer, "default_source").is_none() {
        call.update(&mut customer, body! {"default_source": id(source)})?;
    }
    Ok(())
}

/// `DELETE /v1/customers/{customer}/sources/{id}`: the newest remaining source becomes the default.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let source = call.named()?;
    let stub = generic::delete(call)?;
    if let Some(mut customer) = call.session.linked(&source, "customer", "customer")?
        && text(&customer, "default_source") == Some(id(&source))
    {
        let having = vec![("customer".to_owned(), id(&customer).to_owned())];
        let walk = ObjectQuery { objects: call.objects(), having, ..ObjectQuery::default() };
        let newest = call.session.first(&walk, |_| true)?;
        call.update(&mut customer, body! {"default_source": newest.as_ref().map(id)})?;
    }
    Ok(stub)
}

fn of_params(call: &Call<'_>, given: &Body, param: &str) -> ApiResult<Body> {
    if let Some(token) = text(given, "token") {
        let mut body = of_token(call, token, &format!("{param}[token]"))?;
        shape::lay_over(call.about(object(&body), Body::new())?.entity, &mut body, given)?;
        return Ok(body);
    }
    if object(given) == "bank_account" { of_bank(call, given) } else { of_card(call, given) }
}

/// Returns the object of one of the sandbox's tokens, which is then used up, or `None` for any other token.
pub(super) fn use_token(call: &Call<'_>, token: &str, param: &str) -> ApiResult<Option<Body>> {
    let Some(mut known) = call.session.get_live("token", token)? else { return Ok(None) };
    if known.get("used") == Some(&Json::Bool(true)) {
        return Err(ApiError::of("token_used", &[("token", &token)]).param(param));
    }
    call.update(&mut known, body! {"used": true})?;
    let held = ["card", "bank_account"].iter().find_map(|kind| inner(&known, kind));
    held.cloned().map(Some).ok_or_else(|| ApiError::unknown_reference("token", token, param))
}

/// `POST /v1/sources`: a card can be charged at once.
fn create_source(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = members(generic::create(call)?);
    if let Some(token) = text(&call.params, "token").filter(|_| text(&body, "type") == Some("card")) {
        let mut card = of_token(call, token, "token")?;
        shape::keep_known(&body, "card", &mut card);
        body.extend(body! {"card": card, "status": "chargeable"});
    }
    call.keep(body)
}

/// Returns the object of one of the sandbox's tokens, or of one of Stripe's test tokens.
fn of_token(call: &Call<'_>, token: &str, param: &str) -> ApiResult<Body> {
    if let Some(held) = use_token(call, token, param)? {
        return Ok(held);
    }
    if let Some(kept) = call.session.get_live("source", token)? {
        return Ok(kept);
    }
    if token.starts_with("btok_") {
        return of_bank(call, &Body::new());
    }
    let number =
        card::number_of_token(token).ok_or_else(|| ApiError::unknown_reference("token", token, param))?;
    of_card(call, &members(json!({"token": token, "number": number})))
}

fn of_card(call: &Call<'_>, given: &Body) -> ApiResult<Body> {
    let mut details = card::details(&with_numbers(given), call.now)?;
    details.shift_remove("networks");
    let brand = card::display_name(needed(&details, "brand")?);
    set(&mut details, "brand", brand);
    set(&mut details, "cvc_check", text(given, "cvc").map(|_| "pass"));
    of_details(call, "card", &details, given)
}

/// Builds a card or a bank account from its known and its given fields.
fn of_details(call: &Call<'_>, object: &str, known: &Body, given: &Body) -> ApiResult<Body> {
    let about = call.about(object, Body::new())?;
    let mut body = about.fresh();
    shape::lay_over(about.entity, &mut body, known)?;
    shape::lay_over(about.entity, &mut body, given)?;
    Ok(body)
}

/// Returns the params with a numeric expiry, which tokens receive as text.
pub(super) fn with_numbers(given: &Body) -> Body {
    let mut given = given.clone();
    for name in ["exp_month", "exp_year"] {
        if let Some(number) = text(&given, name).and_then(|text| text.parse::<i64>().ok()) {
            set(&mut given, name, number);
        }
    }
    given
}

fn of_bank(call: &Call<'_>, given: &Body) -> ApiResult<Body> {
    let number = text(given, "account_number").unwrap_or(TEST_ACCOUNT);
    let usual = members(json!({
        "bank_name": "STRIPE TEST BANK", "country": "US", "currency": "usd", "last4": card::last4(number),
        "status": "new", "fingerprint": identifier::fingerprint(number), "routing_number": "110000000",
    }));
    of_details(call, "bank_account", &usual, given)
}
