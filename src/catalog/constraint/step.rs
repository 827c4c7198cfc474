//! Checks lists whose items are steps: `up_to` of the tiers of a price rises, and is `inf` in the last
//! one.

use serde_json::Value as Json;

use super::{Known, number_in};

/// The value of the last step, which has no end.
const END: &str = "inf";

/// A wrong step: the list, the item and its member.
#[derive(Debug, Clone, Copy)]
pub struct Step<'t> {
    list: &'t str,
    at: usize,
    member: &'t str,
    /// The fault.
    pub wrong: StepFault,
}

/// The fault of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepFault {
    /// It is not higher than the one before.
    NotAbove,
    /// It has no end, but another one follows.
    EndsEarly,
    /// It is the last one, but has an end.
    NoEnd,
}

impl<'t> Step<'t> {
    /// Returns the first step that is certainly wrong. An item with an unknown member is ignored: it may
    /// become several items, or none.
    pub(super) fn wrong(known: Known<'t>, list: &'t str, member: &'t str) -> Option<Self> {
        let items = known.at(list)?.as_array()?;
        let mut below: Option<&Json> = None;
        for (at, item) in items.iter().enumerate() {
            let value = item.get(member).filter(|value| !value.is_null());
            let step = |at, wrong| Self { list, at, member, wrong };
            match (below, value) {
                (Some(end), Some(_)) if is_end(end) => return Some(step(at - 1, StepFault::EndsEarly)),
                (Some(before), Some(value)) if !is_end(value) && number_in(value)? <= number_in(before)? => {
                    return Some(step(at, StepFault::NotAbove));
                }
                (_, Some(value)) if at + 1 == items.len() && !is_end(value) => {
                    return Some(step(at, StepFault::NoEnd));
                }
                _ => {}
            }
            below = value;
        }
        None
    }

    /// Returns the path of the step: `tiers.1.up_to`.
    pub fn place(&self) -> String {
        format!("{}.{}.{}", self.list, self.at, self.member)
    }
}

fn is_end(value: &Json) -> bool {
    value.as_str() == Some(END)
}
