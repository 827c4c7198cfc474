//! Finds values that Stripe may refuse: values that are not in its lists of known values, which may be new,
//! and ids that look like ids of another type, which may have been chosen by a practitioner.

use std::fmt;
use std::ops::ControlFlow;

use crate::catalog::names::closest;
use crate::catalog::{Kind, Member, OtherId, currencies};
use crate::engine::params::DesiredParams;
use crate::engine::params::visit::visit;

/// A value that is not in the list of its param, or that looks like the id of an object of another type. It
/// is sent nevertheless, because Stripe adds values, and practitioners choose ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedValue {
    /// The param, dotted.
    pub param: String,
    /// The value as it is sent.
    pub value: String,
    /// The known value that was probably meant.
    pub suggestion: Option<String>,
    /// The values that Stripe is known to take.
    pub known: Vec<String>,
    /// The other type whose id the value looks like, if it is an id.
    pub other: Option<OtherId>,
}

/// How many known values a message lists.
const NAMED: usize = 8;

impl UnlistedValue {
    /// Why the value is doubted, as the end of a sentence; `rest` says where all known values can be found.
    pub fn reason(&self, rest: &str) -> String {
        if let Some(OtherId { expected, found, .. }) = &self.other {
            return format!("which looks like {found}; Stripe takes {expected}");
        }
        let named: Vec<String> = self.known.iter().take(NAMED).map(|value| format!("`{value}`")).collect();
        let more = self.known.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more ({rest} has all)") };
        format!("which Stripe does not document; it documents {}{more}", named.join(", "))
    }
}

impl fmt::Display for UnlistedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { param, value, suggestion, .. } = self;
        if let Some(meant) = suggestion {
            write!(f, "Did you mean {meant:?}? ")?;
        }
        write!(f, "{param:?} is {value:?}, {}", self.reason("Stripe's API reference"))
    }
}

/// Every enum value that the catalog does not list, every currency that Stripe is not known to take, and
/// every id that looks like an id of another type.
pub fn unlisted_values(desired: &DesiredParams, known: &[Member]) -> Vec<UnlistedValue> {
    let mut found = Vec::new();
    visit(&desired.params, known, &mut |place, value, shape| {
        found.extend(value.as_str().and_then(|text| unlisted_text(place, text, &shape.kind)));
        ControlFlow::Continue(())
    });
    found
}

fn unlisted_text(place: &str, text: &str, kind: &Kind) -> Option<UnlistedValue> {
    match kind {
        Kind::Enum(known) => unlisted(place, text, text, known.iter().map(String::as_str)),
        Kind::Currency => unlisted(place, text, &text.to_ascii_lowercase(), currencies()),
        Kind::Id(objects) => {
            let other = OtherId::of(text, objects)?;
            Some(UnlistedValue { other: Some(other), ..doubted(place, text) })
        }
        _ => None,
    }
}

fn doubted(place: &str, value: &str) -> UnlistedValue {
    let (param, value) = (place.to_owned(), value.to_owned());
    UnlistedValue { param, value, suggestion: None, known: Vec::new(), other: None }
}

/// Returns a value if it is not among the known ones, to which it is compared as
/// `spelled`. The empty text unsets.
fn unlisted<'k>(
    place: &str,
    value: &str,
    spelled: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Option<UnlistedValue> {
    if value.is_empty() || known.clone().any(|known| known == spelled) {
        return None;
    }
    Some(UnlistedValue {
        suggestion: closest(spelled, known.clone().map(|known| (known, known))).map(str::to_owned),
        known: known.map(str::to_owned).collect(),
        ..doubted(place, value)
    })
}
