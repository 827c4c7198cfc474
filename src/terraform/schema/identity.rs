//! Identity schemas, for Terraform 1.12 and later. An identity distinguishes one object of a resource type
//! from all others.

use crate::terraform::schema::Name;
use crate::terraform::value::Type;

/// The parts that make up the identity of an object of a resource type.
#[derive(Debug, Clone, Default)]
pub struct IdentitySchema {
    /// Raised when stored identities must be rewritten.
    pub version: i64,
    /// In the order in which the documentation shows them.
    pub attributes: Vec<IdentityAttribute>,
}

/// One part of an identity.
#[derive(Debug, Clone)]
pub struct IdentityAttribute {
    /// Lower-case letters, digits and `_`.
    pub name: Name,
    /// A single value, or a list of them.
    pub ty: Type,
    /// Whether an import must state it; otherwise the provider finds it out.
    pub required: bool,
    /// What it is, in one sentence or more.
    pub description: String,
}

impl IdentitySchema {
    /// The type of an identity, as an object.
    pub fn ty(&self) -> Type {
        Type::object(self.attributes.iter().map(|it| (it.name.as_ref(), it.ty.clone())))
    }
}

impl IdentityAttribute {
    /// A text that an import must state.
    pub fn required(name: impl Into<Name>, description: impl Into<String>) -> Self {
        Self { name: name.into(), ty: Type::String, required: true, description: description.into() }
    }

    /// A text that an import may state.
    pub fn optional(name: impl Into<Name>, description: impl Into<String>) -> Self {
        Self { required: false, ..Self::required(name, description) }
    }
}
