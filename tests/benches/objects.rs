//! How long a sandbox with 100,000 customers in its file takes for one call.
//!
//! `cargo bench --bench objects` builds what users get; each call is made a hundred times.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program that prints figures")]

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rusqlite::Connection;
use serde_json::Value as Json;
use stripe_provider::sandbox::Sandbox;
use tokio::runtime::Runtime;

const OBJECTS: usize = 100_000;
const RUNS: usize = 100;

struct Bench {
    sandbox: Sandbox,
    runtime: Runtime,
}

impl Bench {
    fn call(&self, method: &str, target: &str, body: String) -> Json {
        let request = http::Request::builder().method(method).uri(target);
        let request = request
            .header("authorization", "Bearer sk_test_bench")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(body));
        let response = self.runtime.block_on(self.sandbox.handle(request.unwrap())).unwrap();
        assert_eq!(response.status(), 200, "{target}: {:?}", response.body());
        serde_json::from_slice(response.body()).unwrap()
    }

    /// The least, the median and the most that a call takes.
    fn measure(&self, what: &str, mut call: impl FnMut(&Self, usize) -> Json) {
        let mut took: Vec<Duration> = Vec::new();
        for run in 0..RUNS {
            let began = Instant::now();
            call(self, run * (OBJECTS / RUNS));
            took.push(began.elapsed());
        }
        took.sort();
        let shown = [0, RUNS / 2, RUNS - 1].map(|at| took.get(at).unwrap().as_secs_f64() * 1000.0);
        println!("{what}: min, median, max {shown:.2?} ms");
    }
}

/// Copies of one customer that the sandbox made, under ids, addresses and orders of their own.
fn fill(file: &Path, made: &Json) {
    let id = made.get("id").and_then(Json::as_str).unwrap();
    let copy = "WITH RECURSIVE number(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM number WHERE at < ?2 - 1)
        INSERT INTO objects (space, object, id, body)
        SELECT space, object, 'cus_' || at, json_set(body, '$.id', 'cus_' || at,
            '$.email', 'a' || at || '@example.com', '$.metadata.order', 'o-' || at)
        FROM number, objects WHERE id = ?1";
    let connection = Connection::open(file).unwrap();
    let count = connection.execute(copy, rusqlite::params![id, i64::try_from(OBJECTS).unwrap()]).unwrap();
    assert_eq!(count, OBJECTS);
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bench = Bench { sandbox: Sandbox::open(&file).unwrap(), runtime };
    let made =
        bench.call("POST", "/v1/customers", "name=Ada&email=ada@example.com&metadata[team]=a".to_owned());
    fill(&file, &made);
    println!("{OBJECTS} customers, {RUNS} calls each:");
    bench.measure("create", |it, at| it.call("POST", "/v1/customers", format!("name=B{at}")));
    bench.measure("get", |it, at| it.call("GET", &format!("/v1/customers/cus_{at}"), String::new()));
    bench.measure("list, a hundred", |it, _| it.call("GET", "/v1/customers?limit=100", String::new()));
    bench.measure("list by email", |it, at| {
        it.call("GET", &format!("/v1/customers?email=a{at}%40example.com"), String::new())
    });
    bench.measure("list by time", |it, _| {
        it.call("GET", "/v1/customers?created[gte]=1700000000", String::new())
    });
    bench.measure("list by time, none fits", |it, _| {
        it.call("GET", "/v1/customers?created[lt]=1700000000", String::new())
    });
    let search = |query: String| format!("/v1/customers/search?query={query}");
    bench.measure("search by email", |it, at| {
        it.call("GET", &search(format!("email%3A%27a{at}%40example.com%27")), String::new())
    });
    bench.measure("search by metadata, one in all", |it, at| {
        it.call("GET", &search(format!("metadata%5B%27order%27%5D%3A%27o-{at}%27")), String::new())
    });
    bench.measure("search by a part of a text, one in all", |it, at| {
        it.call("GET", &search(format!("email~%27a{at}%40example%27")), String::new())
    });
    bench.measure("search by metadata, all fit", |it, _| {
        it.call("GET", &search("metadata%5B%27team%27%5D%3A%27a%27".to_owned()), String::new())
    });
}
