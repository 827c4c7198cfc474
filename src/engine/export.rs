//! Derives from an existing object the params that would create it: the configuration that an import writes.

use serde_json::{Map, Value as Json};

use crate::catalog::constraint::constraints;
use crate::catalog::names::join_path;
use crate::catalog::{Entity, Kind, Member, Operation, OperationKind, Shape, find, whole_spelling};
use crate::connector::{elements, placed, reference};
use crate::engine::Params;
use crate::engine::compare::equal;
use crate::engine::drift::presumed;
use crate::engine::params::accepted;
use crate::engine::unanswered::{unanswered, with_unanswered};
use crate::engine::words::with_implied;

/// The params that would create an object as Stripe shows it. Values are left out if they are not set, have
/// their default, are secret or change by themselves, or if neither a create nor an update takes them.
pub fn export(entity: &'static Entity, locator: &str, body: &Json) -> Params {
    exported(Exporter { entity, with_defaults: false }, locator, body)
}

/// Like [`export`], but includes values that have their default.
pub fn export_whole(entity: &'static Entity, locator: &str, body: &Json) -> Params {
    exported(Exporter { entity, with_defaults: true }, locator, body)
}

/// Like [`export`], but adds params that a state recorded as written: those that Stripe does not answer, at
/// any depth, and those accepted by `is_whole` that only repeat a default.
pub fn export_beside(
    entity: &'static Entity,
    (locator, body): (&str, &Json),
    said: &Params,
    is_whole: impl Fn(&str) -> bool,
) -> Params {
    let (mut params, whole) = (export(entity, locator, body), export_whole(entity, locator, body));
    for (name, said) in presumed(entity, said, body) {
        let unanswered = unanswered(&said, body.get(&name));
        match (params.contains_key(&name), whole.get(&name), unanswered) {
            (true, _, Some(unanswered)) | (false, Some(_), Some(unanswered)) => {
                let exported =
                    params.entry(&name).or_insert_with(|| whole.get(&name).cloned().unwrap_or_default());
                *exported = with_unanswered(&[], exported, &unanswered);
            }
            (false, Some(whole), None) if is_whole(&name) => drop(params.insert(name, whole.clone())),
            (false, None, Some(_)) => drop(params.insert(name, said)),
            _ => {}
        }
    }
    params
}

fn exported(exporter: Exporter, locator: &str, body: &Json) -> Params {
    let entity = exporter.entity;
    let body = &*with_implied(entity, body);
    let create = entity.create_params();
    let update = entity.operation(OperationKind::Update).map_or(&[][..], |update| &update.params);
    let later = update.iter().filter(|param| find(create, &param.name).is_none());
    let own_id = body.get("id").and_then(Json::as_str).unwrap_or_default();
    // An id that Stripe chose has the prefix.
    let chosen = !entity.id_prefix.is_empty() && own_id.starts_with(&entity.id_prefix);
    let members = create.iter().chain(later).filter(|member| member.name != "id" || !chosen);
    let members = members.filter(|member| !entity.drifting.contains(&member.name));
    let mut params = exporter.members(&members.collect::<Vec<_>>(), body, "");
    let exclusive = constraints().get(&format!("{}.Create", entity.key)).map_or(&[][..], |it| &it.exclusive);
    for (first, second) in exclusive {
        if params.contains_key(first) {
            params.shift_remove(second);
        }
    }
    params.extend(places(entity, locator));
    params
}

/// The params of a create that name the object's parents, and the object itself if a create is sent to an
/// existing one.
pub(super) fn places(entity: &'static Entity, locator: &str) -> impl Iterator<Item = (String, Json)> {
    let names_itself = entity.create_operation().is_some_and(Operation::is_of_one);
    let places = placed(entity, locator).into_iter().filter(move |(place, _)| *place != "id" || names_itself);
    places.map(|(place, id)| (place.to_owned(), Json::String(id)))
}

/// The member that repeats an amount in other currencies, and also in the object's own.
const BY_CURRENCY: &str = "currency_options";

/// Amounts by currency without the object's own currency, whose amount is set in a separate member.
fn without_own_currency(mut options: Json, body: &Json) -> Option<Json> {
    let own = body.get("currency").and_then(Json::as_str).unwrap_or_default();
    let by_currency = options.as_object_mut()?;
    by_currency.shift_remove(own);
    (!by_currency.is_empty()).then_some(options)
}

#[derive(Clone, Copy)]
struct Exporter {
    entity: &'static Entity,
    with_defaults: bool,
}

impl Exporter {
    fn members(self, members: &[&Member], body: &Json, place: &str) -> Params {
        let exported = members.iter().filter(|member| is_taken(member, body)).filter_map(|member| {
            let now = body.get(&member.name)?;
            let mut value = self.value(&member.shape, now, &join_path(place, &member.name));
            if member.name == BY_CURRENCY {
                value = value.and_then(|value| without_own_currency(value, body));
            }
            Some((member.name.clone(), value.or_else(|| empty(&member.shape, now))?))
        });
        self.one_spelling(exported.collect(), place)
    }

    /// Keeps only one spelling of each value: the one without decimals, and the newer one.
    fn one_spelling(self, mut params: Params, place: &str) -> Params {
        let doubled = |name: &String| {
            let newer = self.entity.superseded.get(&join_path(place, name)).map(String::as_str);
            newer.or_else(|| whole_spelling(name)).is_some_and(|other| params.contains_key(other))
        };
        let doubled: Vec<String> = params.keys().filter(|name| doubled(name)).cloned().collect();
        params.retain(|name, _| !doubled.contains(name));
        params
    }

    /// The default of a param.
    fn default(self, path: &str) -> Option<&'static Json> {
        self.entity.defaults.get(path).or_else(|| self.entity.words.usual.get(path))
    }

    /// An object that has at least one member and all members that Stripe requires.
    fn object(self, members: &[Member], now: &Json, path: &str) -> Option<Json> {
        let mut params = self.members(&members.iter().collect::<Vec<_>>(), now, path);
        if params.is_empty() {
            return None;
        }
        for member in members.iter().filter(|member| member.shape.is_required()) {
            if !params.contains_key(&member.name) {
                // It was left out because it has its default.
                let default = self.default(&join_path(path, &member.name))?;
                let shown = now.get(&member.name).filter(|now| equal(Some(&member.shape), default, now))?;
                params.insert(member.name.clone(), shown.clone());
            }
        }
        Some(Json::Object(params))
    }

    fn value(self, shape: &Shape, now: &Json, path: &str) -> Option<Json> {
        let default = self.default(path);
        let unset = now.is_null() || now.as_str() == Some("");
        if unset || shape.sensitive || self.entity.is_secret(path) {
            return None;
        }
        if !self.with_defaults && default.is_some_and(|default| equal(Some(shape), default, now)) {
            return None;
        }
        match &shape.kind {
            Kind::Object(members) => self.object(members, now, path),
            Kind::List(item) | Kind::Set(item) => {
                let items = elements(now)?.iter().map(|now| self.value(item, now, path));
                let items = items.collect::<Option<Vec<Json>>>()?;
                (!items.is_empty()).then_some(Json::Array(items))
            }
            Kind::Map(value) => {
                let entries = now.as_object()?.iter().map(|(key, now)| (key, self.value(value, now, path)));
                let entries: Map<_, _> =
                    entries.filter_map(|(key, value)| Some((key.clone(), value?))).collect();
                (!entries.is_empty()).then_some(Json::Object(entries))
            }
            Kind::Union(shapes) => shapes.iter().find_map(|shape| self.value(shape, now, path)),
            Kind::Any | Kind::File | Kind::Page(_) | Kind::Range | Kind::Whole(_) => None,
            _ => accepted(reference(now), shape),
        }
    }
}

/// Whether a param takes the value that Stripe answers. For example, an account that was created in another
/// way may have a type that no create takes.
fn is_taken(member: &Member, body: &Json) -> bool {
    let word = body.get(&member.name).and_then(Json::as_str);
    match (&member.shape.kind, word) {
        (Kind::Enum(words), Some(word)) => {
            member.shape.is_required() || words.iter().any(|known| known == word)
        }
        _ => true,
    }
}

/// An empty object, if Stripe requires the object and none of its members.
fn empty(shape: &Shape, now: &Json) -> Option<Json> {
    let members = shape.members().filter(|_| shape.is_required() && now.is_object())?;
    let may_be = members.iter().all(|member| !member.shape.is_required());
    may_be.then(|| Json::Object(Map::new()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::export;
    use crate::connector::entity;

    fn exported(name: &str, locator: &str, body: &Json) -> Json {
        Json::Object(export(entity(name).unwrap(), locator, body))
    }

    #[test]
    fn a_price_is_exported_with_one_spelling_of_its_amount_and_without_defaults() {
        let body = json!({"id": "price_1", "object": "price", "active": true, "currency": "usd",
            "billing_scheme": "per_unit", "unit_amount": 1500, "unit_amount_decimal": "1500", "nickname": null,
            "metadata": {}, "product": {"id": "prod_1", "object": "product", "name": "A"},
            "recurring": {"interval": "month", "interval_count": 1, "meter": null, "usage_type": "licensed"},
            "type": "recurring"});
        let expected = json!({"billing_scheme": "per_unit", "currency": "usd", "product": "prod_1",
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}, "unit_amount": 1500});
        assert_eq!(exported("Price", "price_1", &body), expected);
    }

    #[test]
    fn what_an_object_belongs_to_is_exported_and_secrets_and_ids_that_stripe_chose_are_not() {
        let tax_id = json!({"id": "txi_1", "object": "tax_id", "type": "eu_vat", "value": "DE1"});
        let expected = json!({"type": "eu_vat", "value": "DE1", "customer": "cus_1"});
        assert_eq!(exported("CustomerTaxId", "cus_1/txi_1", &tax_id), expected);
        let product = json!({"id": "prod_1", "name": "A", "package_dimensions": null});
        assert_eq!(exported("Product", "prod_1", &product), json!({"name": "A"}));
        assert_eq!(
            exported("Product", "own", &json!({"id": "own", "name": "A"})),
            json!({"name": "A", "id": "own"})
        );
        let endpoint =
            json!({"id": "we_1", "url": "https://a.test", "enabled_events": ["*"], "secret": "whsec_1"});
        let expected = json!({"enabled_events": ["*"], "url": "https://a.test"});
        assert_eq!(exported("WebhookEndpoint", "we_1", &endpoint), expected);
    }

    #[test]
    fn the_items_of_a_page_are_exported_as_the_list_that_makes_them() {
        let body = json!({"id": "sub_1", "customer": "cus_1", "items": {"object": "list", "data": [
            {"id": "si_1", "price": {"id": "price_1", "object": "price"}, "plan": {"id": "price_1", "object": "plan"},
                "quantity": 2, "metadata": {}}]}, "billing_cycle_anchor": 1_924_992_000});
        let found = exported("Subscription", "sub_1", &body);
        assert_eq!(found, json!({"customer": "cus_1", "items": [{"price": "price_1", "quantity": 2}]}));
    }
}
