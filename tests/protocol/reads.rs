//! Reading by list: how many calls it takes, that it is never wrong, and that it sees what was changed.

mod account;
mod calls;
mod ends;
mod property;
mod same;
mod trouble;

use serde_json::Value as Json;
use stripe_provider::connector::{Connector, ReadHint, entity};

/// Reads prices, ten at a time, as Terraform does: their ids as they were found; an error counts as none.
async fn read_all(connector: &Connector, prices: &[Json], expected_reads: usize) -> Vec<Option<Json>> {
    use futures_util::StreamExt as _;
    let price = entity("Price").unwrap();
    let reads = prices.iter().map(|known| {
        let at = known["id"].as_str().unwrap().to_owned();
        async move { connector.read(price, &at, ReadHint { body: known, expected_reads }).await.ok() }
    });
    let reads: Vec<_> = reads.collect();
    futures_util::stream::iter(reads).buffered(10).collect().await
}
