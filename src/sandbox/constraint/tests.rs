use serde_json::json;

use super::*;
use crate::catalog::{Entity, Member, OperationKind, catalog, find};

fn read() -> BTreeMap<String, Constraints> {
    toml::from_str(include_str!("../constraint.toml")).unwrap()
}

fn called(name: &str) -> (&'static Entity, &'static [Member]) {
    if let Some((entity, action)) = catalog().action(name) {
        return (entity, &action.params);
    }
    let (key, kind) = name.rsplit_once('.').unwrap();
    let kinds = [OperationKind::Create, OperationKind::Update, OperationKind::Delete, OperationKind::List];
    let kind = kinds.into_iter().find(|known| format!("{known:?}") == kind).unwrap();
    let entity = catalog().by_key(key).unwrap_or_else(|| panic!("there is no {key}"));
    (entity, &entity.operation(kind).unwrap_or_else(|| panic!("{name} is no call")).params)
}

/// Returns the type of object to which a path of params and fields leads.
fn led_to(entity: &'static Entity, params: &'static [Member], path: &str) -> &'static Entity {
    let (mut members, mut found) = (params, None);
    for name in path.split('.') {
        // A name in the path is the object itself, one of its fields, or an owner.
        let field = find(members, name).or_else(|| find(&entity.fields, name));
        let named = field.and_then(|field| field.shape.objects().first()).map_or(name, String::as_str);
        let entity = if name == "path_id" { Some(entity) } else { catalog().by_key(named) };
        let inner = field.and_then(|field| field.shape.members());
        members = inner.or(entity.map(|entity| entity.fields.as_slice())).unwrap_or_default();
        found = entity;
    }
    found.unwrap_or_else(|| panic!("there is no {path}"))
}

#[test]
fn every_constraint_is_about_a_param_of_its_call() {
    for (name, constraints) in read() {
        let (entity, known) = called(&name);
        let rules = constraints.rules.iter().flat_map(|rule| {
            rule.given.iter().chain(&rule.lacks).chain(rule.when.keys()).chain(rule.unless.keys())
        });
        let pairs = constraints.exclusive.iter().flat_map(|(first, second)| [first, second]);
        let bounds = constraints.least.keys();
        let but = constraints.locked.iter().flat_map(|locked| &locked.but);
        assert!(
            constraints
                .taken
                .iter()
                .chain(&constraints.there)
                .all(|value| catalog().by_key(&value.of).is_some()),
            "{name}"
        );
        let texts = constraints.minutes.iter();
        let named = constraints.demanded.iter().chain(&constraints.future).chain(texts);
        let compared = constraints.rules.iter().flat_map(Rule::bounds).map(|(path, ..)| path);
        let all = named.chain(compared).chain(bounds).chain(pairs).chain(but);
        for path in all.chain(rules) {
            let first = path.split('.').next().unwrap();
            // The platform of an account is not a param.
            assert!(path == "platform" || find(known, first).is_some(), "{name} has no param {path}");
        }
        for rule in &constraints.rules {
            let subject = rule.of.first().map_or(entity, |path| led_to(entity, known, path));
            let fields = rule.is.keys().chain(rule.is_not.keys()).chain(&rule.past);
            let strange =
                fields.filter(|path| !path.starts_with('_')).find(|path| subject.field_at(path).is_none());
            assert_eq!(strange, None, "{name} is about {}", subject.object);
        }
    }
}

#[test]
fn rules_are_met_by_what_is_given_and_what_is_not() {
    let grant = &read()["billing.credit_grant.Create"];
    let refused = |scope: Json, expires_at: i64| {
        let params = json!({"customer": "cus_1", "amount": {"monetary": {}}, "effective_at": 9, "expires_at": expires_at,
            "applicability_config": {"scope": scope}});
        let mut params = params;
        params["amount"]["monetary"]["value"] = json!(1);
        let failure = grant.check(params.as_object().unwrap(), 10).err()?;
        Some(failure.error["param"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(json!({"price_type": "metered"}), 10), None);
    assert_eq!(refused(json!({}), 10).as_deref(), Some("applicability_config[scope]"));
    assert_eq!(refused(json!({"price_type": "metered"}), 9).as_deref(), Some("expires_at"));
}
