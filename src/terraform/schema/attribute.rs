//! Attributes: what one holds, who sets it, and what is said of it.

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
    /// Hidden in plans and outputs. The state holds it in plain text all the same.
    pub sensitive: bool,
    /// Only in the configuration: always null in plan and state. For attributes of managed
    /// resources that are not computed and not inside a set; Terraform 1.11 and later.
    pub write_only: bool,
    /// What to use instead, where the attribute should no longer be used.
    pub deprecation: Option<String>,
    /// What a known, non-null value must satisfy.
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
    /// The members of what it holds, where that is an object or a collection of objects.
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
    /// An attribute of that name, type and presence, with the sentence that documents it.
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

    /// An attribute that the provider sets and a configuration may not.
    pub fn computed(name: impl Into<Name>, ty: Type, description: impl Into<String>) -> Self {
        Self::new(name, ty, Presence::Computed, description)
    }

    /// The same attribute, hidden in plans and outputs.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// The same attribute, whose value is in no plan and no state.
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// The same attribute, whose use Terraform warns of; `instead` says what to use.
    #[must_use]
    pub fn deprecated(mut self, instead: impl Into<String>) -> Self {
        self.deprecation = Some(instead.into());
        self
    }

    /// The same attribute with one rule more.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The same attribute with the documentation of its members.
    #[must_use]
    pub fn with_members(mut self, members: Vec<MemberDoc>) -> Self {
        self.members = members;
        self
    }
}

impl MemberDoc {
    /// A member of that name, type and presence, with the sentence that documents it.
    pub fn new(name: impl Into<Name>, ty: Type, presence: Presence, description: impl Into<String>) -> Self {
        Self { name: name.into(), ty, presence, description: description.into(), members: Vec::new() }
    }

    /// The same member with the documentation of its own members.
    #[must_use]
    pub fn with_members(mut self, members: Vec<Self>) -> Self {
        self.members = members;
        self
    }
}

impl Presence {
    /// True when the provider may set the attribute.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}
