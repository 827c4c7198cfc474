//! Decodes bytes into a value of a type.

use std::borrow::Cow;
use std::collections::BTreeMap;

use compact_str::CompactString;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::reader::{Reader, Token};
use super::{DecodeError, MAX_DEPTH, describe_type};
use crate::terraform::value::{Entries, Number, Path, Step, Type, Value};

/// The extension for a refined unknown: something is known about the future value.
const REFINED: i8 = 12;
/// The maximum size of a refinement, in bytes.
const REFINEMENT_LIMIT: usize = 1024;

/// Decodes one value of type `ty`; bytes after it are an error.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, DecodeError> {
    let mut decoder = Decoder { reader: Reader::new(bytes), depth: 0 };
    let value = decoder.value(ty)?;
    match decoder.reader.rest().len() {
        0 => Ok(value),
        left => Err(error(decoder.reader.offset(), format!("{left} more bytes follow"))),
    }
}

struct Decoder<'b> {
    reader: Reader<'b>,
    depth: usize,
}

impl<'b> Decoder<'b> {
    fn value(&mut self, ty: &Type) -> Result<Value, DecodeError> {
        let offset = self.reader.offset();
        if self.depth > MAX_DEPTH {
            return Err(error(offset, format!("it is nested deeper than {MAX_DEPTH}")));
        }
        let token = self.token()?;
        match (token, ty) {
            (Token::Nil, _) => Ok(Value::Null),
            (Token::Extension(kind, body), _) => Self::unknown(offset, kind, body),
            (Token::Array(2), Type::Dynamic) => self.dynamic(),
            (Token::Bool(truth), Type::Bool) => Ok(Value::Bool(truth)),
            (Token::Text(text), Type::String) => Ok(Value::String(Self::text(offset, text)?.into_owned())),
            (token, Type::Number) => Self::number(offset, token),
            (Token::Array(length), Type::List(element)) => Ok(Value::List(self.items(length, element)?)),
            (Token::Array(length), Type::Set(element)) => {
                Ok(Value::Set(distinct(self.items(length, element)?)))
            }
            (Token::Array(length), Type::Tuple(elements)) if length == elements.len() => self.tuple(elements),
            (Token::Map(length), Type::Map(element)) => self.map(length, element),
            (Token::Map(length), Type::Object(attributes)) if length == attributes.len() => {
                self.object(offset, attributes)
            }
            (found, _) => Err(Self::mismatch(offset, ty, found)),
        }
    }

    /// Decodes an unknown: an extension of at most one byte, or a refined one.
    fn unknown(offset: usize, kind: i8, body: &[u8]) -> Result<Value, DecodeError> {
        match body.len() {
            0 | 1 => Ok(Value::Unknown),
            length if kind == REFINED && length <= REFINEMENT_LIMIT => Ok(Value::Unknown),
            _ if kind == REFINED => {
                Err(error(offset, format!("its refinement is longer than {REFINEMENT_LIMIT} bytes")))
            }
            _ => Err(error(offset, format!("extension {kind} means nothing"))),
        }
    }

    /// Decodes a value that comes with its type: `[type, value]`.
    fn dynamic(&mut self) -> Result<Value, DecodeError> {
        let offset = self.reader.offset();
        let (Token::Binary(spelling) | Token::Text(spelling)) = self.token()? else {
            return Err(error(offset, "a type should stand here".to_owned()));
        };
        let spelled = serde_json::from_slice(spelling).ok();
        let ty = spelled.as_ref().and_then(Type::from_json);
        let ty = ty.ok_or_else(|| error(offset, "its type cannot be read".to_owned()))?;
        let value = self.deeper(&ty)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    fn number(offset: usize, token: Token<'_>) -> Result<Value, DecodeError> {
        let number = match token {
            Token::Float(number) if number.is_infinite() => {
                return Err(error(offset, "an infinite number cannot be used".to_owned()));
            }
            Token::Signed(number) => Some(Number::from(number)),
            Token::Unsigned(number) => Some(Number::from(number)),
            Token::Float(number) => Number::from_f64(number),
            Token::Text(text) => std::str::from_utf8(text).ok().and_then(Number::parse),
            _ => None,
        };
        number.map(Value::Number).ok_or_else(|| Self::mismatch(offset, &Type::Number, token))
    }

    fn text(offset: usize, bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|_| error(offset, "its text is not UTF-8".to_owned()))?;
        if text.is_ascii() {
            return Ok(text.into());
        }
        Ok(match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => text.into(),
            IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfc().collect()),
        })
    }

    fn items(&mut self, length: usize, element: &Type) -> Result<Vec<Value>, DecodeError> {
        (0..length).map(|at| self.inside(element, || Step::at(at))).collect()
    }

    fn tuple(&mut self, elements: &[Type]) -> Result<Value, DecodeError> {
        let items = elements.iter().enumerate();
        let items = items.map(|(at, ty)| self.inside(ty, || Step::at(at)));
        Ok(Value::List(items.collect::<Result<_, _>>()?))
    }

    fn map(&mut self, length: usize, element: &Type) -> Result<Value, DecodeError> {
        let entries = (0..length).map(|_| {
            let key = self.key()?;
            let value = self.inside(element, || Step::Key(key.to_string()))?;
            Ok((key, value))
        });
        Ok(Value::Map(entries.collect::<Result<_, _>>()?))
    }

    fn object(&mut self, offset: usize, attributes: &BTreeMap<String, Type>) -> Result<Value, DecodeError> {
        let mut entries = Vec::with_capacity(attributes.len());
        for (name, ty) in attributes {
            let here = self.reader.offset();
            let key = self.key()?;
            // Terraform sends the attributes sorted by name, which is also their order in the type.
            let ty = if key == *name { Some(ty) } else { attributes.get(key.as_str()) };
            let ty = ty.ok_or_else(|| error(here, format!("it has no attribute {key:?}")))?;
            let value = self.inside(ty, || Step::Attribute(key.to_string()))?;
            entries.push((key, value));
        }
        let entries = Entries::from_iter(entries);
        // Every name that was read is in the type, so an equal count means that none is missing.
        let is_whole = entries.len() == attributes.len();
        match attributes.keys().find(|name| !is_whole && !entries.contains_key(name.as_str())) {
            Some(missing) => Err(error(offset, format!("it lacks the attribute {missing:?}"))),
            None => Ok(Value::Map(entries)),
        }
    }

    fn key(&mut self) -> Result<CompactString, DecodeError> {
        let offset = self.reader.offset();
        match self.token()? {
            Token::Text(text) => Self::text(offset, text).map(CompactString::from),
            _ => Err(error(offset, "a key must be text".to_owned())),
        }
    }

    /// Decodes a value one step further in; the step is only built for an error.
    fn inside(&mut self, ty: &Type, step: impl FnOnce() -> Step) -> Result<Value, DecodeError> {
        self.deeper(ty).map_err(|error| error.below(step()))
    }

    fn deeper(&mut self, ty: &Type) -> Result<Value, DecodeError> {
        self.depth += 1;
        let value = self.value(ty)?;
        self.depth -= 1;
        Ok(value)
    }

    fn token(&mut self) -> Result<Token<'b>, DecodeError> {
        let offset = self.reader.offset();
        self.reader.token().map_err(|why| error(offset, why.to_string()))
    }

    fn mismatch(offset: usize, ty: &Type, found: Token<'_>) -> DecodeError {
        let found = match found {
            Token::Nil => "nothing".to_owned(),
            Token::Bool(truth) => format!("{truth}"),
            Token::Signed(_) | Token::Unsigned(_) | Token::Float(_) => "a number".to_owned(),
            Token::Text(_) => "text".to_owned(),
            Token::Binary(_) => "bytes".to_owned(),
            Token::Array(length) => format!("an array of {length}"),
            Token::Map(length) => format!("a map of {length}"),
            Token::Extension(kind, _) => format!("extension {kind}"),
        };
        error(offset, format!("{found} is not {}", describe_type(ty)))
    }
}

fn error(offset: usize, reason: String) -> DecodeError {
    DecodeError { path: Path::root(), offset, reason }
}

/// Returns the elements of a set without duplicates.
fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for item in items {
        if item.is_unknown() || !found.contains(&item) {
            found.push(item);
        }
    }
    found
}
