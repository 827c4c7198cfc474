//! Over random accounts of many pages: what is read by list is what single reads find, in hardly ever more calls.

use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::account::{Account, BEGIN};
use super::read_all;
use crate::support::connectors::connector;

/// Prices that were made one after the other: how many, how many of them in a second, and how many seconds after
/// those before.
type Batch = (usize, usize, i64);

/// An account, which of its prices a state holds, in the order of the walk, and what the state knows of their number.
#[derive(Debug, Clone)]
struct Case {
    account: Account,
    tracked: Vec<usize>,
    peers: usize,
}

fn batches() -> impl Strategy<Value = Vec<Batch>> {
    prop::collection::vec((1_usize..700, 1_usize..40, 0_i64..50_000), 1..4)
}

fn case() -> impl Strategy<Value = Case> {
    let share = prop_oneof![Just(2_u64), Just(50), Just(100), Just(100)];
    let knows = prop_oneof![Just(0_usize), Just(50), Just(100)];
    (batches(), share, 0_u64..30, 0_u64..10, knows, any::<u64>()).prop_map(
        |(batches, tracked, hidden, gone, known, seed)| {
            let created: Arc<[i64]> = times(&batches).into();
            let picked = |salt: u64, percent: u64| -> HashSet<usize> {
                (0..created.len()).filter(|number| noise(seed ^ salt, *number) % 100 < percent).collect()
            };
            let mut tracked: Vec<usize> = picked(1, tracked).into_iter().collect();
            tracked.sort_by_key(|number| noise(seed, *number));
            let peers = tracked.len() * known / 100;
            let (hidden, gone) = (Arc::new(picked(2, hidden)), Arc::new(picked(3, gone)));
            Case { account: Account { created, hidden, gone }, tracked, peers }
        },
    )
}

fn times(batches: &[Batch]) -> Vec<i64> {
    let mut now = BEGIN;
    let mut created = Vec::new();
    for (count, a_second, later) in batches {
        now += later;
        let begin = now;
        for number in 0..*count {
            now = begin + i64::try_from(number / a_second).unwrap();
            created.push(now);
        }
    }
    created
}

/// The same number for the same seed and number.
fn noise(seed: u64, number: usize) -> u64 {
    let mixed = (seed ^ u64::try_from(number).unwrap()).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 16
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 6,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn every_object_is_what_its_own_read_shows_and_pages_pay(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let Case { account, tracked, peers } = &case;
            let upstream = account.serve().await;
            let known: Vec<Json> = tracked.iter().map(|number| account.price(*number)).collect();
            let found = read_all(&connector(&upstream.base, "sk_test_1"), &known, *peers).await;
            let gone = |number: &usize| account.gone.contains(number);
            let expected: Vec<Option<Json>> =
                tracked.iter().map(|number| Some(account.price(*number)).filter(|_| !gone(number))).collect();
            assert_eq!(found, expected);
            let lines = upstream.lines();
            assert!(
                lines.len() <= tracked.len() + tracked.len() / 10 + 8,
                "{} calls for {} objects",
                lines.len(),
                tracked.len()
            );
            // Where a state holds all there is and knows it, only what no list shows is read by itself.
            if *peers == account.created.len() {
                let shown = (0..account.created.len()).filter(|number| account.lists(*number)).count();
                let hidden = account.created.len() - shown;
                let most = hidden + shown / 100 + 12;
                assert!(lines.len() <= most, "{} calls, {hidden} hidden of {}", lines.len(), tracked.len());
            }
        });
    }
}
