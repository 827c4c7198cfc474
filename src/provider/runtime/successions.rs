//! The objects of one run that make way for others, and those that were made.
//!
//! Terraform tells a provider nothing of an old object when it asks for the new one. What a plan knows of
//! the new one goes with the old one's private data; the rest is seen in the order of one apply: the
//! old one ends first and waits for its successor, or the successor is there when the old one ends.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::connection::{Connection, ConnectionTarget};
use crate::engine::{DestroyOptions, Object};
use crate::sync::lock;
use crate::terraform::provider::StateResponse;

/// An object that Stripe would not end while another object holds it.
#[derive(Debug)]
pub(in crate::provider) struct WaitingObject {
    pub(in crate::provider) object: Object,
    pub(in crate::provider) options: DestroyOptions,
    /// Its state, from which it was taken already.
    pub(in crate::provider) state: StateResponse,
}

/// The objects of one run that make way for others, and those that were made.
#[derive(Debug, Default)]
pub(in crate::provider) struct Successions {
    /// What waits for its successor, by the mark of that one.
    waiting: Mutex<HashMap<(ConnectionTarget, String), WaitingObject>>,
    made: Mutex<Vec<(ConnectionTarget, Object)>>,
}

impl Successions {
    /// Notes an object that could not end before its successor is there.
    pub(in crate::provider) fn waits(
        &self,
        connection: &Connection,
        successor: String,
        object: WaitingObject,
    ) {
        let mut waiting = lock(&self.waiting);
        waiting.insert((connection.place(), successor), object);
    }

    /// The object that waits for the one with this mark.
    pub(in crate::provider) fn predecessor(
        &self,
        connection: &Connection,
        mark: String,
    ) -> Option<WaitingObject> {
        let mut waiting = lock(&self.waiting);
        waiting.remove(&(connection.place(), mark))
    }

    /// Notes an object that was made.
    pub(in crate::provider) fn made(&self, connection: &Connection, object: Object) {
        if object.entity.ends_with.as_ref().is_some_and(|rule| rule.held_as.is_some()) {
            let mut made = lock(&self.made);
            made.push((connection.place(), object));
        }
    }

    /// The only object made in this run that can stand in the place of one that ends.
    pub(in crate::provider) fn successor(&self, connection: &Connection, object: &Object) -> Option<Object> {
        let place = connection.place();
        let made = lock(&self.made);
        let mut fitting =
            made.iter().filter(|(there, new)| *there == place && object.can_be_succeeded_by(new));
        fitting.next().filter(|_| fitting.next().is_none()).map(|(_, new)| new.clone())
    }
}
