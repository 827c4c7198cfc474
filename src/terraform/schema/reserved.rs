//! The names that Terraform reserves at the root of a block.
//!
//! Terraform accepts such a name in a schema, but then treats what a practitioner writes under it as its own
//! argument: the provider never receives it.

use std::borrow::Cow;

use super::{Block, Name};

/// The kind of block that a schema describes at its root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// The provider block, `provider "toy" {}`.
    Provider,
    /// A managed resource, `resource "toy_box" "a" {}`.
    Resource,
    /// A data source, `data "toy_boxes" "a" {}`.
    DataSource,
}

impl BlockKind {
    /// The names that attributes and blocks at the root cannot have.
    pub const fn reserved_names(self) -> &'static [&'static str] {
        match self {
            Self::Provider => {
                &["_", "alias", "count", "depends_on", "for_each", "lifecycle", "locals", "source", "version"]
            }
            Self::Resource => &[
                "_",
                "connection",
                "count",
                "depends_on",
                "for_each",
                "lifecycle",
                "locals",
                "provider",
                "provisioner",
            ],
            Self::DataSource => &["_", "count", "depends_on", "for_each", "lifecycle", "locals", "provider"],
        }
    }

    /// Returns true if Terraform reserves `name`.
    pub fn reserves(self, name: &str) -> bool {
        self.reserved_names().contains(&name)
    }

    /// Returns the name under which `name` can be written at the root: `name` itself, or `<prefix>_<name>` if
    /// Terraform reserves it.
    pub fn usable_name(self, name: impl Into<Name>, prefix: &str) -> Name {
        let name = name.into();
        if self.reserves(&name) { Cow::Owned(format!("{prefix}_{name}")) } else { name }
    }

    /// Returns the names at the root of `block` that Terraform reserves; there are none if the schema is
    /// right.
    pub fn reserved_in(self, block: &Block) -> Vec<&str> {
        let attributes = block.attributes.iter().map(|attribute| attribute.name.as_ref());
        let blocks = block.blocks.iter().map(|nested| nested.name.as_ref());
        attributes.chain(blocks).filter(|name| self.reserves(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::schema::{Attribute, NestedBlock, Nesting, Presence};
    use crate::terraform::value::Type;

    #[test]
    fn reserved_names_at_the_root_are_found_among_attributes_and_blocks() {
        let text = |name: &'static str| Attribute::new(name, Type::String, Presence::Optional, "Text.");
        let inner = Block::new("Inside, every name is free.", vec![text("count")]);
        let nested = |name: &'static str| NestedBlock::new(name, Nesting::List, inner.clone());
        let block = Block::new("A block.", vec![text("name"), text("version")])
            .with_blocks(vec![nested("connection"), nested("lid")]);
        assert_eq!(BlockKind::Provider.reserved_in(&block), ["version"]);
        assert_eq!(BlockKind::Resource.reserved_in(&block), ["connection"]);
        assert!(BlockKind::DataSource.reserved_in(&block).is_empty());
    }

    #[test]
    fn only_a_reserved_name_gets_the_prefix() {
        assert_eq!(BlockKind::Resource.usable_name("provider", "toy"), "toy_provider");
        assert_eq!(BlockKind::Resource.usable_name("version", "toy"), "version");
        assert_eq!(BlockKind::Provider.usable_name("version", "toy"), "toy_version");
    }
}
