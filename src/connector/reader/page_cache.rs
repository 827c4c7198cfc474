//! The segments of a list that were read: the objects that were not asked for
//! yet, and the places to continue.
//!
//! # Theory
//!
//! A list is sorted newest first, so the time of an object determines its place. A segment begins at the
//! newest object for which a read is waiting, or a little later, and grows by whole pages towards other
//! objects, up or down, until it meets the next segment: no page is read twice. The distance to another
//! object, in pages, is estimated from its time and from the number of objects per second in the segment.
//! Reading on to it saves calls if it takes no more calls than the reads still expected. Otherwise a new
//! segment starts at the object itself, which costs one call, like reading it by id.
//!
//! Pages that follow each other cost one latency each. So several may be in flight: both ends of a segment
//! can grow; a second segment begins at an object that is far from the first, which costs one more page where
//! the two meet; and as long as the objects on pages are asked for, further pages are requested ahead of the
//! reads for them.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::listing::{FetchedPage, Start};
use super::segment::{Abilities, AccessPath, Segment, SegmentEdge, id_of};
use crate::connector::list::STRIPE_PAGE;

/// The largest number of objects that are kept for later reads.
const MOST_KEPT: usize = 10_000;
/// The approximate number of objects that a run creates in a second, at the limit of a test key.
const MADE_A_SECOND: usize = 20;
/// How many new segments in a row may contain only the object at which they began.
const MOST_ALONE: usize = 2;
/// The largest number of pages up to an object for which a page in flight is awaited
/// rather than a new one requested.
const NEAR: usize = 2;
/// Pages are requested ahead while at least one in this many of their objects was asked for.
const SHOWN_FOR_ONE: usize = 4;
/// Before any read, pages requested ahead may hold one part in this many of the expected objects.
const UNTRIED_PART: usize = 8;
/// The smallest distance from the first segment, in pages, at which a second one begins.
const FAR: usize = 8;

/// The parts of a list that were read.
#[derive(Debug, Default)]
pub(super) struct PageCache {
    /// The objects that were not asked for yet, as JSON text.
    kept: HashMap<String, Box<[u8]>>,
    /// The segments, newest first; segments that are known to overlap are joined.
    segments: Vec<Segment>,
    /// The requested pages that have not arrived.
    under_way: Vec<Start>,
    /// How many new segments in a row have shown at most one object that was asked for.
    alone: usize,
    /// Whether the objects of earlier pages were discarded because of a write.
    after_write: bool,
}

impl PageCache {
    /// An empty cache that replaces one that a write has made obsolete.
    pub(super) fn after_write() -> Self {
        Self { after_write: true, ..Self::default() }
    }

    /// The object with this id, which is returned only once.
    pub(super) fn take(&mut self, id: &str) -> Option<Json> {
        self.kept.remove(id).and_then(|text| serde_json::from_slice(&text).ok())
    }

    /// Notes that a page also answered a read that was not waiting for it.
    pub(super) fn asked_for(&mut self) {
        self.alone = 0;
    }

    /// The next page to request, if it saves calls: one that answers waiting reads, given the times of their
    /// objects, or expected reads. `to_come` is the number of expected reads, including the waiting ones. The
    /// page counts as in flight from now on.
    pub(super) fn next(&mut self, waiting: &[Option<i64>], to_come: usize, can: Abilities) -> Option<Start> {
        if self.kept.len() > MOST_KEPT {
            return None;
        }
        let begins = self.segments.is_empty() && self.under_way.is_empty() && !waiting.is_empty();
        let start = begins.then(|| beginning(waiting, to_come, can));
        let start = start.or_else(|| self.nearest(waiting, to_come, can));
        let start = start.or_else(|| self.farthest(waiting, to_come, can)).or_else(|| self.ahead(to_come));
        self.under_way.extend(start.clone());
        start
    }

    /// The page towards the nearest object for which a read is waiting. An object near a page in flight waits
    /// for that page.
    fn nearest(&self, waiting: &[Option<i64>], to_come: usize, can: Abilities) -> Option<Start> {
        let ways = waiting.iter().filter_map(|created| {
            let (under_way, open): (Vec<AccessPath<'_>>, Vec<AccessPath<'_>>) =
                self.ways(*created).partition(|way| self.under_way.contains(way.start));
            let comes = under_way.iter().any(|way| way.pages <= NEAR);
            open.into_iter().min_by_key(|way| way.pages).filter(|_| !comes)
        });
        match ways.min_by_key(|way| way.pages) {
            Some(way) if way.pages <= to_come => Some(way.start.clone()),
            // A page for a single object is a bet; the next bet is made once this one is decided.
            Some(_) if self.alone < MOST_ALONE && self.under_way.is_empty() => {
                Some(beginning(waiting, to_come, can)).filter(|it| *it != Start::Top)
            }
            _ => None,
        }
    }

    /// The start of a second segment, at the object farthest from the first, if reading all pages up to it
    /// saves calls anyway. Then three ends can grow at once.
    fn farthest(&self, waiting: &[Option<i64>], to_come: usize, can: Abilities) -> Option<Start> {
        let [only] = self.segments.as_slice() else { return None };
        let begins = self.under_way.iter().any(|start| matches!(start, Start::From(_)));
        if !can.times || begins {
            return None;
        }
        let far = waiting.iter().flatten().filter_map(|created| {
            let pages = only.towards(Some(*created))?.pages;
            (FAR..=to_come).contains(&pages).then_some((pages, *created))
        });
        far.max().map(|(_, created)| Start::From(created))
    }

    /// A page for expected reads, if not all of their objects have been shown yet, and enough of those shown
    /// were asked for. It continues a segment downwards, otherwise upwards to the one above.
    fn ahead(&self, to_come: usize) -> Option<Start> {
        if self.after_write || to_come < self.kept.len() + STRIPE_PAGE * (self.under_way.len() + 1) {
            return None;
        }
        let [pages, objects] = self
            .segments
            .iter()
            .fold([0, 0], |[pages, objects], segment| [pages + segment.pages, objects + segment.objects]);
        let asked_for = objects.saturating_sub(self.kept.len());
        if pages * STRIPE_PAGE > (SHOWN_FOR_ONE * asked_for).max(to_come / UNTRIED_PART) {
            return None;
        }
        let down = self.segments.iter().filter_map(|segment| segment.oldest.on.as_ref());
        let up = self.segments.iter().skip(1).filter_map(|segment| segment.newest.on.as_ref());
        down.chain(up).find(|start| !self.under_way.contains(start)).cloned()
    }

    /// The ways from the neighbouring segments to an object of this time. There is none if a segment should
    /// contain the object and does not.
    fn ways(&self, created: Option<i64>) -> impl Iterator<Item = AccessPath<'_>> {
        let at = self.segments.partition_point(|segment| segment.is_newer_than(created));
        let beside = [at.checked_sub(1), Some(at)].into_iter().flatten();
        beside.filter_map(move |at| self.segments.get(at)?.towards(created))
    }

    /// Whether pages can still show an object of this time.
    pub(super) fn may_show(&self, created: Option<i64>) -> bool {
        self.segments.is_empty() || self.ways(created).next().is_some()
    }

    /// Adds a fetched page. [`PageCache::answered`] is told afterwards how many
    /// waiting reads the page answered.
    pub(super) fn add(&mut self, start: &Start, page: FetchedPage, can: Abilities) {
        self.arrived(start);
        let texts =
            page.objects.iter().filter_map(|body| Some((id_of(body)?, serde_json::to_vec(body).ok()?)));
        self.kept.extend(texts.map(|(id, text)| (id, text.into_boxed_slice())));
        let shown: HashSet<String> = page.objects.iter().filter_map(id_of).collect();
        if let Some(at) = self.grown(start, page, can) {
            self.join(at, &shown);
        }
    }

    /// Notes that a page is no longer in flight.
    pub(super) fn arrived(&mut self, start: &Start) {
        self.under_way.retain(|it| it != start);
    }

    /// Adds the page to its segment, and returns the index of the segment. Returns `None` if the end at which
    /// the page begins was joined to another segment meanwhile.
    fn grown(&mut self, start: &Start, page: FetchedPage, can: Abilities) -> Option<usize> {
        let segment = Segment::of(start, page, can);
        if matches!(start, Start::Top | Start::From(_)) {
            let at = self.segments.partition_point(|it| it.newest.created >= segment.newest.created);
            self.segments.insert(at, segment);
            return Some(at);
        }
        let goes_on = |edge: &SegmentEdge| edge.on.as_ref() == Some(start);
        let at = self.segments.iter().position(|it| goes_on(&it.newest) || goes_on(&it.oldest))?;
        self.segments.get_mut(at)?.grow(start, segment);
        Some(at)
    }

    /// Joins a segment to its neighbours if its last page has met them.
    fn join(&mut self, at: usize, shown: &HashSet<String>) {
        for upper in [Some(at), at.checked_sub(1)].into_iter().flatten() {
            let Some([above, below]) = self.segments.get(upper..=upper + 1).and_then(|it| it.first_chunk())
            else {
                continue;
            };
            if above.meets(below, shown) {
                let below = self.segments.remove(upper + 1);
                self.segments.get_mut(upper).into_iter().for_each(|above| above.join(&below));
            }
        }
    }

    /// Notes how many waiting reads a page has answered.
    pub(super) fn answered(&mut self, start: &Start, count: usize) {
        if matches!(start, Start::Top | Start::From(_)) {
            self.alone = if count > 1 { 0 } else { self.alone + 1 };
        }
    }
}

/// The start of a segment: the newest object for which a read is waiting, or else the top. The objects of
/// expected reads were probably created in the same run, so the segment begins later by the time that this
/// run may have taken to create them.
fn beginning(waiting: &[Option<i64>], to_come: usize, can: Abilities) -> Start {
    let newest = waiting.iter().flatten().max().filter(|_| can.times);
    let later = i64::try_from(to_come / MADE_A_SECOND).unwrap_or_default();
    newest.map_or(Start::Top, |newest| Start::From(newest.saturating_add(later)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Abilities, FetchedPage, PageCache, Start};

    const CAN: Abilities = Abilities { times: true, ids: true };

    /// A page of objects with these times, newest first; their ids are their times.
    fn page(times: impl Iterator<Item = i64>, more: bool) -> FetchedPage {
        let objects: Vec<Json> = times.map(|it| json!({"id": it.to_string(), "created": it})).collect();
        FetchedPage { objects, more, token: None }
    }

    /// A cache with the objects of 901 to 1000 seconds, and more objects on both sides.
    fn cache() -> PageCache {
        let mut cache = PageCache::default();
        cache.add(&Start::From(1000), page((901..=1000).rev(), true), CAN);
        cache
    }

    #[test]
    fn a_segment_begins_where_somebody_waits() {
        let empty = PageCache::default;
        assert_eq!(empty().next(&[Some(5), None, Some(9)], 3, CAN), Some(Start::From(9)));
        assert_eq!(
            empty().next(&[Some(5), Some(9)], 100, CAN),
            Some(Start::From(14)),
            "others were made after it"
        );
        assert_eq!(empty().next(&[None, None], 2, CAN), Some(Start::Top));
        assert_eq!(empty().next(&[Some(5)], 2, Abilities { times: false, ids: true }), Some(Start::Top));
    }

    #[test]
    fn a_segment_grows_towards_the_nearest_as_long_as_that_pays() {
        let next = |waiting: &[Option<i64>], to_come| cache().next(waiting, to_come, CAN);
        assert_eq!(next(&[Some(1050)], 1), Some(Start::Before("1000".into())));
        assert_eq!(next(&[Some(850), Some(1500)], 2), Some(Start::Behind("901".into())));
        assert_eq!(next(&[Some(1)], 10), Some(Start::Behind("901".into())));
        assert_eq!(next(&[Some(1)], 9), Some(Start::From(1)), "another segment is one call too");
        assert_eq!(next(&[Some(950)], 50), None, "the list does not show it");
    }

    #[test]
    fn segments_that_show_one_object_alone_are_given_up() {
        let mut cache = cache();
        cache.answered(&Start::From(1000), 1);
        cache.answered(&Start::From(1), 1);
        assert_eq!(cache.next(&[Some(1)], 3, CAN), None);
        cache.answered(&Start::From(1), 2);
        assert_eq!(cache.next(&[Some(1)], 3, CAN), Some(Start::From(1)));
    }

    #[test]
    fn what_the_end_of_the_list_is_behind_is_not_looked_for() {
        let mut cache = cache();
        cache.add(&Start::Behind("901".into()), page((851..=900).rev(), false), CAN);
        cache.add(&Start::Before("1000".into()), page((1001..=1020).rev(), false), CAN);
        assert_eq!(cache.next(&[Some(3), Some(2000)], 500, CAN), None);
        let objects = ["851", "901", "1000", "1020"].map(|id| cache.take(id).unwrap()["created"].as_i64());
        assert_eq!(objects, [Some(851), Some(901), Some(1000), Some(1020)]);
        assert_eq!(cache.take("901"), None, "each is handed out once");
    }

    #[test]
    fn far_from_a_segment_another_one_begins_beside_the_page_under_way_and_they_are_joined_where_they_meet() {
        let mut cache = cache();
        let waiting = [Some(890), Some(301), Some(500)];
        let mut next = |waiting: &[Option<i64>]| cache.next(waiting, 700, CAN);
        assert_eq!(next(&waiting), Some(Start::Behind("901".into())));
        assert_eq!(next(&waiting), None, "nobody is so far");
        assert_eq!(next(&[Some(10), Some(150)]), Some(Start::From(10)));
        assert_eq!(next(&[Some(20)]), None, "one segment begins at a time");
        cache.add(&Start::From(10), page((1..=10).rev(), false), CAN);
        cache.add(&Start::Behind("901".into()), page((801..=900).rev(), true), CAN);
        assert_eq!(cache.next(&[Some(500)], 700, CAN), Some(Start::Behind("801".into())));
        assert_eq!(cache.next(&[Some(500)], 700, CAN), Some(Start::Before("10".into())), "from both sides");
        cache.add(&Start::Before("10".into()), page((11..=410).rev(), true), CAN);
        assert!(cache.may_show(Some(600)));
        cache.add(&Start::Behind("801".into()), page((401..=800).rev(), true), CAN);
        assert_eq!(cache.segments.len(), 1);
        assert!(!cache.may_show(Some(600)), "between them nothing is hidden but what no list shows");
    }

    #[test]
    fn two_segments_of_one_second_meet_where_both_show_the_same_object() {
        let mut cache = PageCache::default();
        let page = |ids: &[&str], more| FetchedPage {
            objects: ids.iter().map(|id| json!({"id": id, "created": 7})).collect(),
            more,
            token: None,
        };
        cache.add(&Start::From(9), page(&["a", "b"], true), CAN);
        cache.add(&Start::From(7), page(&["e", "f"], true), CAN);
        assert_eq!(cache.segments.len(), 2);
        cache.add(&Start::Behind("b".into()), page(&["c", "d"], true), CAN);
        assert_eq!(cache.segments.len(), 2);
        cache.add(&Start::Before("e".into()), page(&["c", "d"], true), CAN);
        assert_eq!(cache.segments.len(), 1);
    }

    #[test]
    fn pages_are_asked_for_ahead_as_long_as_they_are_expected_and_asked_for() {
        let ahead = |taken: usize, to_come| {
            let mut cache = cache();
            (901..901 + taken).for_each(|id| drop(cache.take(&id.to_string())));
            cache.next(&[], to_come, CAN)
        };
        assert_eq!(ahead(25, 175), Some(Start::Behind("901".into())));
        assert_eq!(ahead(25, 174), None, "what is kept may be all");
        assert_eq!(ahead(24, 500), None, "too few of them were asked for");
        assert_eq!(ahead(0, 800), Some(Start::Behind("901".into())), "so many are expected");
        assert_eq!(PageCache::default().next(&[], 800, CAN), None, "nobody has waited yet");
    }

    #[test]
    fn where_nothing_tells_the_place_the_pages_are_bounded_by_the_reads() {
        let mut cache = PageCache::default();
        cache.add(&Start::Top, page((1..=100).rev(), true), CAN);
        assert_eq!(cache.next(&[None], 1, CAN), Some(Start::Behind("1".into())));
        cache.add(&Start::Behind("1".into()), page((-99..=0).rev(), true), CAN);
        assert_eq!(cache.next(&[None], 1, CAN), None);
    }
}
