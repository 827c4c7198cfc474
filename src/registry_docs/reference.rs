//! The reference on a page: the attributes and blocks of a schema under headings, with their contents as an
//! indented tree. Every line inside has an anchor: its path with `--` between the names.

use std::fmt::Write as _;

use crate::terraform::schema::{Attribute, Block, MemberDoc, NestedBlock, Nesting, Presence};
use crate::terraform::value::Type;

/// How many known values a description names; a page names all of them.
const NAMED: usize = 8;

/// Returns the known values at a path of attributes.
pub(super) type KnownValues<'a> = &'a dyn Fn(&[&str]) -> &'static [String];

/// One line of the reference, with the lines below it.
struct ReferenceLine {
    name: String,
    presence: Presence,
    /// The type, and further remarks in brackets.
    kind: String,
    text: String,
    inside: Vec<Self>,
}

/// Renders the reference of a root block and of everything inside it.
pub(super) fn reference(block: &Block, values: KnownValues<'_>) -> String {
    let lines = lines_of_block(block);
    let groups = [
        ("Required", &[Presence::Required][..]),
        ("Optional", &[Presence::Optional, Presence::OptionalComputed]),
        ("Read-Only", &[Presence::Computed]),
    ];
    let mut text = String::new();
    for (title, presences) in groups {
        let mut lines = lines.iter().filter(|line| presences.contains(&line.presence)).peekable();
        if lines.peek().is_some() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n### {title}\n\n");
            lines.for_each(|line| line.write(&mut text, &[], values));
        }
    }
    text
}

impl ReferenceLine {
    /// Writes the line below the given path, and everything inside it.
    fn write(&self, text: &mut String, above: &[&str], values: KnownValues<'_>) {
        let path: Vec<&str> = above.iter().copied().chain([self.name.as_str()]).collect();
        let (indent, anchor) = ("  ".repeat(above.len()), path.join("--"));
        let required =
            if !above.is_empty() && self.presence == Presence::Required { ", Required" } else { "" };
        let described = with_all(&self.text, values(&path));
        let line =
            format!("{indent}- <a id=\"{anchor}\"></a>`{}` ({}{required}) {described}", self.name, self.kind);
        let _ = writeln!(text, "{}", line.trim_end());
        for line in &self.inside {
            line.write(text, &path, values);
        }
    }
}

/// Replaces the first few known values in a text with all of them.
fn with_all(text: &str, values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.get(..NAMED) {
        Some(first) if quoted.len() > NAMED => {
            text.replacen(&format!("{}, …", first.join(", ")), &quoted.join(", "), 1)
        }
        _ => text.to_owned(),
    }
}

/// The lines of a block: required ones first, attributes before blocks.
fn lines_of_block(block: &Block) -> Vec<ReferenceLine> {
    let attributes = block.attributes.iter().map(line_of_attribute);
    required_first(attributes.chain(block.blocks.iter().map(line_of_nested)).collect())
}

fn required_first(mut lines: Vec<ReferenceLine>) -> Vec<ReferenceLine> {
    lines.sort_by_key(|line| line.presence != Presence::Required);
    lines
}

fn line_of_attribute(attribute: &Attribute) -> ReferenceLine {
    let mut kind = described(&attribute.ty);
    let flags = [
        (attribute.sensitive, "Sensitive"),
        (attribute.write_only, "Write-only"),
        (attribute.deprecation.is_some(), "Deprecated"),
    ];
    for (_, flag) in flags.iter().filter(|(set, _)| *set) {
        let _ = write!(kind, ", {flag}");
    }
    let text = format!("{}{}", attribute.description, instead(attribute.deprecation.as_deref()));
    let inside = inside(&attribute.members, &attribute.ty, attribute.presence);
    ReferenceLine { name: attribute.name.to_string(), presence: attribute.presence, kind, text, inside }
}

fn line_of_member(member: &MemberDoc) -> ReferenceLine {
    ReferenceLine {
        name: member.name.to_string(),
        presence: member.presence,
        kind: described(&member.ty),
        text: member.description.clone(),
        inside: inside(&member.members, &member.ty, member.presence),
    }
}

fn line_of_nested(nested: &NestedBlock) -> ReferenceLine {
    let block = &nested.block;
    let kind = match nested.nesting {
        Nesting::One if nested.required => "Block",
        Nesting::One => "Block, at most one",
        Nesting::List => "Blocks",
        Nesting::Set => "Blocks, in no order",
        Nesting::Map => "Blocks, each with a label",
    };
    let deprecated = if block.deprecation.is_some() { ", Deprecated" } else { "" };
    ReferenceLine {
        name: nested.name.to_string(),
        presence: if nested.required { Presence::Required } else { Presence::Optional },
        kind: format!("{kind}{deprecated}"),
        text: format!("{}{}", block.description, instead(block.deprecation.as_deref())),
        inside: lines_of_block(block),
    }
}

/// The lines inside an attribute: its documented members, or else those in its type.
fn inside(members: &[MemberDoc], ty: &Type, presence: Presence) -> Vec<ReferenceLine> {
    let documented: Vec<ReferenceLine> = members.iter().map(line_of_member).collect();
    match ty {
        _ if !documented.is_empty() => required_first(documented),
        Type::List(item) | Type::Set(item) | Type::Map(item) => inside(&[], item, presence),
        Type::Object(attributes) => {
            let line = |(name, ty): (&_, &Type)| ReferenceLine {
                name: String::clone(name),
                presence,
                kind: described(ty),
                text: String::new(),
                inside: inside(&[], ty, presence),
            };
            attributes.iter().map(line).collect()
        }
        _ => Vec::new(),
    }
}

fn instead(deprecation: Option<&str>) -> String {
    deprecation.map_or_else(String::new, |instead| format!(" Deprecated: {instead}"))
}

/// Names a type as the registry does. The contents of an object are listed below it.
fn described(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", described(element)),
        Type::Set(element) => format!("Set of {}", described(element)),
        Type::Map(element) => format!("Map of {}", described(element)),
        Type::Object(_) => "Object".to_owned(),
        Type::Tuple(elements) => {
            let each = elements.iter().map(described);
            format!("Tuple: {}", each.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_is_a_tree_from_the_root_to_what_is_inside() {
        let owner = MemberDoc::new("owner", Type::Dynamic, Presence::Optional, "Who owns it.")
            .with_members(vec![MemberDoc::new("name", Type::String, Presence::Required, "Name.")]);
        let hinge = Block::new("A hinge.", vec![attribute("metal", Presence::Required)]);
        let lid = Block::new("A lid.", vec![attribute("color", Presence::Optional)])
            .with_blocks(vec![NestedBlock::new("hinge", Nesting::Set, hinge)])
            .deprecated("Use `cover`.");
        let size = Type::list(Type::object([("width", Type::Number)]));
        let block = Block::new(
            "A box.",
            vec![
                attribute("name", Presence::Required),
                Attribute::new(
                    "label",
                    Type::object([("owner", Type::Dynamic)]),
                    Presence::Computed,
                    "What is on it.",
                )
                .with_members(vec![owner]),
                attribute("code", Presence::Optional).sensitive().write_only().deprecated("Use `key`."),
                Attribute::new("sizes", size, Presence::Computed, "Its sizes."),
            ],
        )
        .with_blocks(vec![NestedBlock::new("lid", Nesting::One, lid)]);
        assert_eq!(reference(&block, &|_| &[]), include_str!("reference/example.md"));
    }

    #[test]
    fn a_page_names_every_known_value() {
        let values: Vec<String> = ('a'..='k').map(String::from).collect();
        let few = "One of `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, …. A change is an update.";
        let all = "One of `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, `i`, `j`, `k`. A change is an update.";
        assert_eq!(with_all(few, &values), all);
        assert_eq!(with_all("One of `a`.", &values[..1]), "One of `a`.");
    }

    fn attribute(name: &'static str, presence: Presence) -> Attribute {
        Attribute::new(name, Type::String, presence, "Text.")
    }
}
