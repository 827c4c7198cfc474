//! Identities: what tells one object of a resource type from all others, for Terraform 1.12 and later.

use crate::terraform::schema::Name;
use crate::terraform::value::Type;

/// What the identity of an object of a resource type consists of.
#[derive(Debug, Clone, Default)]
pub struct IdentitySchema {
    /// Raised when stored identities must be rewritten.
    pub version: i64,
    /// In the order the documentation shows them.
    pub attributes: Vec<IdentityAttribute>,
}

/// One part of an identity.
#[derive(Debug, Clone)]
pub struct IdentityAttribute {
    /// Lower-case letters, digits and `_`.
    pub name: Name,
    /// A single value, or a list of them.
    pub ty: Type,
    /// Whether an import must say it; the provider knows it otherwise.
    pub required: bool,
    /// What it is, one sentence or more.
    pub description: String,
}

impl IdentitySchema {
    /// The type of the object that an identity is.
    pub fn ty(&self) -> Type {
        Type::object(self.attributes.iter().map(|it| (it.name.as_ref(), it.ty.clone())))
    }
}

impl IdentityAttribute {
    /// A text that an import must say.
    pub fn required(name: impl Into<Name>, description: impl Into<String>) -> Self {
        Self { name: name.into(), ty: Type::String, required: true, description: description.into() }
    }

    /// A text that an import may say.
    pub fn optional(name: impl Into<Name>, description: impl Into<String>) -> Self {
        Self { required: false, ..Self::required(name, description) }
    }
}
