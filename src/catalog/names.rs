//! Resolves names, in the only place that does, and suggests the name that was meant.
//!
//! A practitioner may write a name as Stripe does (`payment_method`), in PascalCase (`PaymentMethod`),
//! with dots into objects (`address.city`) or through several levels at once (`AddressCity`). Payloads,
//! filter clauses, sort fields and schemas all use this module.

use super::index::catalog;
use super::shape::{Kind, Member, Shape, find};

/// The similarity from which one name is suggested for another, 0 to 1.
const ALIKE: f64 = 0.8;
/// The connector's suffix for a column that holds an object, a list or a map.
const AGGREGATE: &str = "aggregate";
/// How much of one name must be in the other, 0 to 1.
const SAME: f64 = 0.55;
/// A key of at least this length may be only a part of the intended name.
const TELLING: usize = 5;
/// A longer text is not a misspelt name; also the number of its characters that a message repeats.
const LONGEST: usize = 100;

/// The result of resolving a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved<'m> {
    /// The members on the way, outermost first, in Stripe's spelling; below a map its key.
    pub path: Vec<String>,
    /// The type at its end; None inside an object that the catalog does not describe here.
    pub shape: Option<&'m Shape>,
}

/// The reason why a name cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// No member has this name.
    Unknown {
        /// The name that was probably meant, in Stripe's spelling.
        suggestion: Option<String>,
    },
    /// A dot follows a single value.
    NoMembers {
        /// The member without members.
        name: String,
    },
}

/// Resolves a name among these members.
pub fn resolve<'m>(name: &str, members: &'m [Member]) -> Result<Resolved<'m>, Unresolved> {
    if let Some(member) = find(members, name) {
        return Ok(Resolved { path: vec![member.name.clone()], shape: Some(&member.shape) });
    }
    let unknown = |part: &str| Unresolved::Unknown { suggestion: suggest(part, members) };
    match name.split_once('.') {
        Some((head, rest)) => below(alias(head, members).ok_or_else(|| unknown(head))?, rest, resolve),
        None => run_together(&normalize(name), members).ok_or_else(|| unknown(name)),
    }
}

/// Returns the member whose name is the key in another spelling. `CustomerId` is `customer` if nothing is
/// called `customer_id`, and `MetadataAggregate` is `metadata`.
fn alias<'m>(key: &str, members: &'m [Member]) -> Option<&'m Member> {
    let key = normalize(key);
    let by = |key: &str| members.iter().find(|member| normalize(&member.name) == key);
    let id = || by(key.strip_suffix("id")?).filter(|member| may_be_id(&member.shape));
    let aggregate = || by(key.strip_suffix(AGGREGATE)?).filter(|member| holds_many(&member.shape));
    by(&key).or_else(id).or_else(aggregate)
}

/// Returns whether it may be an object, a list or a map.
fn holds_many(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::List(_) | Kind::Map(_) | Kind::Object(_) | Kind::Page(_) | Kind::Set(_) | Kind::Whole(_) => {
            true
        }
        Kind::Union(shapes) => shapes.iter().any(holds_many),
        _ => false,
    }
}

/// Returns whether it is a text, or an object that an id may represent.
fn may_be_id(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::Whole(_) => true,
        Kind::Union(shapes) => shapes.iter().any(may_be_id),
        _ => shape.is_text(),
    }
}

/// Resolves a key without separators, which may lead through several levels: `addresscity`.
fn run_together<'m>(key: &str, members: &'m [Member]) -> Option<Resolved<'m>> {
    if let Some(member) = alias(key, members) {
        return Some(Resolved { path: vec![member.name.clone()], shape: Some(&member.shape) });
    }
    members.iter().find_map(|member| {
        let rest = key.strip_prefix(&normalize(&member.name)).filter(|_| member.shape.members().is_some())?;
        let inner = |rest: &str, members: &'m [Member]| {
            run_together(rest, members).ok_or(Unresolved::Unknown { suggestion: None })
        };
        below(member, rest, inner).ok()
    })
}

/// Resolves `rest` inside a member.
fn below<'m>(
    member: &'m Member,
    rest: &str,
    resolve: impl Fn(&str, &'m [Member]) -> Result<Resolved<'m>, Unresolved>,
) -> Result<Resolved<'m>, Unresolved> {
    let shape = &member.shape;
    let (inside, shape) = if let Some(members) = shape.members() {
        let inner = resolve(rest, members)?;
        (inner.path, inner.shape)
    } else if let Some(value) = shape.map_value() {
        // A map key may itself contain dots.
        (vec![rest.to_owned()], Some(value))
    } else if let Some(inner) = inside_whole(shape, rest) {
        let inner = inner?;
        (inner.path, inner.shape)
    } else if is_opaque(&shape.kind) {
        (rest.split('.').map(str::to_owned).collect(), None)
    } else {
        return Err(Unresolved::NoMembers { name: member.name.clone() });
    };
    Ok(Resolved { path: [vec![member.name.clone()], inside].concat(), shape })
}

/// Resolves a name inside the possible whole objects, if the catalog describes their types; returns None
/// if the value may also be something else.
fn inside_whole(shape: &Shape, rest: &str) -> Option<Result<Resolved<'static>, Unresolved>> {
    let fields = whole_fields(&shape.kind)?;
    let mut found = fields.into_iter().map(|members| resolve(rest, members));
    let first = found.next()?;
    Some(first.or_else(|why| found.find_map(Result::ok).ok_or(why)))
}

/// Returns the fields of the types of whole objects; None if the catalog does not describe all of them.
fn whole_fields(kind: &Kind) -> Option<Vec<&'static [Member]>> {
    match kind {
        Kind::Whole(object) => Some(vec![catalog().by_key(object)?.fields.as_slice()]),
        Kind::Union(shapes) => {
            let objects = shapes.iter().filter(|shape| is_opaque(&shape.kind));
            let fields: Option<Vec<_>> = objects.map(|shape| whole_fields(&shape.kind)).collect();
            Some(fields?.concat()).filter(|fields| !fields.is_empty())
        }
        _ => None,
    }
}

/// Returns whether it is an object whose members are elsewhere in the catalog.
fn is_opaque(kind: &Kind) -> bool {
    match kind {
        Kind::Any | Kind::Whole(_) => true,
        Kind::Union(shapes) => shapes.iter().any(|shape| is_opaque(&shape.kind)),
        _ => false,
    }
}

/// Removes the differences between spellings from a name: `PaymentMethod` and `payment_method` become
/// equal.
pub fn normalize(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect()
}

/// Returns the member that a wrong name probably meant.
pub fn suggest(name: &str, members: &[Member]) -> Option<String> {
    closest(name, members.iter().map(|member| (member.name.as_str(), &member.name))).cloned()
}

/// Returns the candidate whose spelling is most similar to the name, if one is similar enough.
pub fn closest<'c, T>(name: &str, candidates: impl IntoIterator<Item = (&'c str, T)>) -> Option<T> {
    if name.len() > LONGEST {
        return None;
    }
    let scored = candidates.into_iter().map(|(spelling, meant)| (likeness(name, spelling), meant));
    // Among equals, the first one wins.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// Quotes a text for a message, cut if it is too long for a name.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
    }
}

/// Returns the similarity of two names, whatever their spelling: 0 to 1, and more for a name that contains
/// the whole key, which is closer than one with merely the same beginning; the less the name adds to the
/// key, the closer it is.
pub fn likeness(key: &str, name: &str) -> f64 {
    let (key, name) = (normalize(key), normalize(name));
    if key.len() >= TELLING && name.contains(&key) {
        return 1.0 + strsim::normalized_levenshtein(&key, &name);
    }
    // Names with the same beginning score well whatever follows: `payment_method_types` is not
    // `payment_intent_id`.
    let is_same = strsim::normalized_damerau_levenshtein(&key, &name) >= SAME || shortens(&key, &name);
    if is_same { strsim::jaro_winkler(&key, &name) } else { 0.0 }
}

/// Returns whether a key is a name with some letters left out: `qty` for `quantity`.
fn shortens(key: &str, name: &str) -> bool {
    let mut letters = name.chars();
    key.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

/// Returns the dotted path of a member at a path: `address`, `city` → `address.city`.
pub fn join_path(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The indefinite article for words: `an` invoice, `a` price.
pub fn article(words: &str) -> &'static str {
    if words.starts_with(['A', 'a', 'e', 'i', 'o']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::{Unresolved, closest, resolve};
    use crate::catalog::{OperationKind, catalog};

    fn path(entity: &str, name: &str) -> Result<String, Unresolved> {
        let entity = catalog().entity(entity).unwrap();
        resolve(name, &entity.operation(OperationKind::Create).unwrap().params).map(|it| it.path.join(" "))
    }

    #[test]
    fn every_spelling_leads_to_the_same_member() {
        for spelling in
            ["payment_method", "PaymentMethod", "paymentMethod", "PAYMENTMETHOD", "PaymentMethodId"]
        {
            assert_eq!(path("PaymentIntent", spelling).unwrap(), "payment_method", "{spelling}");
        }
        for spelling in ["address.city", "AddressCity", "Address.City", "addresscity"] {
            assert_eq!(path("Customer", spelling).unwrap(), "address city", "{spelling}");
        }
        assert_eq!(path("Customer", "MetadataAggregate").unwrap(), "metadata");
        assert_eq!(path("Customer", "ShippingAddressAggregate").unwrap(), "shipping address");
        assert_eq!(path("Subscription", "ItemsAggregate").unwrap(), "items");
        assert!(path("Customer", "NameAggregate").is_err());
        assert_eq!(path("Customer", "Metadata.Order.Id").unwrap(), "metadata Order.Id");
    }

    #[test]
    fn a_name_that_leads_nowhere_says_where_it_ended() {
        let meant = |name: &str| Unresolved::Unknown { suggestion: Some(name.to_owned()) };
        assert_eq!(path("Customer", "Nmae").unwrap_err(), meant("name"));
        assert_eq!(path("Customer", "address.ctiy").unwrap_err(), meant("city"));
        assert_eq!(path("Customer", "zzz").unwrap_err(), Unresolved::Unknown { suggestion: None });
        assert_eq!(
            path("Customer", "name.first").unwrap_err(),
            Unresolved::NoMembers { name: "name".into() }
        );
    }

    #[test]
    fn the_most_alike_is_meant_and_nothing_where_none_is_alike() {
        let names = ["name", "email", "description"].map(|name| (name, name));
        assert_eq!(closest("nmae", names), Some("name"));
        assert_eq!(closest("descr", names), Some("description"));
        assert_eq!(closest("dscrption", names), Some("description"));
        assert_eq!(closest("desc", names), Some("description"));
        assert_eq!(closest("zzz", names), None);
        assert_eq!(closest("PaymentMethodTypes", [("PaymentIntentId", ())]), None);
        let amounts = ["custom_unit_amount", "unit_amount"].map(|name| (name, name));
        assert_eq!(closest("amount", amounts), Some("unit_amount"));
    }
}
