#[path = "objects/calls.rs"]
mod calls;
use calls::Stripe;
use serde_json::json;
use std::time::Instant;
#[test]
fn speed() {
    let s = Stripe::new();
    let t = Instant::now();
    let mut id = String::new();
    for n in 0..1000 {
        id = s.done(
            "POST",
            "/v1/customers",
            &json!({"name": format!("c{n}"), "email": format!("e{}@x.y", n % 50), "metadata": {"a": "b"}}),
        )["id"]
            .as_str()
            .unwrap()
            .to_owned();
    }
    println!("create {:?}", t.elapsed() / 1000);
    let t = Instant::now();
    for _ in 0..1000 {
        s.done("GET", &format!("/v1/customers/{id}"), &json!({}));
    }
    println!("get {:?}", t.elapsed() / 1000);
    let t = Instant::now();
    for _ in 0..20 {
        s.done("GET", "/v1/customers", &json!({"email": "e7@x.y", "limit": 100}));
    }
    println!("list email {:?}", t.elapsed() / 20);
    let t = Instant::now();
    for _ in 0..20 {
        s.done("GET", "/v1/customers", &json!({"limit": 100}));
    }
    println!("list 100 {:?}", t.elapsed() / 20);
    let t = Instant::now();
    for _ in 0..20 {
        s.done("GET", "/v1/customers/search", &json!({"query": "name~'c99'"}));
    }
    println!("search {:?}", t.elapsed() / 20);
    let t = Instant::now();
    for _ in 0..20 {
        s.done("POST", "/v1/tax_rates", &json!({"display_name":"a","inclusive":false,"percentage":5}));
    }
    println!("create other {:?}", t.elapsed() / 20);
}
