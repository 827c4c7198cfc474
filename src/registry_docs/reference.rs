//! The reference on a page: the attributes and blocks of a schema under headings, and what is
//! inside of them behind links.

use std::collections::VecDeque;
use std::fmt::Write as _;

use crate::terraform::schema::{Attribute, Block, Member, NestedBlock, Nesting, Presence};
use crate::terraform::value::Type;

/// One line of the reference.
struct Row {
    presence: Presence,
    text: String,
}

/// What is inside a block or an attribute, on the page at `path`.
struct Nested<'a> {
    path: Vec<&'a str>,
    content: Content<'a>,
}

enum Content<'a> {
    Block(&'a Block),
    Members(&'a [Member]),
}

/// The reference of a root block and of everything inside it.
pub(super) fn reference(block: &Block) -> String {
    let root = Nested { path: Vec::new(), content: Content::Block(block) };
    let mut text = sections("###", &root.rows());
    let mut rest = VecDeque::from(root.inside());
    while let Some(nested) = rest.pop_front() {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n<a id=\"{}\"></a>\n### Nested Schema for `{}`\n",
            nested.anchor(),
            nested.path.join(".")
        );
        text.push_str(&sections("####", &nested.rows()));
        // What is inside comes next, before the neighbours.
        nested.inside().into_iter().rev().for_each(|inner| rest.push_front(inner));
    }
    text
}

/// Required, optional and read-only rows, each under its heading.
fn sections(heading: &str, rows: &[Row]) -> String {
    let groups = [
        ("Required", &[Presence::Required][..]),
        ("Optional", &[Presence::Optional, Presence::OptionalComputed]),
        ("Read-Only", &[Presence::Computed]),
    ];
    let mut text = String::new();
    for (title, presences) in groups {
        let rows = rows.iter().filter(|row| presences.contains(&row.presence));
        let lines: Vec<&str> = rows.map(|row| row.text.as_str()).collect();
        if !lines.is_empty() {
            let _ = write!(text, "\n{heading} {title}\n\n{}\n", lines.join("\n"));
        }
    }
    text
}

impl<'a> Nested<'a> {
    fn rows(&self) -> Vec<Row> {
        match self.content {
            Content::Block(block) => {
                let attributes = block.attributes.iter().map(|attribute| self.attribute(attribute));
                attributes.chain(block.blocks.iter().map(|nested| self.block(nested))).collect()
            }
            Content::Members(members) => members.iter().map(|member| self.member(member)).collect(),
        }
    }

    /// Everything inside that has a reference of its own.
    fn inside(&self) -> Vec<Self> {
        match self.content {
            Content::Block(block) => {
                let attributes = block.attributes.iter().filter(|attribute| !attribute.members.is_empty());
                let attributes = attributes
                    .map(|attribute| self.at(&attribute.name, Content::Members(&attribute.members)));
                let blocks =
                    block.blocks.iter().map(|nested| self.at(&nested.name, Content::Block(&nested.block)));
                attributes.chain(blocks).collect()
            }
            Content::Members(members) => members
                .iter()
                .filter(|member| !member.members.is_empty())
                .map(|member| self.at(&member.name, Content::Members(&member.members)))
                .collect(),
        }
    }

    fn at(&self, name: &'a str, content: Content<'a>) -> Self {
        let mut path = self.path.clone();
        path.push(name);
        Self { path, content }
    }

    fn anchor(&self) -> String {
        let family = match self.content {
            Content::Block(_) => "nestedblock",
            Content::Members(_) => "nestedatt",
        };
        format!("{family}--{}", self.path.join("--"))
    }

    fn attribute(&self, attribute: &'a Attribute) -> Row {
        let mut kind = described(&attribute.ty, !attribute.members.is_empty());
        let flags = [
            (attribute.sensitive, "Sensitive"),
            (attribute.write_only, "Write-only"),
            (attribute.deprecation.is_some(), "Deprecated"),
        ];
        for (_, flag) in flags.iter().filter(|(set, _)| *set) {
            let _ = write!(kind, ", {flag}");
        }
        let mut text = format!("- `{}` ({kind}) {}", attribute.name, attribute.description);
        if !attribute.members.is_empty() {
            text.push_str(&self.link(&attribute.name, Content::Members(&attribute.members)));
        }
        text.push_str(&instead(attribute.deprecation.as_deref()));
        Row { presence: attribute.presence, text }
    }

    fn member(&self, member: &'a Member) -> Row {
        let kind = described(&member.ty, !member.members.is_empty());
        let mut text = format!("- `{}` ({kind}) {}", member.name, member.description);
        if !member.members.is_empty() {
            text.push_str(&self.link(&member.name, Content::Members(&member.members)));
        }
        Row { presence: member.presence, text }
    }

    fn block(&self, nested: &'a NestedBlock) -> Row {
        let kind = match nested.nesting {
            Nesting::One => "Block, at most one",
            Nesting::List => "Blocks",
            Nesting::Set => "Blocks, in no order",
            Nesting::Map => "Blocks, each with a label",
        };
        let block = &nested.block;
        let deprecated = if block.deprecation.is_some() { ", Deprecated" } else { "" };
        let mut text = format!("- `{}` ({kind}{deprecated}) {}", nested.name, block.description);
        text.push_str(&self.link(&nested.name, Content::Block(block)));
        text.push_str(&instead(block.deprecation.as_deref()));
        Row { presence: Presence::Optional, text }
    }

    fn link(&self, name: &'a str, content: Content<'a>) -> String {
        format!(" See [below](#{}).", self.at(name, content).anchor())
    }
}

fn instead(deprecation: Option<&str>) -> String {
    deprecation.map_or_else(String::new, |instead| format!(" Deprecated: {instead}"))
}

/// A type as the registry writes it. The attributes of an object are left out where they
/// have a reference of their own.
fn described(ty: &Type, has_members: bool) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", described(element, has_members)),
        Type::Set(element) => format!("Set of {}", described(element, has_members)),
        Type::Map(element) => format!("Map of {}", described(element, has_members)),
        Type::Object(_) if has_members => "Object".to_owned(),
        Type::Object(attributes) => {
            let named = attributes.iter().map(|(name, ty)| format!("`{name}` {}", described(ty, false)));
            format!("Object: {}", named.collect::<Vec<_>>().join(", "))
        }
        Type::Tuple(elements) => {
            let each = elements.iter().map(|element| described(element, false));
            format!("Tuple: {}", each.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_leads_from_the_root_to_what_is_inside() {
        let owner = Member::new("owner", Type::Dynamic, Presence::Optional, "Who owns it.")
            .with_members(vec![Member::new("name", Type::String, Presence::Required, "Name.")]);
        let hinge = Block::new("A hinge.", vec![attribute("metal", Presence::Required)]);
        let lid = Block::new("A lid.", vec![attribute("color", Presence::Optional)])
            .with_blocks(vec![NestedBlock::new("hinge", Nesting::Set, hinge)])
            .deprecated("Use `cover`.");
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
            ],
        )
        .with_blocks(vec![NestedBlock::new("lid", Nesting::One, lid)]);
        assert_eq!(reference(&block), include_str!("reference/example.md"));
    }

    fn attribute(name: &'static str, presence: Presence) -> Attribute {
        Attribute::new(name, Type::String, presence, "Text.")
    }
}
