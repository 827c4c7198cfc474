//! Stripe's form encoding, read: `card[number]=4242`, `items[0][price]=p`, `expand[]=data.customer`.
//!
//! The encoding does not tell a list with indexes from a map with number keys, so the
//! result is a tree of texts; what a branch is, the catalog says when params are checked.

use serde_json::Value as Json;

/// One branch of a decoded form.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A value.
    Text(String),
    /// Named or numbered branches, in the order of their first appearance.
    Branches(Vec<(String, Node)>),
    /// Branches given with `[]`.
    List(Vec<Node>),
    /// A value of JSON, which has a type already.
    Typed(Json),
}

impl From<Json> for Node {
    fn from(value: Json) -> Self {
        match value {
            Json::Object(members) => {
                Self::Branches(members.into_iter().map(|(name, value)| (name, value.into())).collect())
            }
            Json::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            plain => Self::Typed(plain),
        }
    }
}

/// A form that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FormError {
    /// A percent sign that starts no byte, or bytes that are no text.
    #[error("invalid percent encoding in {0:?}")]
    Encoding(String),
    /// Brackets that do not pair.
    #[error("invalid brackets in {0:?}")]
    Brackets(String),
    /// One name used as a value and as a branch.
    #[error("{0:?} is given both as a value and as an object")]
    Mixed(String),
}

/// More brackets than any param of Stripe's has.
const DEEPEST: usize = 24;

/// Reads a query or a body.
pub(super) fn decode(text: &str) -> Result<Vec<(String, Node)>, FormError> {
    let mut root = Some(Node::Branches(Vec::new()));
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = percent_decode(key)?;
        let path = segments(&key)?;
        insert(&mut root, &path, percent_decode(value)?).map_err(|()| FormError::Mixed(key))?;
    }
    match root {
        Some(Node::Branches(branches)) => Ok(branches),
        _ => Ok(Vec::new()),
    }
}

/// Adds one name with its value to params that were read before.
pub(super) fn put(given: &mut Vec<(String, Node)>, key: &str, value: String) -> Result<(), FormError> {
    let mut root = Some(Node::Branches(std::mem::take(given)));
    insert(&mut root, &segments(key)?, value).map_err(|()| FormError::Mixed(key.to_owned()))?;
    if let Some(Node::Branches(branches)) = root {
        *given = branches;
    }
    Ok(())
}

fn insert(slot: &mut Option<Node>, path: &[String], value: String) -> Result<(), ()> {
    let Some((first, rest)) = path.split_first() else {
        return match slot {
            None | Some(Node::Text(_)) => {
                *slot = Some(Node::Text(value));
                Ok(())
            }
            Some(_) => Err(()),
        };
    };
    if first.is_empty() { append(slot, rest, value) } else { descend(slot, first, rest, value) }
}

fn descend(slot: &mut Option<Node>, name: &str, rest: &[String], value: String) -> Result<(), ()> {
    let Node::Branches(branches) = slot.get_or_insert(Node::Branches(Vec::new())) else { return Err(()) };
    if let Some((_, node)) = branches.iter_mut().find(|(known, _)| known == name) {
        let mut inner = Some(std::mem::replace(node, Node::Text(String::new())));
        insert(&mut inner, rest, value)?;
        *node = inner.ok_or(())?;
        return Ok(());
    }
    let mut inner = None;
    insert(&mut inner, rest, value)?;
    branches.push((name.to_owned(), inner.ok_or(())?));
    Ok(())
}

/// `a[][b]=1&a[][c]=2` is one element with two members: a new one starts when a name repeats.
fn append(slot: &mut Option<Node>, rest: &[String], value: String) -> Result<(), ()> {
    let Node::List(items) = slot.get_or_insert(Node::List(Vec::new())) else { return Err(()) };
    let goes_on = match (items.last(), rest.first()) {
        (Some(Node::Branches(members)), Some(name)) => members.iter().all(|(known, _)| known != name),
        _ => false,
    };
    let mut inner = if goes_on { items.pop() } else { None };
    insert(&mut inner, rest, value)?;
    items.push(inner.ok_or(())?);
    Ok(())
}

/// `a[b][]` is `a`, `b` and an empty name.
fn segments(key: &str) -> Result<Vec<String>, FormError> {
    let wrong = || FormError::Brackets(key.to_owned());
    let Some((first, mut rest)) = key.split_once('[') else { return Ok(vec![key.to_owned()]) };
    let mut path = vec![first.to_owned()];
    loop {
        let (name, after) = rest.split_once(']').ok_or_else(wrong)?;
        path.push(name.to_owned());
        if after.is_empty() {
            return Ok(path);
        }
        rest = after.strip_prefix('[').ok_or_else(wrong)?;
        if path.len() > DEEPEST {
            return Err(wrong());
        }
    }
}

/// Reads one name or value: `+` is a space, `%41` a byte.
pub(super) fn percent_decode(text: &str) -> Result<String, FormError> {
    let wrong = || FormError::Encoding(text.to_owned());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex_digit).ok_or_else(wrong)?;
                let low = rest.next().and_then(hex_digit).ok_or_else(wrong)?;
                high * 16 + low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Node {
        Node::Text(value.into())
    }

    #[test]
    fn brackets_nest_and_percent_signs_are_bytes() {
        let form = decode("card%5Bnumber%5D=42+42&card[name]=J%C3%B6rg").unwrap();
        let card = Node::Branches(vec![("number".into(), text("42 42")), ("name".into(), text("Jörg"))]);
        assert_eq!(form, [("card".into(), card)]);
    }

    #[test]
    fn empty_brackets_append_and_a_repeated_name_starts_the_next_element() {
        let form = decode("e[]=a&e[]=b&l[][p]=1&l[][q]=2&l[][p]=3").unwrap();
        let first = Node::Branches(vec![("p".into(), text("1")), ("q".into(), text("2"))]);
        let second = Node::Branches(vec![("p".into(), text("3"))]);
        assert_eq!(form[0].1, Node::List(vec![text("a"), text("b")]));
        assert_eq!(form[1].1, Node::List(vec![first, second]));
    }

    #[test]
    fn the_last_value_of_a_name_wins() {
        assert_eq!(decode("a=1&a=2").unwrap(), [("a".into(), text("2"))]);
    }

    #[test]
    fn broken_forms_are_refused() {
        assert_eq!(decode("a[b=1"), Err(FormError::Brackets("a[b".into())));
        assert_eq!(decode("a=%4"), Err(FormError::Encoding("%4".into())));
        assert_eq!(decode("a=1&a[b]=2"), Err(FormError::Mixed("a[b]".into())));
        assert!(decode(&format!("a{}=1", "[x]".repeat(40))).is_err());
    }
}
