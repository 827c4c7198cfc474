//! MessagePack, as Terraform exchanges values with a provider.
//!
//! A codec is guided by a type. What it cannot read it refuses with the path of the value
//! and the offset in the bytes. Nothing is allocated by what a length says: a length that
//! the remaining bytes cannot hold is an error before anything is reserved.

mod decode;
mod encode;
mod reader;

use crate::terraform::value::{Path, Step, Type};

pub use decode::decode;
pub use encode::encode;

/// Values may be nested this deep; a deeper one is refused rather than risking the stack.
const MAX_DEPTH: usize = 128;

/// Why bytes are no value of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason} (byte {offset})", place(path))]
pub struct DecodeError {
    /// Where in the value it is.
    pub path: Path,
    /// The offset in the bytes at which reading stopped.
    pub offset: usize,
    /// What is wrong there, without a full stop.
    pub reason: String,
}

/// Why a value cannot be written as a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {found} is not {expected}", place(path))]
pub struct EncodeError {
    /// Where in the value it is.
    pub path: Path,
    /// The type it was to be written as.
    pub expected: String,
    /// What kind of value it is.
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

/// A type in words, for messages.
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
