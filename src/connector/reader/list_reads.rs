//! The reads that wait for objects of one list, and the task that fetches its pages.
//!
//! # Theory
//!
//! A read that comes alone is sent at once. Reads that come while another one is under way, or after many of
//! their list, are gathered for a few milliseconds, and then the [`PageCache`] says which page pays off. Callers
//! for which a page no longer pays off read by id, and so do those whose page fails: a list never decides
//! that an object is gone.

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

/// The most that a read waits for others to come.
const LONGEST_GATHERING: Duration = Duration::from_millis(4);
/// Without another read for so long, nobody else comes.
const QUIET_PERIOD: Duration = Duration::from_millis(1);
/// The most that a page is waited for.
const PAGE_TIMEOUT: Duration = Duration::from_secs(8);
/// So many times pages may be late: once a limit of Stripe may have held them up.
const MOST_LATE: usize = 2;
/// The most pages of one list that are under way at once.
const MOST_CONCURRENT_PAGES: usize = 4;
/// After how many reads of one list more are expected.
const MANY_READS: usize = 4;

/// The reads of one list.
#[derive(Debug)]
pub(super) struct ListReads {
    state: Mutex<ListState>,
    /// Objects that may be as old as the last write stay for reads to come; else a page answers only who waited
    /// when it was asked for.
    age: Freshness,
}

#[derive(Debug, Default)]
struct ListState {
    cache: PageCache,
    /// The number of writes before the pages of the cache.
    epoch: u64,
    waiting: Vec<WaitingRead>,
    /// Whether the task that fetches pages runs.
    paging: bool,
    /// Reads that are under way one by one.
    single: usize,
    /// Reads that came, and those that were answered or sent away.
    came: usize,
    done: usize,
    /// Objects that were made or read.
    count: usize,
    /// As many reads as an earlier run had to do with.
    expected: usize,
    /// How often pages were late; those that were under way together are late once.
    late: usize,
    /// A page has failed, or was late again: no more are asked for.
    off: bool,
}

#[derive(Debug)]
struct WaitingRead {
    id: String,
    created: Option<i64>,
    /// The number of writes before it came.
    epoch: Epoch,
    /// It came before the last page was asked for.
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

/// A page that is asked for.
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
    /// It has to be sent by itself, while this is held.
    Singly(Option<SingleRead>),
}

/// What becomes of a read that has just come.
enum Arrival {
    Decided(ReadOutcome),
    Waiting(oneshot::Receiver<Json>),
}

/// A read that is sent by itself.
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

    /// Counts one more object of the list; how many this run has had to do with, or expects.
    pub(super) fn count(&self) -> usize {
        let mut state = self.lock();
        state.count += 1;
        state.count.max(state.expected)
    }

    /// The object as a page of its list shows it, or the advice to read it by itself.
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

    /// Asks for pages while it pays for those who wait, or who will.
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

    /// Waits until nobody else comes.
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

    /// The next page to ask for beside those that are under way. Where none is and none pays off, the waiting callers
    /// read by id.
    fn next(&self, can: Abilities, epoch: Epoch, under_way: usize) -> Option<PageRequest> {
        // What no older answer will do for is asked for in one page after the other.
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

    /// Answers those who wait for what a page held. One that failed answers nobody, and after it no more are asked
    /// for; one that a write has overtaken answers nobody who came before that write.
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

/// A page, with what it was asked for by.
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

/// The task that asks for pages. However it ends, nobody waits for it for ever.
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
    /// Forgets what was read before a write.
    fn renew(&mut self, epoch: Epoch) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.cache = PageCache::after_write();
        }
    }

    /// Whether others read of the same list, or can be expected to.
    fn has_others(&self) -> bool {
        self.paging || self.single > 0 || self.came.max(self.expected) >= MANY_READS
    }

    /// How many reads are still to come or wait: what an earlier run had to do with, and where more have come than
    /// that, as many again.
    fn to_come(&self) -> usize {
        let known = self.expected.saturating_sub(self.done).max(self.waiting.len());
        if self.came > self.expected { self.came } else { known }
    }

    /// Answers those whose objects were shown, and are no older than they may be; how many that were.
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

    /// Tells some of those who wait to read by themselves.
    fn send_away(&mut self, who: impl Fn(&PageCache, &WaitingRead) -> bool) {
        let before = self.waiting.len();
        let cache = &self.cache;
        self.waiting.retain(|waiting| !who(cache, waiting));
        self.done += before - self.waiting.len();
    }
}
