use super::*;

impl Cycle<'_> {
    fn next(self, anchor: i64, at: i64) -> i64 {
        self.around(anchor, at).1
    }
}

fn second(text: &str) -> i64 {
    text.parse::<Timestamp>().map_or(0, Timestamp::as_second)
}

fn every(count: i64, interval: &str) -> Cycle<'_> {
    Cycle { interval, count }
}

#[test]
fn months_keep_the_day_of_their_anchor() {
    let anchor = second("2026-01-31T10:00:00Z");
    let february = every(1, "month").next(anchor, anchor);
    assert_eq!(february, second("2026-02-28T10:00:00Z"));
    assert_eq!(every(1, "month").next(anchor, february), second("2026-03-31T10:00:00Z"));
    assert_eq!(every(1, "year").next(anchor, anchor), second("2027-01-31T10:00:00Z"));
    assert_eq!(every(2, "week").next(anchor, anchor), anchor + 14 * 24 * 60 * 60);
}

#[test]
fn a_future_anchor_makes_the_first_period_short() {
    let (now, anchor) = (second("2026-01-10T00:00:00Z"), second("2026-03-01T00:00:00Z"));
    assert_eq!(every(1, "month").next(anchor, now), second("2026-02-01T00:00:00Z"));
    assert_eq!(every(1, "year").next(anchor, now), anchor);
}

#[test]
fn an_anchor_is_found_by_its_parts() {
    let now = second("2026-01-30T10:00:00Z");
    let find = |month, day, hour| matching(now, [month, day, hour, Some(0), Some(0)]);
    assert_eq!(find(None, Some(31), None), Some(second("2026-01-31T10:00:00Z")));
    assert_eq!(find(None, Some(1), Some(0)), Some(second("2026-02-01T00:00:00Z")));
    assert_eq!(find(Some(2), Some(31), None), Some(second("2026-02-28T10:00:00Z")));
    assert_eq!(find(Some(13), Some(1), None), None);
}

#[test]
fn the_last_day_of_a_month_stays_the_last() {
    let february = second("2026-02-28T00:00:00Z");
    let on_last = |cycle: Cycle<'_>| cycle.next(cycle.on_day(february, 31), february);
    assert_eq!(on_last(every(1, "month")), second("2026-03-31T00:00:00Z"));
    assert_eq!(on_last(every(2, "month")), second("2026-04-30T00:00:00Z"));
    assert_eq!(on_last(every(1, "year")), second("2027-02-28T00:00:00Z"));
    assert_eq!(every(1, "week").on_day(february, 31), february);
}
