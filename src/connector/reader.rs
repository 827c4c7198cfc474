//! Reads that cost less than one call each: a page of a list answers a hundred of them.
//!
//! # Theory
//!
//! Terraform reads every object of a state, ten at a time. What it will ask for next it does not say, so pages
//! are a bet: [`page_cache`](self) asks for one only where it takes no more calls than the reads that it can be
//! expected to answer. Each read ends in one of two ways: a page has shown the object, or it is asked for by
//! its id. That something is gone, or hidden from a list, only the second way tells.
//!
//! What a page shows is kept until it is asked for, and never longer than until the next write: a read is
//! never older than the last write of this process, nor than its connection. Who cannot bear an answer that is
//! older than the question (a data source, beside programs that run in an apply) is answered only by pages that
//! were asked for after it came.

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

/// What is known of an object before it is read.
#[derive(Debug, Clone, Copy)]
pub struct ReadHint<'k> {
    /// The object as Stripe last answered it.
    pub body: &'k Json,
    /// How many objects of its list the run had to do with that wrote its state; 0 where that is not known.
    pub expected_reads: usize,
}

/// How many calls reading by list has saved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Savings {
    /// The reads that pages answered.
    pub reads: usize,
    /// The pages that were asked for.
    pub pages: usize,
}

/// How old an answer may be.
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
    /// The entity at that place, where that pays as a page of its list shows it. It is as it was after the last
    /// write through this connection, or later.
    pub async fn read(
        &self,
        entity: &'static Entity,
        locator: &str,
        known: ReadHint<'_>,
    ) -> Result<Json, Error> {
        self.read_by(entity, locator, known, Freshness::SinceLastWrite).await
    }

    /// The same, as it was after the call, or later.
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
                // A call that is under way began before the question.
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

    /// Counts one more object that was made or read; how many of its list there are by now, 0 where no list shows it.
    pub fn count_listed(&self, entity: &'static Entity, locator: &str, body: &Json) -> usize {
        let listing = ObjectList::of(entity, locator, body);
        listing.map_or(0, |listing| self.reader.list_reads(&listing, Freshness::SinceLastWrite).count())
    }

    /// Whether something was seen that keeps Stripe from deleting the object with this id.
    pub fn has_dependents(&self, id: &str) -> bool {
        lock(&self.reader.kept).contains(id)
    }

    /// How many calls reading by list has saved so far.
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

    /// Marks a write as under way: what was read before it and during it is not kept.
    pub(super) fn writing(&self) -> Writing<'_> {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        Writing(self)
    }

    fn epoch(&self) -> Epoch {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Counts a read that a page has answered.
    fn count_answered_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a page that was asked for.
    fn count_page(&self) {
        self.pages.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what an answered object keeps Stripe from deleting.
    pub(super) fn note(&self, entity: &Entity, body: &Json) {
        for field in &entity.keeps {
            if let Some(id) = id_at(body, field) {
                lock(&self.kept).insert(id.to_owned());
            }
        }
    }
}

/// A write that is under way.
#[derive(Debug)]
pub(super) struct Writing<'r>(&'r ObjectReader);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.epoch.fetch_add(1, Ordering::SeqCst);
    }
}
