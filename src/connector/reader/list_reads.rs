//! The reads that wait for objects of one list, and the task that fetches its pages.
//!
//! # Theory
//!
//! A read that comes alone is sent at once. Reads that come while another one is in flight, or after many
//! reads of the same list, are gathered for a few milliseconds. Then the [`PageCache`] decides which page
//! saves calls. Reads for which a page no longer saves calls, or whose page fails, are sent by id: a list
//! never decides that an object is gone.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::Value as Json;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::listing::{FetchedPage, ObjectList, Start};
use super::page_cache::PageCache;
use super::segment::Abilities;
use super::{Epoch, Freshness};
use crate::connector::Connector;
use crate::sync::lock;

/// The longest time that a read waits for others.
const LONGEST_GATHERING: Duration = Duration::from_millis(4);
/// If no other read comes for this time, none is expected.
const QUIET_PERIOD: Duration = Duration::from_millis(1);
/// The longest wait for a page.
const PAGE_TIMEOUT: Duration = Duration::from_secs(8);
/// How often pages may be late before no more are requested; one delay may be due to one of Stripe's limits.
const MOST_LATE: usize = 2;
/// The largest number of pages of one list that are in flight at once.
const MOST_CONCURRENT_PAGES: usize = 4;
/// The number of reads of one list after which more are expected.
const MANY_READS: usize = 4;

/// The reads of one list.
#[derive(Debug)]
pub(super) struct ListReads {
    state: Mutex<ListState>,
    /// Whether objects are kept for later reads, which requires that they may be as old as the last write.
    /// Otherwise a page answers only reads that were waiting when it was requested.
    age: Freshness,
}

#[derive(Debug, Default)]
struct ListState {
    cache: PageCache,
    /// The number of writes before the pages in the cache.
    epoch: u64,
    waiting: Vec<WaitingRead>,
    /// Whether the task that fetches pages is running.
    paging: bool,
    /// The number of reads by id that are in flight.
    single: usize,
    /// The number of reads that came, and of those that were answered or sent away.
    came: usize,
    done: usize,
    /// The number of objects that were created or read.
    count: usize,
    /// The number of reads that an earlier run leads to expect.
    expected: usize,
    /// How often pages were late; pages that were in flight together count once.
    late: usize,
    /// Whether no more pages are requested, because one failed, or pages were late again.
    off: bool,
}

#[derive(Debug)]
struct WaitingRead {
    id: String,
    created: Option<i64>,
    /// The number of writes before it came.
    epoch: Epoch,
    /// Whether it came before the last page was requested.
    waited: bool,
    reply: oneshot::Sender<Json>,
}

/// The object that a read asks for.
#[derive(Debug)]
pub(super) struct ReadTarget {
    pub(super) id: String,
    pub(super) created: Option<i64>,
    pub(super) expected: usize,
}

/// A page to request.
#[derive(Debug)]
struct PageRequest {
    start: Start,
    /// The number of writes before it.
    epoch: Epoch,
    /// How often pages were late before it.
    late: usize,
}

/// The result of waiting for a page.
#[derive(Debug)]
pub(super) enum ReadOutcome {
    Found(Json),
    /// The read must be sent by id, while this guard is held.
    Singly(Option<SingleRead>),
}

/// The decision about a read that has just come.
enum Arrival {
    Decided(ReadOutcome),
    Waiting(oneshot::Receiver<Json>),
}

/// A read that is sent by id.
#[derive(Debug)]
pub(super) struct SingleRead(Arc<ListReads>);

impl Drop for SingleRead {
    fn drop(&mut self) {
        self.0.lock().single -= 1;
    }
}

impl ListReads {
    pub(super) fn new(age: Freshness) -> Self {
        Self { state: Mutex::default(), age }
    }

    fn keeps(&self) -> bool {
        self.age == Freshness::SinceLastWrite
    }

    /// Counts one more object of the list. Returns how many this run has read or created, or expects.
    pub(super) fn count(&self) -> usize {
        let mut state = self.lock();
        state.count += 1;
        state.count.max(state.expected)
    }

    /// The object as a page of its list shows it, or the advice to read it by id.
    pub(super) async fn read(
        self: &Arc<Self>,
        connector: &Connector,
        listing: ObjectList,
        target: ReadTarget,
    ) -> ReadOutcome {
        let outcome = match self.arrive(connector, listing, target) {
            Arrival::Decided(outcome) => outcome,
            // A caller that gets no answer reads by id.
            Arrival::Waiting(answer) => answer.await.map_or(ReadOutcome::Singly(None), ReadOutcome::Found),
        };
        if matches!(outcome, ReadOutcome::Found(_)) {
            connector.reader.count_answered_read();
        }
        outcome
    }

    /// Decides about a read at once, or lets it wait for a page.
    fn arrive(self: &Arc<Self>, connector: &Connector, listing: ObjectList, target: ReadTarget) -> Arrival {
        let mut state = self.lock();
        state.renew(connector.reader.epoch());
        state.came += 1;
        state.expected = state.expected.max(target.expected);
        if let Some(found) = state.cache.take(&target.id) {
            state.cache.asked_for();
            state.done += 1;
            return Arrival::Decided(ReadOutcome::Found(found));
        }
        if state.off {
            return Arrival::Decided(ReadOutcome::Singly(None));
        }
        if !state.has_others() {
            state.single += 1;
            state.done += 1;
            return Arrival::Decided(ReadOutcome::Singly(Some(SingleRead(Arc::clone(self)))));
        }
        let (reply, answer) = oneshot::channel();
        let epoch = state.epoch;
        state.waiting.push(WaitingRead {
            id: target.id,
            created: target.created,
            epoch,
            waited: false,
            reply,
        });
        if !state.paging {
            state.paging = true;
            tokio::spawn(Arc::clone(self).run(connector.clone(), listing));
        }
        Arrival::Waiting(answer)
    }

    /// Requests pages while they save calls for waiting or expected reads.
    async fn run(self: Arc<Self>, connector: Connector, listing: ObjectList) {
        let can = Abilities { times: listing.has_times(), ids: listing.goes_by_id() };
        let mut paging = PagingTask { list: &self, ended: false };
        self.gather().await;
        let mut under_way = FuturesUnordered::new();
        loop {
            while let Some(request) = self.next(can, connector.reader.epoch(), under_way.len()) {
                under_way.push(page(&connector, &listing, request));
            }
            let Some((request, page)) = under_way.next().await else { break };
            self.take(can, &request, page, || connector.reader.epoch());
        }
        paging.ended = true;
    }

    /// Waits until no more reads come.
    async fn gather(&self) {
        let mut waited = Duration::ZERO;
        let mut before = 0;
        while waited < LONGEST_GATHERING {
            sleep(QUIET_PERIOD).await;
            waited += QUIET_PERIOD;
            let now = self.lock().waiting.len();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// The next page to request in addition to those in flight. If none is in flight and none saves calls,
    /// the waiting reads are sent by id.
    fn next(&self, can: Abilities, epoch: Epoch, under_way: usize) -> Option<PageRequest> {
        // For reads that no older answer may satisfy, only one page is requested at a time.
        if under_way >= if self.keeps() { MOST_CONCURRENT_PAGES } else { 1 } {
            return None;
        }
        let mut state = self.lock();
        state.renew(epoch);
        state.send_away(|cache, waiting| !cache.may_show(waiting.created));
        let times: Vec<Option<i64>> = state.waiting.iter().map(|waiting| waiting.created).collect();
        let pays = !state.off && (self.keeps() || times.len() >= MANY_READS);
        let to_come = state.to_come();
        let start = if pays { state.cache.next(&times, to_come, can) } else { None };
        if start.is_none() && under_way == 0 {
            state.send_away(|_, _| true);
            state.paging = false;
        }
        if start.is_some() {
            state.waiting.iter_mut().for_each(|waiting| waiting.waited = true);
        }
        Some(PageRequest { start: start?, epoch, late: state.late })
    }

    /// Answers the reads that wait for objects of a page. If the page failed, no read is
    /// answered, and no more pages are requested. If a write came after the request, reads that
    /// came before this write are not answered.
    fn take(
        &self,
        can: Abilities,
        request: &PageRequest,
        page: Result<FetchedPage, NoPage>,
        now: impl Fn() -> Epoch,
    ) {
        let PageRequest { start, epoch, late } = request;
        let mut state = self.lock();
        let page = match page {
            Ok(page) => page,
            Err(why) => {
                state.cache.arrived(start);
                state.late += usize::from(why == NoPage::Late && state.late == *late);
                state.off |= why == NoPage::Failed || state.late == MOST_LATE;
                return state.send_away(|_, _| true);
            }
        };
        if (now(), state.epoch) != (*epoch, *epoch) {
            return state.send_away(|_, waiting| waiting.epoch <= *epoch);
        }
        state.cache.add(start, page, can);
        let answered = state.answer(self.age);
        state.cache.answered(start, answered);
        if !self.keeps() {
            state.send_away(|_, waiting| waiting.waited);
            state.off |= answered <= 1;
            state.cache = PageCache::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, ListState> {
        lock(&self.state)
    }
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoPage {
    Failed,
    Late,
}

/// Fetches a page, and returns it with its request.
async fn page(
    connector: &Connector,
    listing: &ObjectList,
    request: PageRequest,
) -> (PageRequest, Result<FetchedPage, NoPage>) {
    let page = timeout(PAGE_TIMEOUT, listing.page(connector, &request.start)).await;
    connector.reader.count_page();
    let page = page.map_err(|_| NoPage::Late).and_then(|page| page.map_err(|_| NoPage::Failed));
    for body in page.iter().flat_map(|page| &page.objects) {
        connector.reader.note(listing.entity(), body);
    }
    (request, page)
}

/// The task that requests pages. However it ends, no read waits for it forever.
struct PagingTask<'s> {
    list: &'s ListReads,
    ended: bool,
}

impl Drop for PagingTask<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let mut state = self.list.lock();
            state.off = true;
            state.paging = false;
            state.send_away(|_, _| true);
        }
    }
}

impl ListState {
    /// Discards everything that was read before a write.
    fn renew(&mut self, epoch: Epoch) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.cache = PageCache::after_write();
        }
    }

    /// Whether others read from the same list, or are expected to.
    fn has_others(&self) -> bool {
        self.paging || self.single > 0 || self.came.max(self.expected) >= MANY_READS
    }

    /// The number of reads that are waiting or still expected: as an earlier run leads to expect, or as many
    /// again as have come if more have come than that.
    fn to_come(&self) -> usize {
        let known = self.expected.saturating_sub(self.done).max(self.waiting.len());
        if self.came > self.expected { self.came } else { known }
    }

    /// Answers the reads whose objects have been shown and are recent enough. Returns how many were answered.
    fn answer(&mut self, age: Freshness) -> usize {
        let mut answered = 0;
        for waiting in std::mem::take(&mut self.waiting) {
            match self.cache.take(&waiting.id).filter(|_| age == Freshness::SinceLastWrite || waiting.waited)
            {
                Some(found) => {
                    answered += 1;
                    // The receiver is gone if its caller was cancelled.
                    let _ = waiting.reply.send(found);
                }
                None => self.waiting.push(waiting),
            }
        }
        self.done += answered;
        answered
    }

    /// Sends some of the waiting reads away, to be sent by id.
    fn send_away(&mut self, who: impl Fn(&PageCache, &WaitingRead) -> bool) {
        let before = self.waiting.len();
        let cache = &self.cache;
        self.waiting.retain(|waiting| !who(cache, waiting));
        self.done += before - self.waiting.len();
    }
}
