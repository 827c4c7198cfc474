//! Schemas: which attributes and blocks a configuration may have.
//!
//! Protocol 5 has no nested attributes, so structure in a configuration is a nested
//! block, and structure that only the provider writes is an object-typed attribute.

use crate::terraform::value::Type;

mod check;

pub use check::{Rule, check};

/// A versioned block.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Raised when stored state must be rewritten.
    pub version: i64,
    /// The root block.
    pub block: Block,
}

/// Attributes and nested blocks.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// In the order the documentation shows them.
    pub attributes: Vec<Attribute>,
    /// Nested blocks.
    pub blocks: Vec<NestedBlock>,
    /// Markdown for the registry page.
    pub description: String,
}

/// One attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Lower case, `_` between words.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Who sets it.
    pub presence: Presence,
    /// Markdown, one sentence or more.
    pub description: String,
    /// Hidden in plans and outputs.
    pub sensitive: bool,
    /// What a known, non-null value must satisfy; checked before anything is sent.
    pub rules: Vec<Rule>,
}

/// Who sets an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The provider.
    Computed,
    /// The configuration, else the provider.
    OptionalComputed,
}

/// How often a nested block may occur, and what its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// At most once; a list of at most one object.
    One,
    /// Any number; a list of objects.
    List,
}

/// A block inside a block.
#[derive(Debug, Clone)]
pub struct NestedBlock {
    /// Lower case, `_` between words.
    pub name: &'static str,
    /// How often it may occur.
    pub nesting: Nesting,
    /// What it holds.
    pub block: Block,
}

impl Block {
    /// The type of the object this block describes.
    pub fn ty(&self) -> Type {
        let attributes = self.attributes.iter().map(|a| (a.name, a.ty.clone()));
        let blocks = self.blocks.iter().map(|b| (b.name, Type::list(b.block.ty())));
        Type::object(attributes.chain(blocks))
    }

    /// The attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

impl Attribute {
    /// An attribute of that name, type and presence, with the sentence that documents it.
    pub fn new(name: &'static str, ty: Type, presence: Presence, description: impl Into<String>) -> Self {
        Self { name, ty, presence, description: description.into(), sensitive: false, rules: Vec::new() }
    }

    /// The same attribute, hidden in plans and outputs.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The same attribute with one rule more.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }
}

impl Presence {
    /// True when the provider may set the attribute.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}
