//! One page.

use std::fmt::Write as _;

use crate::terraform::schema::{Attribute, Block, NestedBlock, Nesting, Presence, Schema};
use crate::terraform::value::Type;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Provider,
    Resource,
    DataSource,
}

/// What a page is made from.
pub(super) struct Page<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) example: String,
    pub(super) import: Option<String>,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn markdown(&self) -> String {
        let (title, kind) = match self.kind {
            Kind::Provider => ("Stripe Provider".to_owned(), "Provider"),
            Kind::Resource => (format!("{} (Resource)", self.name), "Resource"),
            Kind::DataSource => (format!("{} (Data Source)", self.name), "Data Source"),
        };
        let block = &self.schema.block;
        let first = block.description.split_once(". ").map_or(block.description.as_str(), |(first, _)| first);
        let mut text = format!(
            "---\npage_title: \"{} {kind}\"\ndescription: |-\n  {}.\n---\n",
            self.name,
            first.trim_end_matches('.')
        );
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n# {title}\n\n{}\n\n## Example Usage\n\n```terraform\n{}\n```\n",
            block.description,
            self.example.trim_end()
        );
        text.push_str("\n## Schema\n");
        sections(&mut text, "###", block);
        for nested in &block.blocks {
            nested_schema(&mut text, nested);
        }
        if let Some(import) = &self.import {
            let _ = write!(text, "\n## Import\n\n```shell\n{}\n```\n", import.trim_end());
        }
        text
    }
}

/// Required, optional and read-only attributes and blocks, each under its heading.
fn sections(text: &mut String, heading: &str, block: &Block) {
    let of = |wanted: &[Presence]| -> Vec<&Attribute> {
        block.attributes.iter().filter(|attribute| wanted.contains(&attribute.presence)).collect()
    };
    let optional = of(&[Presence::Optional, Presence::OptionalComputed]);
    section(text, heading, "Required", &of(&[Presence::Required]), &[]);
    section(text, heading, "Optional", &optional, &block.blocks);
    section(text, heading, "Read-Only", &of(&[Presence::Computed]), &[]);
}

fn section(text: &mut String, heading: &str, title: &str, attributes: &[&Attribute], blocks: &[NestedBlock]) {
    if attributes.is_empty() && blocks.is_empty() {
        return;
    }
    let _ = write!(text, "\n{heading} {title}\n\n");
    for attribute in attributes {
        let sensitive = if attribute.sensitive { ", Sensitive" } else { "" };
        let ty = described(&attribute.ty);
        let _ = writeln!(text, "- `{}` ({ty}{sensitive}) {}", attribute.name, attribute.description);
    }
    for nested in blocks {
        let most = if nested.nesting == Nesting::One { "Block, at most one" } else { "Blocks" };
        let _ = writeln!(
            text,
            "- `{0}` ({most}) {1} See [below](#nestedblock--{0}).",
            nested.name, nested.block.description
        );
    }
}

fn nested_schema(text: &mut String, nested: &NestedBlock) {
    let _ = write!(text, "\n<a id=\"nestedblock--{0}\"></a>\n### Nested Schema for `{0}`\n", nested.name);
    sections(text, "####", &nested.block);
}

/// A type as the registry writes it.
fn described(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", described(element)),
        Type::Set(element) => format!("Set of {}", described(element)),
        Type::Map(element) => format!("Map of {}", described(element)),
        Type::Object(attributes) => {
            let named: Vec<String> =
                attributes.iter().map(|(name, ty)| format!("`{name}` {}", described(ty))).collect();
            format!("Object: {}", named.join(", "))
        }
        Type::Tuple(elements) => {
            format!("Tuple: {}", elements.iter().map(described).collect::<Vec<_>>().join(", "))
        }
    }
}
