//! Reads objects with fewer than one call each: a page of a list can answer a hundred reads.
//!
//! # Theory
//!
//! Terraform reads every object of a state, ten at a time. It does not say which objects it will
//! ask for next, so a page is a bet: [`page_cache`](self) requests one only if that takes no more
//! calls than the reads that it is expected to answer. Each read ends in one of two ways: a page
//! has shown the object, or the object is requested by its id. Only the second way can tell that an
//! object is gone, or hidden from a list.
//!
//! An object that a page shows is kept until it is read, but no longer than until the next write: the result
//! of a read is never older than the last write of this process, nor than its connection. A caller that needs
//! an answer no older than its question (a data source, when other programs run during an apply) is only
//! answered by pages that were requested after the read began.

mod list_reads;
mod listing;
mod page_cache;
mod segment;
mod single_flight;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{Connector, Error, id_at, locator, traced_operation};
use crate::sync::lock;
use list_reads::{ListReads, ReadOutcome, ReadTarget};
use listing::ObjectList;
use single_flight::SingleFlight;

/// The number of writes of a connection.
type Epoch = u64;

/// What is known about an object before it is read.
#[derive(Debug, Clone, Copy)]
pub struct ReadHint<'k> {
    /// The object as Stripe last answered it.
    pub body: &'k Json,
    /// How many objects of the same list the run that wrote its state read or created; 0 if unknown.
    pub expected_reads: usize,
}

/// The number of calls that reading by list has saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Savings {
    /// The number of reads that pages answered.
    pub reads: usize,
    /// The number of pages that were requested.
    pub pages: usize,
}

/// The allowed age of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Freshness {
    /// As old as the last write of this process.
    SinceLastWrite,
    /// No older than the question.
    SinceAsked,
}

/// The state that the reads of one connection share.
#[derive(Debug, Default)]
pub(super) struct ObjectReader {
    lists: Mutex<HashMap<(String, Freshness), Arc<ListReads>>>,
    reads_in_flight: SingleFlight<Json>,
    epoch: AtomicU64,
    reads: AtomicUsize,
    pages: AtomicUsize,
    /// Ids that Stripe will refuse to delete: an object seen in this run refers to them.
    kept: Mutex<HashSet<String>>,
}

impl Connector {
    /// Reads the entity with this locator, from a page of its list if that saves calls. The result is its
    /// state after the last write through this connection, or a later one.
    pub async fn read(
        &self,
        entity: &'static Entity,
        locator: &str,
        known: ReadHint<'_>,
    ) -> Result<Json, Error> {
        self.read_by(entity, locator, known, Freshness::SinceLastWrite).await
    }

    /// Reads the entity with this locator as it is after the read began, or later.
    pub async fn read_now(&self, entity: &'static Entity, locator: &str) -> Result<Json, Error> {
        let known = ReadHint { body: &Json::Null, expected_reads: 0 };
        self.read_by(entity, locator, known, Freshness::SinceAsked).await
    }

    async fn read_by(
        &self,
        entity: &'static Entity,
        locator: &str,
        known: ReadHint<'_>,
        age: Freshness,
    ) -> Result<Json, Error> {
        let key = format!("{} {locator} {}", entity.key, self.reader.epoch());
        let read = self.read_alone(entity, locator, known, age);
        let work = async {
            match age {
                Freshness::SinceLastWrite => self.reader.reads_in_flight.shared(&key, read).await,
                // A call that is already in flight began before the question.
                Freshness::SinceAsked => read.await,
            }
        };
        self.connection.operation(traced_operation("Get", entity, Some(locator)), work, |_| 1).await
    }

    async fn read_alone(
        &self,
        entity: &'static Entity,
        locator: &str,
        known: ReadHint<'_>,
        age: Freshness,
    ) -> Result<Json, Error> {
        let ids = locator::ids(entity, locator)?;
        let listing = ObjectList::of(entity, locator, known.body).filter(|_| self.connection.reads_by_list());
        let Some((listing, id)) = listing.zip(ids.last()) else { return self.get(entity, locator).await };
        let others = self.reader.list_reads(&listing, age);
        let created = segment::time_of(known.body);
        let target = ReadTarget { id: (*id).to_owned(), created, expected: known.expected_reads };
        match others.read(self, listing, target).await {
            ReadOutcome::Found(mut body) => {
                self.read_all_items(entity, &mut body).await?;
                Ok(body)
            }
            ReadOutcome::Singly(_single) => self.get(entity, locator).await,
        }
    }

    /// Counts one more object that was created or read. Returns the number of such objects in its list so
    /// far, or 0 if no list shows it.
    pub fn count_listed(&self, entity: &'static Entity, locator: &str, body: &Json) -> usize {
        let listing = ObjectList::of(entity, locator, body);
        listing.map_or(0, |listing| self.reader.list_reads(&listing, Freshness::SinceLastWrite).count())
    }

    /// Whether an object was seen that keeps Stripe from deleting the object with this id.
    pub fn has_dependents(&self, id: &str) -> bool {
        lock(&self.reader.kept).contains(id)
    }

    /// The number of calls that reading by list has saved so far.
    pub fn savings(&self) -> Savings {
        let ObjectReader { reads, pages, .. } = &*self.reader;
        Savings { reads: reads.load(Ordering::Relaxed), pages: pages.load(Ordering::Relaxed) }
    }
}

impl ObjectReader {
    fn list_reads(&self, listing: &ObjectList, age: Freshness) -> Arc<ListReads> {
        let mut lists = lock(&self.lists);
        let key = (listing.key(), age);
        Arc::clone(lists.entry(key).or_insert_with(|| Arc::new(ListReads::new(age))))
    }

    /// Marks a write as in flight: the results of reads before it and during it are not kept.
    pub(super) fn writing(&self) -> Writing<'_> {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        Writing(self)
    }

    fn epoch(&self) -> Epoch {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Counts a read that a page answered.
    fn count_answered_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a page that was requested.
    fn count_page(&self) {
        self.pages.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes the objects that Stripe will not delete because this one refers to them.
    pub(super) fn note(&self, entity: &Entity, body: &Json) {
        for field in &entity.keeps {
            if let Some(id) = id_at(body, field) {
                lock(&self.kept).insert(id.to_owned());
            }
        }
    }
}

/// A write in flight.
#[derive(Debug)]
pub(super) struct Writing<'r>(&'r ObjectReader);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.epoch.fetch_add(1, Ordering::SeqCst);
    }
}
