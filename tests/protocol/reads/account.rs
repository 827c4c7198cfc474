//! An account of many prices, whose list and whose prices are answered without a store.

use serde_json::{Value as Json, json};

use crate::support::upstream::{Answer, Asked, Upstream};

/// The time of the first price, in seconds since 1970.
const BEGIN: i64 = 1_700_000_000;

/// So many prices, of which so many were made in a second.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    pub prices: usize,
    pub a_second: usize,
}

impl Account {
    /// The price of that number, counted from the oldest.
    pub fn price(self, number: usize) -> Json {
        let created = BEGIN + i64::try_from(number / self.a_second).unwrap();
        json!({"id": format!("price_{number}"), "object": "price", "created": created, "unit_amount": number})
    }

    pub async fn serve(self) -> Upstream {
        Upstream::start(move |asked| self.answer(asked)).await
    }

    pub fn answer(self, asked: &Asked) -> Answer {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        if path == "/v1/prices" {
            return (200, self.page(query).to_string());
        }
        let number = path.strip_prefix("/v1/prices/").map(number);
        match number.filter(|number| *number < self.prices) {
            Some(number) => (200, self.price(number).to_string()),
            None => (
                404,
                json!({"error": {"type": "invalid_request_error", "code": "resource_missing"}}).to_string(),
            ),
        }
    }

    /// A page of the list, newest first.
    fn page(self, query: &str) -> Json {
        let param = |name: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
        };
        assert_eq!(param("limit").as_deref(), Some("100"), "{query}");
        let last = param("created[lte]").map(|time| {
            let seconds = usize::try_from(time.parse::<i64>().unwrap() - BEGIN).unwrap();
            ((seconds + 1) * self.a_second).min(self.prices)
        });
        let (from, to) = match (param("starting_after"), param("ending_before")) {
            (Some(id), _) => (number(&id).saturating_sub(100), number(&id)),
            (_, Some(id)) => (number(&id) + 1, (number(&id) + 101).min(self.prices)),
            _ => {
                let end = last.unwrap_or(self.prices);
                (end.saturating_sub(100), end)
            }
        };
        let more = if param("ending_before").is_some() { to < self.prices } else { from > 0 };
        let data: Vec<Json> = (from..to).rev().map(|number| self.price(number)).collect();
        json!({"object": "list", "data": data, "has_more": more, "url": "/v1/prices"})
    }
}

fn number(id: &str) -> usize {
    id.trim_start_matches("price_").parse().unwrap_or(usize::MAX)
}
