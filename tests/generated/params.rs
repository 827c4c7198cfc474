//! What a change means, for every param that an update takes of every type of object, at every depth
//! below objects: removed, with another letter case, with other decimals, in another order, not
//! known yet; and what an import makes of every object.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Clearing, Entity, Kind, Member, Shape, at as shape_at, catalog};
use stripe_provider::engine::{Change, DesiredParams, Object, WrittenParams, export, parse};

use crate::samples::{Place, answer, at, places, sample, updatable};

type Params = Map<String, Json>;
/// How many params there are of each kind.
type Ledger = BTreeMap<&'static str, usize>;

fn change(entity: &'static Entity, before: &Params, after: &Params) -> Change {
    let object = Object::new(entity, "id_1".to_owned(), before.clone(), Json::Null);
    object.change_to(&DesiredParams { params: after.clone(), ..DesiredParams::default() })
}

/// Whether every object in params has what Stripe requires of it.
fn is_whole(params: &Params, members: &[Member]) -> bool {
    params.iter().all(|(name, value)| {
        let shape = members.iter().find(|member| member.name == *name).map(|member| &member.shape);
        match (value, shape.and_then(Shape::members)) {
            (Json::Object(inner), Some(members)) => {
                let mut required = members.iter().filter(|member| member.shape.is_required());
                required.all(|member| inner.contains_key(&member.name)) && is_whole(inner, members)
            }
            _ => true,
        }
    })
}

/// What became of a param that was removed, or what is wrong with it.
fn removed(entity: &'static Entity, place: &Place<'_>, update: &[Member]) -> Result<&'static str, String> {
    let value = sample(place.shape(), "b");
    let found = change(entity, &place.params(Some(&value)), &place.params(None));
    let dotted = place.dotted();
    if !is_whole(&found.update, update) {
        return Err(format!("{dotted}: an update would lack what Stripe requires: {:?}", found.update));
    }
    let inside = format!("{dotted}.");
    let stays = found.uncleared.iter().any(|path| *path == dotted || path.starts_with(&inside));
    match (at(&found.update, &place.names()), place.shape().clearing) {
        (Some(sent), Clearing::Empty) if *sent == json!("") => Ok("unset by the empty text"),
        (Some(Json::Null), Clearing::Null) => Ok("unset by null"),
        (Some(sent), Clearing::Never) if entity.defaults.get(&dotted) == Some(sent) => {
            Ok("set to its default")
        }
        (Some(Json::Object(_)), Clearing::Never) => Ok("unset member by member"),
        (None, Clearing::Never) if stays => Ok("stays, with a warning"),
        (None, Clearing::Never) if found.is_nothing() && is_default(entity, &dotted, &value) => {
            Ok("its default already")
        }
        (sent, clearing) => {
            Err(format!("{dotted}: {clearing:?}, but sent is {sent:?}, and {:?} stay", found.uncleared))
        }
    }
}

/// Whether a value is what Stripe takes where nothing is written, or an object of nothing else.
fn is_default(entity: &Entity, dotted: &str, value: &Json) -> bool {
    let inside = |(name, value): (&String, &Json)| is_default(entity, &format!("{dotted}.{name}"), value);
    entity.defaults.get(dotted) == Some(value)
        || value.as_object().is_some_and(|members| members.iter().all(inside))
}

/// What is found of a param that only says how a call is done: no edit of it causes a call.
fn causes_nothing(entity: &'static Entity, place: &Place<'_>) -> Result<&'static str, String> {
    let [a, b] = ["a", "b"].map(|tag| place.params(Some(&sample(place.shape(), tag))));
    let none = place.params(None);
    let edits = [(&a, &b), (&a, &none), (&none, &a)];
    let caused = edits.iter().find(|(before, after)| !change(entity, before, after).is_nothing());
    caused.map_or(Ok("says how a call is done, and causes none"), |edit| {
        Err(format!("{}: an edit causes a call: {edit:?}", place.dotted()))
    })
}

#[test]
fn every_param_that_is_removed_is_unset_or_its_staying_is_said() {
    let (mut ledger, mut wrong) = (Ledger::new(), Vec::new());
    for (entity, update) in updatable() {
        for place in places(update) {
            // Without what Stripe requires a payload is refused.
            let became = if place.path.len() > 1 && place.shape().is_required() {
                Ok("refused, for it is required")
            } else if entity.is_modifier(&place.dotted()) {
                causes_nothing(entity, &place)
            } else {
                removed(entity, &place, update)
            };
            match became {
                Ok(became) => *ledger.entry(became).or_default() += 1,
                Err(why) => wrong.push(format!("{} {why}", entity.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} params:\n{}", wrong.len(), wrong.join("\n"));
    let expected = Ledger::from([
        ("its default already", 116),
        ("refused, for it is required", 275),
        ("says how a call is done, and causes none", 15),
        ("set to its default", 23),
        ("stays, with a warning", 1220),
        ("unset by null", 468),
        ("unset by the empty text", 916),
        ("unset member by member", 112),
    ]);
    assert_eq!(ledger, expected, "what becomes of removed params");
}

/// Whether a change sends exactly this value at the place of a param.
fn sends(change: &Change, place: &Place<'_>, value: &Json) -> bool {
    at(&change.update, &place.names()) == Some(value) && change.replaces.is_empty()
}

/// What is found of one param that is edited in ways that mean something, or nothing.
fn edited(entity: &'static Entity, place: &Place<'_>) -> Result<&'static str, &'static str> {
    let edit =
        |before: &Json, after: &Json| change(entity, &place.params(Some(before)), &place.params(Some(after)));
    let shape = place.shape();
    let two = [sample(shape, "a"), sample(shape, "b")];
    if entity.settled.contains_key(&place.dotted()) {
        let is_fixed = edit(&two[0], &two[1]).replaces == [place.dotted()];
        return if is_fixed {
            Ok("is settled: another value needs a new object")
        } else {
            Err("it is updated")
        };
    }
    if two[0] != two[1] && !sends(&edit(&two[0], &two[1]), place, &two[1]) && !two[1].is_object() {
        return Err("another value is not sent");
    }
    match &shape.kind {
        Kind::Currency if edit(&json!("usd"), &json!("USD")).is_nothing() => Ok("letter case means nothing"),
        Kind::Currency => Err("letter case counts"),
        Kind::Text { .. } | Kind::Id(_) | Kind::Enum(_) => {
            let is_sent = sends(&edit(&json!("acme"), &json!("Acme")), place, &json!("Acme"));
            if is_sent { Ok("letter case counts") } else { Err("another letter case is not sent") }
        }
        Kind::Decimal | Kind::Number | Kind::Integer => {
            let same = edit(&json!("10.50"), &json!("10.5")).is_nothing()
                && edit(&json!("5.0"), &json!(5)).is_nothing();
            if same { Ok("decimals mean nothing") } else { Err("other decimals are a change") }
        }
        Kind::List(item) | Kind::Set(item) if sample(item, "a") != sample(item, "b") => {
            let (a, b) = (sample(item, "a"), sample(item, "b"));
            let (row, turned, twice) = (json!([a, b]), json!([b, a]), json!([a, b, b]));
            let is_set = matches!(shape.kind, Kind::Set(_));
            let means = [&turned, &twice].map(|after| !edit(&row, after).is_nothing());
            match (is_set, means) {
                (true, [false, false]) => Ok("a set: order and repetition mean nothing"),
                (true, [false, true]) if a.is_object() => Ok("a set of objects: order means nothing"),
                (false, [true, true]) => Ok("a list: order and repetition count"),
                _ => Err("order or repetition is not what the shape says"),
            }
        }
        _ => Ok("has one spelling"),
    }
}

#[test]
fn every_edit_of_a_param_is_sent_and_every_other_spelling_is_no_change() {
    let (mut ledger, mut wrong) = (Ledger::new(), Vec::new());
    for (entity, update) in updatable() {
        for place in places(update) {
            let found = if entity.is_modifier(&place.dotted()) {
                Ok("says how a call is done, and causes none")
            } else {
                edited(entity, &place)
            };
            match found {
                Ok(found) => *ledger.entry(found).or_default() += 1,
                Err(why) => wrong.push(format!("{} {}: {why}", entity.name, place.dotted())),
            }
        }
    }
    assert!(wrong.is_empty(), "{} params:\n{}", wrong.len(), wrong.join("\n"));
    let expected = Ledger::from([
        ("a list: order and repetition count", 127),
        ("a set of objects: order means nothing", 2),
        ("a set: order and repetition mean nothing", 65),
        ("decimals mean nothing", 164),
        ("has one spelling", 1386),
        ("is settled: another value needs a new object", 2),
        ("letter case counts", 1365),
        ("letter case means nothing", 19),
        ("says how a call is done, and causes none", 15),
    ]);
    assert_eq!(ledger, expected, "what edits of params mean");
}

#[test]
fn every_param_that_is_not_known_yet_is_updated_and_replaces_nothing() {
    let mut count = 0;
    for (entity, update) in updatable() {
        for place in places(update).into_iter().filter(|place| place.shape().members().is_none()) {
            let dotted = place.dotted();
            // Another item, or another value of what is settled, may need a new object.
            let may_need_new = entity.items.contains_key(&dotted) || entity.settled.contains_key(&dotted);
            if entity.is_modifier(&dotted) || may_need_new {
                continue;
            }
            let before = place.params(Some(&sample(place.shape(), "a")));
            let object = Object::new(entity, "id_1".to_owned(), before, Json::Null);
            let wanted = DesiredParams {
                params: place.params(None),
                unknown: vec![place.names()],
                ..DesiredParams::default()
            };
            let found = object.change_to(&wanted);
            let stays: Vec<&String> =
                found.uncleared.iter().filter(|path| **path == place.dotted()).collect();
            assert!(
                found.unknown && found.replaces.is_empty() && stays.is_empty(),
                "{} {}",
                entity.name,
                place.dotted()
            );
            count += 1;
        }
    }
    assert!(count > 2000, "{count}");
}

/// Whether somewhere in a shape stands a time.
fn is_time(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::Time | Kind::DateTime => true,
        Kind::Union(shapes) => shapes.iter().any(is_time),
        _ => false,
    }
}

#[test]
fn a_date_may_be_written_wherever_a_time_is_taken() {
    let (mut count, mut beside_words) = (0, 0);
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        for place in places(entity.params()).into_iter().filter(|place| is_time(place.shape())) {
            for text in
                ["2030-01-02", "2030-01-02T00:00:00", "2030-01-02T00:00:00Z", "2030-01-02T01:00:00+01:00"]
            {
                let written =
                    WrittenParams { members: place.params(Some(&json!(text))), unknown: Vec::new() };
                let parsed = parse(&written, entity.params())
                    .unwrap_or_else(|faults| panic!("{} {faults:?}", entity.name));
                let sent = at(&parsed.params, &place.names()).unwrap();
                let moment = [json!(1_893_542_400), json!("2030-01-02T00:00:00Z")];
                assert!(
                    moment.contains(sent),
                    "{} {}: {text} is sent as {sent}",
                    entity.name,
                    place.dotted()
                );
            }
            count += 1;
            beside_words += usize::from(matches!(place.shape().kind, Kind::Union(_)));
        }
    }
    assert!(count > 80 && beside_words >= 5, "{count}, {beside_words}");
}

#[test]
fn what_exceeds_a_limit_that_stripe_states_is_refused_at_the_param() {
    let (mut texts, mut maps) = (0, 0);
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        for place in places(entity.params()) {
            let refused = |value: &Json| {
                let written = WrittenParams { members: place.params(Some(value)), unknown: Vec::new() };
                let faults = parse(&written, entity.params()).err().unwrap_or_default();
                faults.iter().any(|fault| fault.to_string().contains(&format!("{:?} must", place.dotted())))
            };
            let letters = |count: u32| json!("x".repeat(usize::try_from(count).unwrap()));
            match &place.shape().kind {
                Kind::Text { max_length } if *max_length > 0 => {
                    let fits = !refused(&letters(*max_length)) && refused(&letters(max_length + 1));
                    assert!(fits, "{} {}", entity.name, place.dotted());
                    texts += 1;
                }
                Kind::Map(_) if place.names().last().unwrap() == "metadata" => {
                    let keys =
                        |count: u32| (0..count).map(|at| (format!("k{at}"), json!("v"))).collect::<Json>();
                    assert!(!refused(&keys(50)) && refused(&keys(51)), "{} {}", entity.name, place.dotted());
                    maps += 1;
                }
                _ => {}
            }
        }
    }
    assert!(texts > 30 && maps > 80, "{texts} texts, {maps} maps");
}

#[test]
fn an_import_with_one_differing_key_updates_that_key_alone() {
    let mut count = 0;
    for (entity, update) in updatable() {
        let fields = entity.fields.as_slice();
        for place in places(update).into_iter().filter(|place| place.shape().members().is_none()) {
            let Some(field) =
                shape_at(fields, &place.dotted()).filter(|_| !matches!(place.shape().kind, Kind::Union(_)))
            else {
                continue;
            };
            let same = field.members().is_none()
                && std::mem::discriminant(&field.kind) == std::mem::discriminant(&place.shape().kind);
            let (a, b) = (sample(place.shape(), "a"), sample(place.shape(), "b"));
            if !same
                || a == b
                || matches!(place.shape().kind, Kind::Map(_))
                || b.as_array().is_some_and(|items| items[0].is_object())
            {
                continue;
            }
            let body = Json::Object(place.params(Some(&a)));
            let object =
                Object { imported: true, ..Object::new(entity, "id_1".to_owned(), Params::new(), body) };
            let plan = |value: &Json| {
                object.change_to(&DesiredParams {
                    params: place.params(Some(value)),
                    ..DesiredParams::default()
                })
            };
            let of = || format!("{} {}", entity.name, place.dotted());
            let undone = plan(&a);
            assert!(undone.is_nothing() || undone.restores.is_some(), "{}: {undone:?}", of());
            let found = plan(&b);
            if entity.settled.contains_key(&place.dotted()) {
                assert!(found.needs_new(), "{}: {found:?}", of());
                continue;
            }
            assert!(
                sends(&found, &place, &b) && found.uncleared.is_empty() || found.restores.is_some(),
                "{}: {found:?}",
                of()
            );
            count += 1;
        }
    }
    assert!(count > 800, "{count}");
}

#[test]
fn the_payload_that_an_import_writes_plans_nothing_for_every_entity_type() {
    let (mut ledger, mut wrong) = (Ledger::new(), Vec::new());
    for entity in catalog().entities().filter_map(|name| catalog().entity(name)) {
        if entity.create_operation().is_none() {
            *ledger.entry("nothing creates or changes it").or_default() += 1;
            continue;
        }
        let body = answer(entity);
        let locator = entity.parents().into_iter().chain(["id"]).collect::<Vec<_>>().join("/");
        let params = export(entity, &locator, &body);
        let written = WrittenParams { members: params.clone(), unknown: Vec::new() };
        let wanted = match parse(&written, entity.params()) {
            Ok(wanted) => wanted,
            Err(faults) => {
                wrong.push(format!("{}: {faults:?}", entity.name));
                continue;
            }
        };
        let object = Object { imported: true, ..Object::new(entity, locator, params, body) };
        let change = object.change_to(&wanted);
        if !change.is_nothing() && change.restores.is_none() {
            wrong.push(format!("{}: {change:?}", entity.name));
        }
        let secret = entity.sensitive.iter().find(|path| {
            at(&wanted.params, &path.split('.').map(str::to_owned).collect::<Vec<_>>()).is_some()
        });
        wrong.extend(secret.map(|path| format!("{}: {path} is secret", entity.name)));
        let lacks =
            |member: &&Member| member.shape.is_required() && !wanted.params.contains_key(&member.name);
        let missing: Vec<&str> =
            entity.create_params().iter().filter(lacks).map(|member| member.name.as_str()).collect();
        let found =
            if missing.is_empty() { "is whole" } else { "lacks what Stripe shows otherwise or never" };
        *ledger.entry(found).or_default() += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let expected = Ledger::from([
        ("is whole", 101),
        ("lacks what Stripe shows otherwise or never", 15),
        ("nothing creates or changes it", 55),
    ]);
    assert_eq!(ledger, expected, "what imports write");
}
