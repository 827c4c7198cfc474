//! Which param a key of a payload means.

use crate::catalog::{Kind, Param};

/// The params on the way to what a key names, outermost first: `AddressCity` and
/// `address.city` are `[address, city]`. Below a map every further part is the map's key.
pub(super) fn resolve(key: &str, params: &[Param]) -> Option<Vec<String>> {
    if let Some(param) = params.iter().find(|param| param.name == key) {
        return Some(vec![param.name.clone()]);
    }
    match key.split_once('.') {
        Some((head, rest)) => below(find(head, params)?, rest, resolve),
        None => joined(&plain(key), params),
    }
}

/// The param whose name is the key in another spelling; `CustomerId` is `customer` where
/// nothing is called `customer_id`.
fn find<'p>(key: &str, params: &'p [Param]) -> Option<&'p Param> {
    let key = plain(key);
    let by = |key: &str| params.iter().find(|param| plain(&param.name) == key);
    by(&key).or_else(|| by(key.strip_suffix("id")?).filter(|param| is_text(&param.kind)))
}

fn is_text(kind: &Kind) -> bool {
    match kind {
        Kind::String { .. } => true,
        Kind::Unsettable(kind) => is_text(kind),
        _ => false,
    }
}

/// A key without separators, which may run through several levels: `addresscity`.
fn joined(key: &str, params: &[Param]) -> Option<Vec<String>> {
    if let Some(param) = find(key, params) {
        return Some(vec![param.name.clone()]);
    }
    params.iter().find_map(|param| {
        let rest = key.strip_prefix(&plain(&param.name)).filter(|_| inner(&param.kind).is_some())?;
        below(param, rest, joined)
    })
}

fn below(
    param: &Param,
    rest: &str,
    resolve: impl Fn(&str, &[Param]) -> Option<Vec<String>>,
) -> Option<Vec<String>> {
    let mut path = vec![param.name.clone()];
    match inner(&param.kind) {
        Some(params) => path.extend(resolve(rest, params)?),
        None if is_map(&param.kind) => path.push(rest.to_owned()),
        None => return None,
    }
    Some(path)
}

/// The params of an object, where the kind can be one.
pub(super) fn inner(kind: &Kind) -> Option<&[Param]> {
    match kind {
        Kind::Object(params) => Some(params),
        Kind::Unsettable(kind) => inner(kind),
        Kind::Either(kinds) => kinds.iter().find_map(inner),
        _ => None,
    }
}

fn is_map(kind: &Kind) -> bool {
    match kind {
        Kind::Map(_) => true,
        Kind::Unsettable(kind) => is_map(kind),
        Kind::Either(kinds) => kinds.iter().any(is_map),
        _ => false,
    }
}

/// The param that a wrong key probably meant.
pub(super) fn suggest(key: &str, params: &[Param]) -> Option<String> {
    const ALIKE: f64 = 0.8;
    let key = plain(key);
    // A name that holds the whole key is nearer than one that merely begins like it.
    let alike = |name: &str| {
        let whole = key.len() > 4 && name.contains(&key) && name != key;
        if whole { 1.0 } else { strsim::jaro_winkler(&key, name) }
    };
    let scored = params.iter().map(|param| (alike(&plain(&param.name)), &param.name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then(|| best.1.clone())
}

/// A name without what differs between spellings: `PaymentMethod` and `payment_method` alike.
pub(in crate::connector) fn plain(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').flat_map(char::to_lowercase).collect()
}
