//! The objects that others replace in one run, and the ones that were created.
//!
//! When Terraform asks a provider for the new object, it says nothing about the old one. What a plan knows
//! about the new object is stored in the old one's private data; the rest follows from the order of one
//! apply: either the old object ends first and waits for its successor, or the successor exists when the
//! old one ends.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::connection::{Connection, ConnectionTarget};
use crate::engine::{DestroyOptions, Object};
use crate::sync::lock;
use crate::terraform::provider::StateResponse;

/// An object that Stripe does not end while another object holds it.
#[derive(Debug)]
pub(in crate::provider) struct WaitingObject {
    pub(in crate::provider) object: Object,
    pub(in crate::provider) options: DestroyOptions,
    /// Its state, which Terraform has already dropped.
    pub(in crate::provider) state: StateResponse,
}

/// The objects that others replace in one run, and the ones that were created.
#[derive(Debug, Default)]
pub(in crate::provider) struct Successions {
    /// The objects that wait for a successor, by the successor's mark.
    waiting: Mutex<HashMap<(ConnectionTarget, String), WaitingObject>>,
    made: Mutex<Vec<(ConnectionTarget, Object)>>,
}

impl Successions {
    /// Notes an object that cannot end before its successor exists.
    pub(in crate::provider) fn waits(
        &self,
        connection: &Connection,
        successor: String,
        object: WaitingObject,
    ) {
        let mut waiting = lock(&self.waiting);
        waiting.insert((connection.place(), successor), object);
    }

    /// Returns the object that waits for the one with this mark.
    pub(in crate::provider) fn predecessor(
        &self,
        connection: &Connection,
        mark: String,
    ) -> Option<WaitingObject> {
        let mut waiting = lock(&self.waiting);
        waiting.remove(&(connection.place(), mark))
    }

    /// Notes an object that was created.
    pub(in crate::provider) fn made(&self, connection: &Connection, object: Object) {
        if object.entity.ends_with.as_ref().is_some_and(|rule| rule.held_as.is_some()) {
            let mut made = lock(&self.made);
            made.push((connection.place(), object));
        }
    }

    /// Returns the object that can replace one that ends, if exactly one such object was created in this
    /// run.
    pub(in crate::provider) fn successor(&self, connection: &Connection, object: &Object) -> Option<Object> {
        let place = connection.place();
        let made = lock(&self.made);
        let mut fitting =
            made.iter().filter(|(there, new)| *there == place && object.can_be_succeeded_by(new));
        fitting.next().filter(|_| fitting.next().is_none()).map(|(_, new)| new.clone())
    }
}
