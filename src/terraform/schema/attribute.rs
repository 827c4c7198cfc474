//! Attributes: their values, who sets them, and their documentation.

use super::{Name, Rule};
use crate::terraform::value::Type;

/// An attribute of a block.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Lower-case letters, digits and `_`, not beginning with a digit.
    pub name: Name,
    /// The type of its value.
    pub ty: Type,
    /// Whether the configuration or the provider sets it.
    pub presence: Presence,
    /// What it means, in one sentence or more.
    pub description: String,
    /// Hidden in plans and outputs. The state still holds it in plain text.
    pub sensitive: bool,
    /// Present only in the configuration, and always null in plan and state. For attributes of managed
    /// resources that are not computed and not inside a set; requires Terraform 1.11 or later.
    pub write_only: bool,
    /// What to use instead, if the attribute should no longer be used.
    pub deprecation: Option<String>,
    /// The rules that a known, non-null value must satisfy.
    pub rules: Vec<Rule>,
    /// The members of an object, or of the objects in a collection, for the documentation.
    pub members: Vec<MemberDoc>,
}

/// The documentation of one member of an object-typed attribute. It is not sent to
/// Terraform: protocol 5 has no place for it.
#[derive(Debug, Clone)]
pub struct MemberDoc {
    /// The key in the object.
    pub name: Name,
    /// The type of its value.
    pub ty: Type,
    /// Whether the configuration or the provider sets it.
    pub presence: Presence,
    /// What it means, in one sentence or more.
    pub description: String,
    /// The members of its value, if that is an object or a collection of objects.
    pub members: Vec<MemberDoc>,
}

/// Whether the configuration or the provider sets an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The configuration must set it.
    Required,
    /// The configuration may set it; otherwise it is null.
    Optional,
    /// The provider sets it; the configuration cannot.
    Computed,
    /// The configuration may set it; otherwise the provider does.
    OptionalComputed,
}

impl Attribute {
    /// An attribute with this name, type and presence, and the text that documents it.
    pub fn new(name: impl Into<Name>, ty: Type, presence: Presence, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ty,
            presence,
            description: description.into(),
            sensitive: false,
            write_only: false,
            deprecation: None,
            rules: Vec::new(),
            members: Vec::new(),
        }
    }

    /// An attribute that a configuration must set.
    pub fn required(name: impl Into<Name>, ty: Type, description: impl Into<String>) -> Self {
        Self::new(name, ty, Presence::Required, description)
    }

    /// An attribute that a configuration may set.
    pub fn optional(name: impl Into<Name>, ty: Type, description: impl Into<String>) -> Self {
        Self::new(name, ty, Presence::Optional, description)
    }

    /// An attribute that the provider sets and a configuration cannot.
    pub fn computed(name: impl Into<Name>, ty: Type, description: impl Into<String>) -> Self {
        Self::new(name, ty, Presence::Computed, description)
    }

    /// Returns the same attribute, hidden in plans and outputs.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// Returns the same attribute, with its value kept out of every plan and state.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// Returns the same attribute marked as deprecated, so that Terraform warns about its use; `instead` says
    /// what to use.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecation = Some(instead.into());
        self
    }

    /// Returns the same attribute with one more rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Returns the same attribute with documentation of its members.
    #[must_use]
    pub fn with_members(mut self, members: Vec<MemberDoc>) -> Self {
        self.members = members;
        self
    }
}

impl MemberDoc {
    /// A member with this name, type and presence, and the text that documents it.
    pub fn new(name: impl Into<Name>, ty: Type, presence: Presence, description: impl Into<String>) -> Self {
        Self { name: name.into(), ty, presence, description: description.into(), members: Vec::new() }
    }

    /// Returns the same member with documentation of its own members.
    #[must_use]
    pub fn with_members(mut self, members: Vec<Self>) -> Self {
        self.members = members;
        self
    }
}

impl Presence {
    /// Returns true if the provider may set the attribute.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}
