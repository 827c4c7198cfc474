//! A contiguous part of a list that was read, and its two ends.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::listing::{FetchedPage, Start};
use crate::connector::list::STRIPE_PAGE;

/// The ways in which a list can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Abilities {
    /// Whether a page can begin at a time.
    pub(super) times: bool,
    /// Whether pages continue after and before an object.
    pub(super) ids: bool,
}

/// A part of a list without a gap.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) newest: SegmentEdge,
    pub(super) oldest: SegmentEdge,
    pub(super) objects: usize,
    pub(super) pages: usize,
}

/// An end of a segment.
#[derive(Debug, Clone, Default)]
pub(super) struct SegmentEdge {
    /// The time of the object at this end, in seconds since 1970.
    pub(super) created: Option<i64>,
    /// The place where the list continues; `None` if the list ends here.
    pub(super) on: Option<Start>,
}

/// The way to a page that may show an object.
#[derive(Debug)]
pub(super) struct AccessPath<'s> {
    /// The approximate number of pages to read; 1 if the next page should show the object.
    pub(super) pages: usize,
    /// The next page on this way.
    pub(super) start: &'s Start,
}

impl Segment {
    /// The segment of a single page.
    pub(super) fn of(start: &Start, page: FetchedPage, can: Abilities) -> Self {
        let [first, last] = [page.objects.first(), page.objects.last()];
        let id = |body: Option<_>| body.and_then(id_of).filter(|_| can.ids);
        let down = page.token.map(Start::Token).or_else(|| id(last).map(Start::Behind));
        let goes_up = match start {
            Start::Top => false,
            Start::Before(_) => page.more,
            Start::From(_) | Start::Behind(_) | Start::Token(_) => true,
        };
        Self {
            newest: SegmentEdge {
                created: first.and_then(time_of),
                on: id(first).filter(|_| goes_up).map(Start::Before),
            },
            oldest: SegmentEdge { created: last.and_then(time_of), on: down.filter(|_| page.more) },
            objects: page.objects.len(),
            pages: 1,
        }
    }

    /// Adds the page that began at one of its ends.
    pub(super) fn grow(&mut self, start: &Start, page: Self) {
        self.objects += page.objects;
        self.pages += page.pages;
        let (own, new) = match start {
            Start::Before(_) => (&mut self.newest, page.newest),
            _ => (&mut self.oldest, page.oldest),
        };
        *own = SegmentEdge { created: new.created.or(own.created), on: new.on };
    }

    /// Adds another segment that it has met.
    pub(super) fn join(&mut self, other: &Self) {
        self.objects += other.objects;
        self.pages += other.pages;
        if other.newest.created > self.newest.created {
            self.newest = other.newest.clone();
        }
        if other.oldest.created <= self.oldest.created {
            self.oldest = other.oldest.clone();
        }
    }

    /// Whether it overlaps another segment whose newest object is no newer than its own. `shown` are the
    /// objects on the last page of one of the two.
    pub(super) fn meets(&self, older: &Self, shown: &HashSet<String>) -> bool {
        let (Some(end), Some(begin)) = (self.oldest.created, older.newest.created) else { return false };
        let seen =
            |edge: &SegmentEdge| edge.on.as_ref().and_then(Start::id).is_some_and(|id| shown.contains(id));
        end < begin || (seen(&self.oldest) && seen(&older.newest))
    }

    /// Whether all of its objects were created after this time.
    pub(super) fn is_newer_than(&self, created: Option<i64>) -> bool {
        self.oldest.created.zip(created).is_some_and(|(oldest, created)| oldest > created)
    }

    /// The way to an object of this time. Returns `None` if the segment should
    /// contain the object and does not.
    pub(super) fn towards(&self, created: Option<i64>) -> Option<AccessPath<'_>> {
        let (Some(created), Some(newest), Some(oldest)) = (created, self.newest.created, self.oldest.created)
        else {
            // The place of the object is unknown: the estimate is as many pages as were read so far.
            let on = self.oldest.on.as_ref().or(self.newest.on.as_ref())?;
            return Some(AccessPath { pages: self.pages, start: on });
        };
        let (gap, edge) = match created {
            _ if created <= oldest => (oldest - created, &self.oldest),
            _ if created >= newest => (created - newest, &self.newest),
            _ => return None,
        };
        Some(AccessPath { pages: self.pages_in(gap, newest - oldest), start: edge.on.as_ref()? })
    }

    /// The estimated number of pages in a gap, in seconds, if it is as dense as the segment.
    fn pages_in(&self, gap: i64, own: i64) -> usize {
        let [gap, own] = [gap, own.max(1)].map(|seconds| usize::try_from(seconds).unwrap_or(usize::MAX));
        gap.saturating_mul(self.objects) / own.saturating_mul(STRIPE_PAGE) + 1
    }
}

/// The time at which an object was created, in seconds since 1970.
pub(super) fn time_of(body: &Json) -> Option<i64> {
    body.get("created").and_then(Json::as_i64)
}

pub(super) fn id_of(body: &Json) -> Option<String> {
    body.get("id").and_then(Json::as_str).map(str::to_owned)
}
