//! Decides which shapes are secret: from names and neighbours, and from the rules.
//!
//! # Theory
//!
//! A text called `client_secret` is a secret everywhere, and so is a value that gives access by itself:
//! the address of a page that is shown once, that expires, or that has a client secret beside it. A call
//! accepts more secrets than a response shows: card numbers, bank accounts, personal numbers.

use super::model::Entity;
use super::operation::OperationKind;
use super::shape::{Kind, Member, Shape, find};

/// Names of secrets in responses and calls.
const SECRET: [&str; 5] = ["cryptogram", "cvc", "cvv", "pin", "secret"];
/// Parts of names of secrets.
const SECRET_PARTS: [&str; 4] = ["_secret", "passphrase", "password", "private_key"];
/// Names of params of which a response shows at most the end; a code that pairs a reader can be used only
/// once.
const TAKEN: [&str; 13] = [
    "account_number",
    "account_token",
    "cvc_token",
    "iban",
    "id_number",
    "id_number_secondary",
    "person_token",
    "personal_id_number",
    "refund_iban",
    "registration_code",
    "ssn_last_4",
    "token",
    "track_data",
];
/// Params whose `number` is a card number.
const CARDS: [&str; 2] = ["card", "card_present"];
/// Params whose `value` is a personal number, or a key of another service.
const VALUED: [&str; 2] = ["headers", "id_numbers"];
/// The fields beside a URL that gives access to anyone who has it.
const BESIDE_ADDRESS: [&str; 3] = ["client_secret", "expires_at", "url_expires_at"];

/// Marks the secret shapes of an entity type. Returns each rule that changes nothing, or that names
/// nothing, as a sentence.
pub fn mark(entity: &mut Entity) -> Vec<String> {
    let shown_again = [OperationKind::Get, OperationKind::List].map(|kind| entity.operation(kind).is_some());
    mark_fields(&mut entity.fields, !shown_again.contains(&true));
    let mut problems = Vec::new();
    for (path, secret) in
        entity.public.iter().map(|it| (it, false)).chain(entity.sensitive.iter().map(|it| (it, true)))
    {
        if set(&mut entity.fields, path, secret) != Some(!secret) {
            problems.push(format!("{}: the rule for {path:?} says what is so by itself", entity.key));
        }
    }
    let calls = entity.operations.iter_mut().map(|operation| &mut operation.params);
    for params in calls.chain(entity.actions.iter_mut().map(|action| &mut action.params)) {
        mark_params(params, "");
        for path in &entity.sensitive {
            set(params, path, true);
        }
    }
    problems
}

/// Marks the shape at a dotted path, and returns its previous mark, if the shape exists.
fn set(members: &mut [Member], path: &str, secret: bool) -> Option<bool> {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let shape = &mut members.iter_mut().find(|member| member.name == name)?.shape;
    match (rest, &mut shape.kind) {
        (None, _) => Some(std::mem::replace(&mut shape.sensitive, secret)),
        (Some(rest), Kind::Object(members)) => set(members, rest, secret),
        _ => None,
    }
}

fn mark_fields(members: &mut [Member], shown_once: bool) {
    let opens = shown_once || BESIDE_ADDRESS.iter().any(|name| find(members, name).is_some());
    for Member { name, shape } in members {
        shape.sensitive |= is_text(shape) && (is_secret(name) || opens && name == "url");
        for inner in inner_members(shape) {
            mark_fields(inner, false);
        }
    }
}

/// `above` is the name of the object that contains the params.
fn mark_params(members: &mut [Member], above: &str) {
    for Member { name, shape } in members {
        let taken = TAKEN.contains(&name.as_str())
            || name == "number" && CARDS.contains(&above)
            || name == "value" && VALUED.contains(&above);
        shape.sensitive |= taken && (is_text(shape) || is_id(shape)) || is_secret(name) && is_text(shape);
        for inner in inner_members(shape) {
            mark_params(inner, name);
        }
    }
}

fn is_secret(name: &str) -> bool {
    SECRET.contains(&name) || SECRET_PARTS.iter().any(|part| name.contains(part))
}

fn is_text(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::Text { .. } => true,
        Kind::Union(shapes) => shapes.iter().any(is_text),
        _ => false,
    }
}

/// Returns whether it is an id; a token is the id of an object, and stands for the data it was made from.
fn is_id(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Id(_))
}

/// Returns the members of the objects that a shape is, lists, or has as an alternative.
fn inner_members(shape: &mut Shape) -> Vec<&mut [Member]> {
    match &mut shape.kind {
        Kind::Object(members) => vec![members],
        Kind::List(item) | Kind::Set(item) | Kind::Map(item) => inner_members(item),
        Kind::Union(shapes) => shapes.iter_mut().flat_map(inner_members).collect(),
        _ => Vec::new(),
    }
}
