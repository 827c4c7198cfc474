//! Decides by their shape whether two values are the same.
//!
//! Stripe rarely answers a value letter by letter as it was sent: `USD` comes back as `usd`, `10.50` as
//! `10.5`, a reference as an expanded object. Values may differ only in ways that the shape allows: a text
//! keeps its case, a list its order.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::catalog::{Kind, Member, Shape, other_spelling};
use crate::connector::{compare_numbers, elements, reference, scalar};
use crate::engine::Params;
use crate::engine::params::accepted;

/// Whether Stripe treats two values as equal: `"1500"` and `1500`, an id and the object with this id. Without
/// a shape, only numbers may have two spellings.
pub(super) fn equal(shape: Option<&Shape>, a: &Json, b: &Json) -> bool {
    // Two whole objects may have the same id and still differ.
    let both_whole = a.is_object() && b.is_object();
    match if both_whole { (a, b) } else { (reference(a), reference(b)) } {
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| equal_member(shape, (name, value), a, b))
        }
        (Json::Array(a), Json::Array(b)) => pairwise(shape, a, b, equal),
        (a, b) => a == b || equal_scalars(shape, a, b),
    }
}

/// Whether a member of one object is also in another, either under its name or under the other spelling of
/// its value: `unit_amount_decimal = "1500"` and `unit_amount = 1500`.
fn equal_member(shape: Option<&Shape>, (name, value): (&str, &Json), a: &Params, b: &Params) -> bool {
    if let Some(other) = b.get(name) {
        return equal(inside(shape, name), value, other);
    }
    is_respelled(shape.and_then(Shape::members).unwrap_or_default(), (name, value), a, b)
}

/// Whether `others` has the value under its other spelling, and `these` does not use that spelling itself.
pub(super) fn is_respelled(
    known: &[Member],
    (name, value): (&str, &Json),
    these: &Params,
    others: &Params,
) -> bool {
    let twin = other_spelling(known, name).filter(|twin| !these.contains_key(&twin.name));
    let other = twin.and_then(|twin| Some((&twin.shape, others.get(&twin.name)?)));
    other.is_some_and(|(shape, other)| equal(Some(shape), other, value))
}

/// Whether Stripe's answer matches what is wanted; members that nobody wrote do not count.
pub(super) fn fulfils(shape: Option<&Shape>, desired: &Json, now: &Json) -> bool {
    let is_null = |shape: Option<&Shape>, desired: &Json| fulfils(shape, desired, &Json::Null);
    agrees(shape, desired, now, fulfils, is_null)
}

/// Like [`fulfils`], but a member that Stripe does not answer counts as fulfilled. A key that a map lacks
/// does not. If an object is answered by its id alone, none of its members are answered.
pub(super) fn may_fulfil(shape: Option<&Shape>, desired: &Json, now: &Json) -> bool {
    desired.is_object() && now.is_string() || agrees(shape, desired, now, may_fulfil, |_, _| true)
}

/// Whether Stripe's answer matches what is wanted. `inner` compares members and items, and `missing` decides
/// about members that Stripe does not answer.
fn agrees(
    shape: Option<&Shape>,
    desired: &Json,
    now: &Json,
    inner: fn(Option<&Shape>, &Json, &Json) -> bool,
    missing: impl Fn(Option<&Shape>, &Json) -> bool,
) -> bool {
    match (desired, now) {
        (Json::Object(params), Json::Object(_)) => params.iter().all(|(name, desired)| {
            let (is_key, shape) = (shape.and_then(Shape::map_value).is_some(), inside(shape, name));
            match now.get(name) {
                Some(now) => inner(shape, desired, now),
                None if is_key => fulfils(shape, desired, &Json::Null),
                None => missing(shape, desired),
            }
        }),
        (Json::Array(desired), Json::Null) => desired.is_empty(),
        (Json::Array(desired), now) => elements(now).is_some_and(|now| pairwise(shape, desired, now, inner)),
        (Json::String(text), Json::Null) => text.is_empty(),
        (Json::Null, _) => true,
        (desired, now) => equal(shape, desired, now),
    }
}

/// Whether the items of two lists agree: one by one in a list, in any order in a set. In a set, repeated
/// scalars count once, but the number of objects must be the same.
fn pairwise(
    shape: Option<&Shape>,
    a: &[Json],
    b: &[Json],
    agree: fn(Option<&Shape>, &Json, &Json) -> bool,
) -> bool {
    let item = shape.and_then(Shape::item);
    if !shape.is_some_and(Shape::is_set) {
        return a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(item, a, b));
    }
    let are_objects = a.iter().chain(b).any(Json::is_object);
    if are_objects && a.len() != b.len() {
        return false;
    }
    a.iter().all(|a| b.iter().any(|b| agree(item, a, b)))
        && b.iter().all(|b| a.iter().any(|a| agree(item, a, b)))
}

fn equal_scalars(shape: Option<&Shape>, a: &Json, b: &Json) -> bool {
    let (Some(x), Some(y)) = (scalar(a), scalar(b)) else { return false };
    let numeric = (a.is_number() && b.is_number()) || shape.is_some_and(Shape::is_numeric);
    let moments = || x.parse::<Timestamp>().is_ok_and(|x| y.parse::<Timestamp>().is_ok_and(|y| x == y));
    x == y
        || (numeric && compare_numbers(&x, &y).is_some_and(std::cmp::Ordering::is_eq))
        || (shape.is_some_and(Shape::folds_case) && x.eq_ignore_ascii_case(&y))
        || (shape.is_some_and(|shape| shape.kind == Kind::DateTime) && moments())
}

/// The shape of a member, or of a key of a map.
pub(super) fn inside<'s>(shape: Option<&'s Shape>, name: &str) -> Option<&'s Shape> {
    let shape = shape?;
    shape.member(name).map(|member| &member.shape).or_else(|| shape.map_value())
}

/// Whether an update takes a value of this kind. For example, a create may take a time where the update takes
/// only certain words. The contents of an object or a list are checked separately.
pub(super) fn fits(value: &Json, shape: &Shape) -> bool {
    match (&shape.kind, value) {
        (Kind::Union(shapes), _) => shapes.iter().any(|shape| fits(value, shape)),
        (Kind::Enum(_), Json::Number(_) | Json::Bool(_)) => false,
        (_, Json::Object(_) | Json::Array(_) | Json::Null) => true,
        _ => accepted(value, shape).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{equal, fulfils};
    use crate::catalog::{Kind, Shape};

    fn list(kind: fn(Box<Shape>) -> Kind) -> Shape {
        Shape::new(kind(Box::new(Shape::text())))
    }

    #[test]
    fn only_what_the_shape_allows_may_be_spelled_otherwise() {
        let decimal = Shape::new(Kind::Decimal);
        let rows: [(Shape, Json, Json, bool); 12] = [
            (Shape::text(), json!("acme"), json!("ACME"), false),
            (Shape::text(), json!("1"), json!("1.0"), false),
            (Shape::new(Kind::Currency), json!("USD"), json!("usd"), true),
            (Shape::new(Kind::Integer), json!("1500"), json!(1500), true),
            (decimal.clone(), json!("10.50"), json!("10.5"), true),
            (decimal.clone(), json!("19.0"), json!(19), true),
            (decimal, json!("0.1"), json!("0.10001"), false),
            (Shape::new(Kind::Boolean), json!("true"), json!(true), true),
            (
                Shape::new(Kind::DateTime),
                json!("2030-01-01T00:00:00Z"),
                json!("2030-01-01T00:00:00.000Z"),
                true,
            ),
            (
                Shape::new(Kind::Id(Vec::new())),
                json!("cus_1"),
                json!({"id": "cus_1", "object": "customer"}),
                true,
            ),
            (list(Kind::List), json!(["a", "b"]), json!(["b", "a"]), false),
            (list(Kind::Set), json!(["a", "b"]), json!(["b", "a"]), true),
        ];
        for (shape, a, b, expected) in rows {
            assert_eq!(equal(Some(&shape), &a, &b), expected, "{a} {b} {shape:?}");
            assert_eq!(equal(Some(&shape), &b, &a), expected, "{b} {a} {shape:?}");
        }
    }

    #[test]
    fn repetition_counts_in_a_list_and_not_in_a_set() {
        let (twice, once) = (json!(["a", "a"]), json!(["a"]));
        assert!(!equal(Some(&list(Kind::List)), &twice, &once));
        assert!(equal(Some(&list(Kind::Set)), &twice, &once));
        assert!(!equal(Some(&list(Kind::Set)), &twice, &json!(["a", "b"])));
        let items = Shape::new(Kind::Set(Box::new(Shape::new(Kind::Object(Vec::new())))));
        let item = json!({"price": "price_1"});
        assert!(!equal(Some(&items), &json!([item, item]), &json!([item])));
    }

    #[test]
    fn what_nobody_wrote_does_not_count() {
        let now = json!({"city": "Bern", "line1": null});
        assert!(fulfils(None, &json!({"city": "Bern"}), &now));
        assert!(fulfils(None, &json!({"line1": ""}), &now));
        assert!(!fulfils(None, &json!({"city": "Basel"}), &now));
        let page =
            json!({"object": "list", "data": [{"price": {"id": "price_1", "object": "price"}, "x": 1}]});
        assert!(fulfils(None, &json!([{"price": "price_1"}]), &page));
        assert!(!fulfils(None, &json!([{"price": "price_2"}]), &page));
    }
}
