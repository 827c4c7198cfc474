//! A stretch of a list that was read: the objects nobody has asked for yet, and where to go on.
//!
//! # Theory
//!
//! A list is newest first, so an object's time says where it stands. A stretch begins at an object that
//! somebody waits for, and grows by whole pages towards others, up or down: no page is read twice. How far
//! another object is, in pages, follows from its time and from how many objects the stretch holds in its own
//! time. To go there pays when it takes no more calls than the reads that are still to come would take; and where
//! it does not, a new stretch may begin at the object itself, which is one call like its read.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::listing::{PAGE, Page, Start};

/// The most objects that are kept for reads to come.
const MOST_KEPT: usize = 10_000;
/// About as many objects a run makes in a second, at the limit of a test key.
const MADE_A_SECOND: usize = 20;
/// So many new stretches in a row may show nothing but what they began at.
const MOST_ALONE: usize = 2;

/// A stretch of a list.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The objects that nobody has asked for yet, as JSON text.
    kept: HashMap<String, Box<[u8]>>,
    stretch: Option<Stretch>,
    /// How many new stretches in a row have shown one object or none that was waited for.
    alone: usize,
}

/// What is contiguous.
#[derive(Debug)]
struct Stretch {
    newest: Edge,
    oldest: Edge,
    objects: usize,
    pages: usize,
}

/// An end of a stretch.
#[derive(Debug, Clone, Default)]
struct Edge {
    /// The time of its object, in seconds since 1970.
    created: Option<i64>,
    /// Where the list goes on; none where it ends.
    on: Option<Start>,
}

/// What a list can do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Abilities {
    /// A page can begin at a time.
    pub(super) times: bool,
    /// Pages go on behind and before an object.
    pub(super) ids: bool,
}

impl Window {
    /// The object with this id, which is handed out once.
    pub(super) fn take(&mut self, id: &str) -> Option<Json> {
        self.kept.remove(id).and_then(|text| serde_json::from_slice(&text).ok())
    }

    /// The page that answers one of those who wait, by the times of their objects, where it pays: `to_come` is
    /// how many reads are expected, theirs included.
    pub(super) fn next(&self, waiting: &[Option<i64>], to_come: usize, can: Abilities) -> Option<Start> {
        if self.kept.len() > MOST_KEPT {
            return None;
        }
        let Some(stretch) = &self.stretch else { return Some(beginning(waiting, to_come, can)) };
        let nearest =
            waiting.iter().filter_map(|created| stretch.towards(*created)).min_by_key(|(far, _)| *far);
        match nearest {
            Some((far, start)) if far <= to_come => Some(start.clone()),
            Some(_) if self.alone < MOST_ALONE => {
                Some(beginning(waiting, to_come, can)).filter(|it| *it != Start::Top)
            }
            _ => None,
        }
    }

    /// Whether pages can still show an object of that time.
    pub(super) fn may_show(&self, created: Option<i64>) -> bool {
        self.stretch.as_ref().is_none_or(|stretch| stretch.towards(created).is_some())
    }

    /// Takes what a page held; how many of those who wait it answers is told by [`Window::answered`].
    pub(super) fn add(&mut self, start: &Start, page: Page, can: Abilities) {
        let [first, last] = [page.objects.first(), page.objects.last()];
        let created = |body: Option<&Json>| body.and_then(time_of);
        let id = |body: Option<&Json>| body.and_then(id_of);
        let up = id(first).filter(|_| can.ids).map(Start::Before);
        let down = match page.token {
            Some(token) => Some(Start::Token(token)),
            None => id(last).filter(|_| can.ids).map(Start::Behind),
        };
        let objects = page.objects.len();
        let newest = Edge { created: created(first), on: up.filter(|_| *start != Start::Top) };
        let oldest = Edge { created: created(last), on: down.filter(|_| page.more) };
        match (&mut self.stretch, start) {
            (Some(stretch), Start::Before(_)) => {
                stretch.grow(objects);
                stretch.newest = Edge {
                    on: newest.on.filter(|_| page.more),
                    created: newest.created.or(stretch.newest.created),
                };
            }
            (Some(stretch), Start::Behind(_) | Start::Token(_)) => {
                stretch.grow(objects);
                stretch.oldest = Edge { created: oldest.created.or(stretch.oldest.created), ..oldest };
            }
            (stretch, _) => *stretch = Some(Stretch { newest, oldest, objects, pages: 1 }),
        }
        let texts =
            page.objects.iter().filter_map(|body| Some((id_of(body)?, serde_json::to_vec(body).ok()?)));
        self.kept.extend(texts.map(|(id, text)| (id, text.into_boxed_slice())));
    }

    /// Notes how many of those who wait a page has answered.
    pub(super) fn answered(&mut self, start: &Start, count: usize) {
        if matches!(start, Start::Top | Start::From(_)) {
            self.alone = if count > 1 { 0 } else { self.alone + 1 };
        }
    }
}

impl Stretch {
    fn grow(&mut self, objects: usize) {
        self.objects += objects;
        self.pages += 1;
    }

    /// How many pages away an object of that time is, and the next page on the way; none where the stretch should
    /// hold it and does not.
    fn towards(&self, created: Option<i64>) -> Option<(usize, &Start)> {
        let (Some(created), Some(newest), Some(oldest)) = (created, self.newest.created, self.oldest.created)
        else {
            // Nothing tells where it is: as many pages as were read so far may be read again.
            let on = self.oldest.on.as_ref().or(self.newest.on.as_ref())?;
            return Some((self.pages, on));
        };
        if created <= oldest {
            return Some((self.pages_in(oldest - created, newest - oldest), self.oldest.on.as_ref()?));
        }
        if created >= newest {
            return Some((self.pages_in(created - newest, newest - oldest), self.newest.on.as_ref()?));
        }
        None
    }

    /// How many pages a gap has, in seconds, if it is as dense as the stretch is in its own seconds.
    fn pages_in(&self, gap: i64, own: i64) -> usize {
        let [gap, own] = [gap, own.max(1)].map(|seconds| usize::try_from(seconds).unwrap_or(usize::MAX));
        gap.saturating_mul(self.objects) / own.saturating_mul(PAGE) + 1
    }
}

/// Where a stretch begins: at the newest object that is waited for, else at the top. Those that are still to come were
/// probably made in the same run, so it begins as much later as that run may have taken for them.
fn beginning(waiting: &[Option<i64>], to_come: usize, can: Abilities) -> Start {
    let newest = waiting.iter().flatten().max().filter(|_| can.times);
    let later = i64::try_from(to_come / MADE_A_SECOND).unwrap_or_default();
    newest.map_or(Start::Top, |newest| Start::From(newest.saturating_add(later)))
}

/// When an object was made, in seconds since 1970.
pub(super) fn time_of(body: &Json) -> Option<i64> {
    body.get("created").and_then(Json::as_i64)
}

fn id_of(body: &Json) -> Option<String> {
    body.get("id").and_then(Json::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Abilities, Page, Start, Window};

    const CAN: Abilities = Abilities { times: true, ids: true };

    /// Objects of the times, newest first, whose ids are their times.
    fn page(times: impl Iterator<Item = i64>, more: bool) -> Page {
        let objects: Vec<Json> = times.map(|it| json!({"id": it.to_string(), "created": it})).collect();
        Page { objects, more, token: None }
    }

    /// A window that holds the objects of 901 to 1000 seconds, with more on both sides.
    fn window() -> Window {
        let mut window = Window::default();
        window.add(&Start::From(1000), page((901..=1000).rev(), true), CAN);
        window
    }

    #[test]
    fn a_stretch_begins_where_somebody_waits() {
        let empty = Window::default();
        assert_eq!(empty.next(&[Some(5), None, Some(9)], 3, CAN), Some(Start::From(9)));
        assert_eq!(
            empty.next(&[Some(5), Some(9)], 100, CAN),
            Some(Start::From(14)),
            "others were made after it"
        );
        assert_eq!(empty.next(&[None, None], 2, CAN), Some(Start::Top));
        assert_eq!(empty.next(&[Some(5)], 2, Abilities { times: false, ids: true }), Some(Start::Top));
    }

    #[test]
    fn a_stretch_grows_towards_the_nearest_as_long_as_that_pays() {
        let window = window();
        let next = |waiting: &[Option<i64>], to_come| window.next(waiting, to_come, CAN);
        assert_eq!(next(&[Some(1050)], 1), Some(Start::Before("1000".into())));
        assert_eq!(next(&[Some(850), Some(1500)], 2), Some(Start::Behind("901".into())));
        assert_eq!(next(&[Some(1)], 10), Some(Start::Behind("901".into())));
        assert_eq!(next(&[Some(1)], 9), Some(Start::From(1)), "another stretch is one call too");
        assert_eq!(next(&[Some(950)], 50), None, "the list does not show it");
    }

    #[test]
    fn stretches_that_show_one_object_alone_are_given_up() {
        let mut window = window();
        window.answered(&Start::From(1000), 1);
        window.answered(&Start::From(1), 1);
        assert_eq!(window.next(&[Some(1)], 3, CAN), None);
        window.answered(&Start::From(1), 2);
        assert_eq!(window.next(&[Some(1)], 3, CAN), Some(Start::From(1)));
    }

    #[test]
    fn what_the_end_of_the_list_is_behind_is_not_looked_for() {
        let mut window = window();
        window.add(&Start::Behind("901".into()), page((851..=900).rev(), false), CAN);
        window.add(&Start::Before("1000".into()), page((1001..=1020).rev(), false), CAN);
        assert_eq!(window.next(&[Some(3), Some(2000)], 500, CAN), None);
        let objects = ["851", "901", "1000", "1020"].map(|id| window.take(id).unwrap()["created"].as_i64());
        assert_eq!(objects, [Some(851), Some(901), Some(1000), Some(1020)]);
        assert_eq!(window.take("901"), None, "each is handed out once");
    }

    #[test]
    fn where_nothing_tells_the_place_the_pages_are_bounded_by_the_reads() {
        let mut window = Window::default();
        window.add(&Start::Top, page((1..=100).rev(), true), CAN);
        assert_eq!(window.next(&[None], 1, CAN), Some(Start::Behind("1".into())));
        window.add(&Start::Behind("1".into()), page((-99..=0).rev(), true), CAN);
        assert_eq!(window.next(&[None], 1, CAN), None);
    }
}
