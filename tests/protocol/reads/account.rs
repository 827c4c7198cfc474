//! An account of many prices, whose list and whose prices are answered without a store.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::support::upstream::{Answer, Asked, Upstream};

/// The time of the first price, in seconds since 1970.
pub const BEGIN: i64 = 1_700_000_000;

/// Prices in the order in which they were made.
#[derive(Debug, Clone)]
pub struct Account {
    /// When each was made, in seconds since 1970; never earlier than the one before.
    pub created: Arc<[i64]>,
    /// The numbers of those that the list does not show.
    pub hidden: Arc<HashSet<usize>>,
    /// The numbers of those that are gone.
    pub gone: Arc<HashSet<usize>>,
}

impl Account {
    /// So many prices, of which so many were made in a second.
    pub fn even(prices: usize, a_second: usize) -> Self {
        let created = (0..prices).map(|number| BEGIN + i64::try_from(number / a_second).unwrap());
        Self { created: created.collect(), hidden: Arc::default(), gone: Arc::default() }
    }

    /// The price of that number, counted from the oldest.
    pub fn price(&self, number: usize) -> Json {
        let created = self.created[number];
        json!({"id": format!("price_{number}"), "object": "price", "created": created, "unit_amount": number})
    }

    pub async fn serve(&self) -> Upstream {
        let account = self.clone();
        Upstream::start(move |asked| account.answer(asked)).await
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        if path == "/v1/prices" {
            return (200, self.page(query).to_string());
        }
        let number = path.strip_prefix("/v1/prices/").map(number);
        match number.filter(|number| *number < self.created.len() && !self.gone.contains(number)) {
            Some(number) => (200, self.price(number).to_string()),
            None => (
                404,
                json!({"error": {"type": "invalid_request_error", "code": "resource_missing"}}).to_string(),
            ),
        }
    }

    /// Whether the list shows the price of that number.
    pub fn lists(&self, number: usize) -> bool {
        !self.hidden.contains(&number) && !self.gone.contains(&number)
    }

    /// A page of the list, newest first.
    fn page(&self, query: &str) -> Json {
        let param = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
        };
        assert_eq!(param("limit").as_deref(), Some("100"), "{query}");
        let last = param("created[lte]").map_or(i64::MAX, |time| time.parse().unwrap());
        let end = self.created.partition_point(|created| *created <= last);
        let is_shown = |number: &usize| self.lists(*number);
        let (mut numbers, more): (Vec<usize>, bool) = match (param("starting_after"), param("ending_before"))
        {
            (_, Some(id)) => first_hundred((number(&id) + 1..self.created.len()).filter(is_shown)),
            (Some(id), None) => first_hundred((0..number(&id)).rev().filter(is_shown)),
            (None, None) => first_hundred((0..end).rev().filter(is_shown)),
        };
        numbers.sort_unstable_by(|one, other| other.cmp(one));
        let data: Vec<Json> = numbers.into_iter().map(|number| self.price(number)).collect();
        json!({"object": "list", "data": data, "has_more": more, "url": "/v1/prices"})
    }
}

/// The first hundred, and whether there are more.
fn first_hundred(numbers: impl Iterator<Item = usize>) -> (Vec<usize>, bool) {
    let mut found: Vec<usize> = numbers.take(101).collect();
    let more = found.len() > 100;
    found.truncate(100);
    (found, more)
}

fn number(id: &str) -> usize {
    id.trim_start_matches("price_").parse().unwrap_or(usize::MAX)
}
