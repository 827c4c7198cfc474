//! Values as MessagePack, the form in which Terraform exchanges them with a provider.
//!
//! The codec is guided by a type. If it cannot decode something, the error has the path of the value and the
//! offset in the bytes. Nothing is allocated on the word of a length alone: a length that exceeds the
//! remaining bytes is an error before anything is reserved.

mod decode;
mod encode;
mod reader;

use crate::terraform::value::{Path, Step, Type};

pub use decode::decode;
pub use encode::encode;

/// The maximum nesting depth of values; a deeper value is refused so as not to risk the stack.
const MAX_DEPTH: usize = 128;

/// Why bytes are not a value of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason} (byte {offset})", place(path))]
pub struct DecodeError {
    /// The position in the value.
    pub path: Path,
    /// The byte offset at which reading stopped.
    pub offset: usize,
    /// What is wrong there, without a final full stop.
    pub reason: String,
}

/// Why a value cannot be encoded as a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {found} is not {expected}", place(path))]
pub struct EncodeError {
    /// The position in the value.
    pub path: Path,
    /// The type as which it should be encoded.
    pub expected: String,
    /// The kind of the value.
    pub found: &'static str,
}

impl DecodeError {
    fn below(self, step: Step) -> Self {
        Self { path: self.path.below(step), ..self }
    }
}

impl EncodeError {
    fn below(self, step: Step) -> Self {
        Self { path: self.path.below(step), ..self }
    }
}

fn place(path: &Path) -> String {
    if path.steps().is_empty() { "the value".to_owned() } else { path.to_string() }
}

/// Describes a type in words, for messages.
fn describe_type(ty: &Type) -> String {
    match ty {
        Type::Bool => "a bool".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::String => "a string".to_owned(),
        Type::Dynamic => "a value with its type".to_owned(),
        Type::List(_) => "a list".to_owned(),
        Type::Set(_) => "a set".to_owned(),
        Type::Map(_) => "a map".to_owned(),
        Type::Object(attributes) => format!("an object of {} attributes", attributes.len()),
        Type::Tuple(elements) => format!("a tuple of {} elements", elements.len()),
    }
}

#[cfg(test)]
mod tests;
