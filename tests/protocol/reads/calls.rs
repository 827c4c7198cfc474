//! How many calls the reads of one walk take.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use serde_json::{Value as Json, json};
use stripe_provider::connector::ReadHint;
use tokio::time::timeout;

use super::account::Account;
use super::read_all;
use crate::support::connectors::connector;
use crate::support::upstream::Upstream;

/// Numbers in an order like a walk's: none.
fn shuffled(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut numbers: Vec<usize> = numbers.collect();
    numbers.sort_by_key(|number| number.wrapping_mul(2_654_435_761) % 1_000_003);
    numbers
}

/// The calls that it takes to read these prices of an account.
async fn calls(account: &Account, numbers: &[usize], peers: usize) -> usize {
    let upstream = account.serve().await;
    let prices: Vec<Json> = numbers.iter().map(|number| account.price(*number)).collect();
    let found = read_all(&connector(&upstream.base, "sk_test_1"), &prices, peers).await;
    let expected: Vec<_> = prices.into_iter().map(Some).collect();
    assert_eq!(found, expected, "every price is found, and each where it was asked for");
    upstream.asked().len()
}

#[tokio::test]
async fn a_hundred_of_a_hundred_are_read_by_one_page_and_without_a_hint_by_two_calls() {
    let account = Account::even(100, 20);
    let all = shuffled(0..100);
    // A page begins at the newest of those that wait.
    assert!(calls(&account, &all, 100).await <= 2);
    assert!(calls(&account, &all, 0).await <= 3);
}

#[tokio::test]
async fn five_thousand_of_five_thousand_are_read_by_their_pages_and_without_a_hint_when_so_many_came_that_they_pay()
 {
    let account = Account::even(5_000, 20);
    for (peers, most) in [(4_600, 55), (0, 130)] {
        let calls = calls(&account, &shuffled(0..5_000), peers).await;
        assert!(calls <= most, "{calls} with {peers} peers");
    }
}

#[tokio::test]
async fn what_two_runs_made_in_two_years_is_read_by_its_pages() {
    let one = Account::even(1_000, 20);
    let later = one.created.iter().map(|created| created + 30_000_000);
    let created = one.created.iter().copied().chain(later).collect();
    let account = Account { created, ..one };
    let calls = calls(&account, &shuffled(0..2_000), 2_000).await;
    assert!(calls <= 30, "{calls}");
}

#[tokio::test]
async fn a_few_of_a_great_account_are_read_one_by_one() {
    let account = Account::even(100_000, 2);
    assert_eq!(calls(&account, &[500, 50_000, 99_000], 3).await, 3);
    assert_eq!(calls(&account, &[500, 50_000, 99_000], 0).await, 3);
    let spread = shuffled((0..20).map(|number| number * 5_000));
    let calls = calls(&account, &spread, 20).await;
    assert!(calls <= 20 + 1, "{calls}");
}

#[tokio::test]
async fn neighbours_in_a_great_account_are_read_together() {
    let account = Account::even(100_000, 2);
    assert!(calls(&account, &[40_000, 40_001, 40_002], 3).await <= 2);
    let hundred = shuffled(70_000..70_100);
    let calls = calls(&account, &hundred, 100).await;
    assert!(calls <= 3, "{calls}");
}

#[tokio::test]
async fn reads_of_one_object_at_the_same_time_are_one_request() {
    let account = Account::even(10, 1);
    assert_eq!(calls(&account, &[7], 0).await, 1);
    let upstream = account.serve().await;
    let connector = connector(&upstream.base, "sk_test_1");
    let price = stripe_provider::connector::entity("Price").unwrap();
    let known = ReadHint { body: &json!(null), expected_reads: 0 };
    let reads = (0..5).map(|_| connector.read(price, "price_7", known));
    assert!(futures_util::future::join_all(reads).await.into_iter().all(|read| read.is_ok()));
    assert_eq!(upstream.lines().len(), 1);
}

#[tokio::test]
async fn what_may_not_be_older_than_the_question_waits_for_no_call_that_is_under_way() {
    // The first call is never answered.
    let calls = AtomicUsize::new(0);
    let upstream = Upstream::start(move |asked| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => (0, String::new()),
        _ => Account::even(10, 1).answer(asked),
    })
    .await;
    let connector = connector(&upstream.base, "sk_test_1");
    let price = stripe_provider::connector::entity("Price").unwrap();
    let before = Box::pin(connector.read_now(price, "price_7"));
    let asks = async {
        while upstream.lines().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        timeout(Duration::from_secs(20), connector.read_now(price, "price_7")).await
    };
    let Either::Right((found, _)) = select(before, Box::pin(asks)).await else {
        panic!("it is not answered")
    };
    assert!(found.unwrap().is_ok());
}
