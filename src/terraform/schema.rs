//! Schemas: the attributes and blocks that a configuration may have.
//!
//! Protocol 5 has no nested attributes. Structure that a practitioner writes is a nested block or an
//! attribute of dynamic type; structure that only the provider writes is an attribute of object type. All
//! texts in a schema are Markdown.

use std::borrow::Cow;

use crate::terraform::value::Type;

mod attribute;
mod check;
mod identity;
mod reserved;
mod rule;

pub use attribute::{Attribute, MemberDoc, Presence};
pub use check::{check, refuse_write_only, warn_of_deprecated};
pub use identity::{IdentityAttribute, IdentitySchema};
pub use reserved::BlockKind;
pub use rule::Rule;

/// A name in a schema: either a literal in the source or built from data when the schema is built.
pub type Name = Cow<'static, str>;

/// A versioned block: the content of a resource, a data source or the provider block.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// Raised when stored states must be rewritten.
    pub version: i64,
    /// The root of the resource, data source or provider block.
    pub block: Block,
}

/// Attributes and nested blocks that are written side by side.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// In the order in which the documentation shows them.
    pub attributes: Vec<Attribute>,
    /// In the order in which the documentation shows them.
    pub blocks: Vec<NestedBlock>,
    /// What the block is for, in one sentence or more.
    pub description: String,
    /// What to use instead, if the block should no longer be used.
    pub deprecation: Option<String>,
}

/// How often a nested block may occur, and the shape of its value.
///
/// The value of a block that does not occur is an empty collection, never null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// At most once; the value is a list of at most one object.
    One,
    /// Any number, in order; the value is a list of objects.
    List,
    /// Any number, unordered and without duplicates; the value is a set of objects.
    Set,
    /// Any number, each under its own label; the value is a map of objects.
    Map,
}

/// A block inside a block.
/// Nothing inside may be of dynamic type: the type of the block itself would then depend on its value, which
/// no [`Type`] of a schema can express.
/// value, which no [`Type`] of a schema can say.
#[derive(Debug, Clone)]
pub struct NestedBlock {
    /// Lower-case letters, digits and `_`.
    pub name: Name,
    /// How often it may occur.
    pub nesting: Nesting,
    /// The attributes and blocks of each occurrence.
    pub block: Block,
    /// Whether the documentation says that the block is required. The provider checks this itself, because it
    /// knows the cases in which the block may be absent.
    pub required: bool,
}

impl Schema {
    /// A schema of version 0 without nested blocks.
    pub fn new(description: impl Into<String>, attributes: Vec<Attribute>) -> Self {
        Self { version: 0, block: Block::new(description, attributes) }
    }

    /// Returns the same schema with these nested blocks.
    #[must_use]
    pub fn with_blocks(mut self, blocks: Vec<NestedBlock>) -> Self {
        self.block.blocks = blocks;
        self
    }
}

impl Block {
    /// A block without nested blocks.
    pub fn new(description: impl Into<String>, attributes: Vec<Attribute>) -> Self {
        Self { attributes, description: description.into(), ..Self::default() }
    }

    /// Returns the same block with these nested blocks.
    #[must_use]
    pub fn with_blocks(mut self, blocks: Vec<NestedBlock>) -> Self {
        self.blocks = blocks;
        self
    }

    /// Returns the same block marked as deprecated, so that Terraform warns about its use; `instead` says
    /// what to use.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecation = Some(instead.into());
        self
    }

    /// The type of the object that this block describes.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|attribute| (&attribute.name, attribute.ty.clone()));
        let blocks = self.blocks.iter().map(|nested| (&nested.name, nested.ty()));
        Type::object(attributes.chain(blocks).map(|(name, ty)| (name.as_ref(), ty)))
    }

    /// Returns the attribute with this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

impl NestedBlock {
    /// A nested block with this name.
    pub fn new(name: impl Into<Name>, nesting: Nesting, block: Block) -> Self {
        Self { name: name.into(), nesting, block, required: false }
    }

    /// Returns the same block, documented as required.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// A block that occurs at most once, with these attributes.
    pub fn single(name: impl Into<Name>, description: impl Into<String>, attributes: Vec<Attribute>) -> Self {
        Self::new(name, Nesting::One, Block::new(description, attributes))
    }

    /// The type of all occurrences together.
    pub fn ty(&self) -> Type {
        match self.nesting {
            Nesting::One | Nesting::List => Type::list(self.block.ty()),
            Nesting::Set => Type::set(self.block.ty()),
            Nesting::Map => Type::map(self.block.ty()),
        }
    }
}
