//! The objects of one run that make way for others, and those that were made.
//!
//! Terraform tells a provider nothing of an old object when it asks for the new one. What a plan knows of
//! the new one goes with the old one's private data; the rest is seen in the order of one apply: the
//! old one ends first and waits for its successor, or the successor is there when the old one ends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::engine::{EndWish, Object};

/// The objects of one run that make way for others, and those that were made.
#[derive(Debug, Default)]
pub(super) struct Successions {
    /// What Stripe would not end while another object holds it, by the mark of its successor.
    waiting: Mutex<HashMap<String, (Object, EndWish)>>,
    made: Mutex<Vec<Object>>,
}

impl Successions {
    /// Notes an object that could not end before its successor is there.
    pub(super) fn waits(&self, successor: String, object: Object, wish: EndWish) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(successor, (object, wish));
    }

    /// The object that waits for the one with this mark.
    pub(super) fn predecessor(&self, mark: &str) -> Option<(Object, EndWish)> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(mark)
    }

    /// Notes an object that was made.
    pub(super) fn made(&self, object: Object) {
        if object.entity.ends_with.as_ref().is_some_and(|rule| rule.held_as.is_some()) {
            self.made.lock().unwrap_or_else(PoisonError::into_inner).push(object);
        }
    }

    /// The only object made in this run that can stand in the place of one that ends.
    pub(super) fn successor(&self, object: &Object) -> Option<Object> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fitting = made.iter().filter(|new| object.can_be_succeeded_by(new));
        fitting.next().filter(|_| fitting.next().is_none()).cloned()
    }
}
