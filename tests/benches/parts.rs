//! What the parts of the provider cost, each alone: `cargo bench --bench parts`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark fails by panicking")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion};
use serde_json::{Value as Json, json};
use stripe_provider::catalog::catalog;
use stripe_provider::connector::Filter;
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::stripe::{
    ConnectionThrottle, HostWindow, NodeThrottle, PermitRequest, ProcessWindow, Throttle as _, Window, form,
};
use stripe_provider::terraform::Provider as _;
use stripe_provider::terraform::protocol::encoded_schemas;
use stripe_provider::terraform::provider::{Family, PlanRequest, Schemas};
use stripe_provider::terraform::value::{Type, Value, msgpack};
use tokio::runtime::Runtime;

/// The account's limit, in requests a second.
const LIMIT: usize = 100;
/// What is asked for again and again.
const PRICES: PermitRequest<'_> =
    PermitRequest { method: &http::Method::GET, endpoint: "/v1/prices", key: None };

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    schema(&mut criterion);
    codec(&mut criterion);
    plan(&mut criterion);
    form_encoding(&mut criterion);
    filter(&mut criterion);
    throttle(&mut criterion);
    criterion.final_summary();
}

fn provider() -> StripeProvider {
    StripeProvider::new(Env::from_pairs([("STRIPE_API_KEY", "sk_test_bench")]))
}

/// Every schema, as bytes of this build and made anew.
fn schema(criterion: &mut Criterion) {
    let provider = provider();
    criterion.bench_function("schema/packed", |bench| bench.iter(|| black_box(provider.encoded_schemas())));
    criterion.bench_function("schema/made anew", |bench| {
        bench.iter(|| black_box(encoded_schemas(&Schemas::of(&provider))));
    });
}

fn price_type(provider: &StripeProvider) -> Type {
    provider.schema(Family::Resource, "stripe_price").expect("there are prices").block.ty()
}

/// The configuration of a price; everything that is not written is null.
fn price(ty: &Type) -> Value {
    let mut price = null(ty);
    price.set("product", "prod_1".into());
    price.set("currency", "usd".into());
    price.set("unit_amount", 1500.into());
    price.set("metadata", Value::map([("order", Value::from("7")), ("shop", "Bern".into())]));
    price
}

fn null(ty: &Type) -> Value {
    let Type::Object(attributes) = ty else { return Value::Null };
    let empty = |ty: &Type| {
        if matches!(ty, Type::List(item) if matches!(**item, Type::Object(_))) {
            Value::List(Vec::new())
        } else {
            Value::Null
        }
    };
    Value::map(attributes.iter().map(|(name, ty)| (name.clone(), empty(ty))))
}

fn codec(criterion: &mut Criterion) {
    let ty = price_type(&provider());
    let value = price(&ty);
    let bytes = msgpack::encode(&value, &ty).unwrap();
    criterion.bench_function("codec/encode", |bench| bench.iter(|| msgpack::encode(black_box(&value), &ty)));
    criterion.bench_function("codec/decode", |bench| bench.iter(|| msgpack::decode(black_box(&bytes), &ty)));
}

fn plan(criterion: &mut Criterion) {
    let provider = provider();
    let config = price(&price_type(&provider));
    let request = PlanRequest { proposed: config.clone(), config, ..PlanRequest::default() };
    let runtime = Runtime::new().unwrap();
    criterion.bench_function("plan/create a price", |bench| {
        bench.iter(|| runtime.block_on(provider.plan("stripe_price", black_box(request.clone()))));
    });
}

fn form_encoding(criterion: &mut Criterion) {
    let items: Vec<Json> =
        (0..20).map(|at| json!({"price": format!("price_{at}"), "quantity": at})).collect();
    let params = json!({"customer": "cus_1", "items": items, "metadata": {"order": "7", "a b": "c"}});
    let params = params.as_object().unwrap().clone();
    criterion.bench_function("form/20 items", |bench| bench.iter(|| form::encode(black_box(&params))));
}

fn filter(criterion: &mut Criterion) {
    let entity = catalog().entity("Customer").unwrap();
    let filter =
        Filter::parse("Name LIKE 'Jo%' AND Created >= '2024-01-01' AND Delinquent = false", entity, None);
    let filter = filter.unwrap();
    let records: Vec<Json> = (0..10_000)
        .map(|at| {
            let name = if at % 3 == 0 { format!("John {at}") } else { format!("Mary {at}") };
            json!({"id": format!("cus_{at}"), "name": name, "created": 1_700_000_000 + at * 3600, "delinquent": at % 2 == 0})
        })
        .collect();
    criterion.bench_function("filter/10,000 records", |bench| {
        bench.iter(|| records.iter().filter(|record| filter.matches(black_box(record))).count());
    });
}

/// Admissions of a burst that no limit delays: what is measured is the way through.
fn throttle(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut files = 0;
    let mut host = || -> Arc<dyn Window> {
        files += 1;
        Arc::new(HostWindow::new(folder.path().join(format!("{files}.window")), LIMIT))
    };
    let admit = async |throttle: ConnectionThrottle| {
        for _ in 0..20 {
            throttle.admit(PRICES).await;
        }
    };
    let over = |window| ConnectionThrottle::new("", NodeThrottle::new(50, 50), vec![window]);
    criterion.bench_function("throttle/20 admissions, process", |bench| {
        bench.iter_batched(
            || over(ProcessWindow::new(LIMIT)),
            |it| runtime.block_on(admit(it)),
            BatchSize::SmallInput,
        );
    });
    criterion.bench_function("throttle/20 admissions, host", |bench| {
        bench.iter_batched(|| over(host()), |it| runtime.block_on(admit(it)), BatchSize::SmallInput);
    });
}
