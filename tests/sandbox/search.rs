//! Search, as Stripe's query language has it.

use serde_json::{Value as Json, json};
use stripe_provider::sandbox::Sandbox;

use crate::calls::Stripe;

fn names(page: &Json) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

fn shop() -> Stripe {
    let stripe = Stripe::new();
    for number in 0..25 {
        let team = if number % 2 == 0 { "red" } else { "blue" };
        let customer = json!({"name": format!("Customer {number:02}"), "metadata": {"team": team}});
        stripe.done("POST", "/v1/customers", &customer);
    }
    stripe
}

#[test]
fn pages_follow_one_another_until_all_is_found() {
    let stripe = shop();
    let mut found = Vec::new();
    let mut params = json!({"query": "metadata['team']:'red' AND name~'customer'", "limit": 5});
    loop {
        let page = stripe.done("GET", "/v1/customers/search", &params);
        assert_eq!((&page["object"], &page["total_count"]), (&json!("search_result"), &Json::Null));
        found.extend(names(&page).into_iter().map(str::to_owned));
        if page["has_more"] == false {
            break;
        }
        params["page"] = page["next_page"].clone();
    }
    assert_eq!((found.len(), found[0].as_str(), found[12].as_str()), (13, "Customer 24", "Customer 00"));
}

#[test]
fn the_number_of_all_is_told_when_it_is_expanded() {
    let stripe = shop();
    let params = json!({"query": "-metadata['team']:'red'", "limit": 1, "expand": ["total_count"]});
    let page = stripe.done("GET", "/v1/customers/search", &params);
    assert_eq!((&page["total_count"], names(&page)), (&json!(12), vec!["Customer 23"]));
}

#[test]
fn a_query_that_cannot_be_read_is_refused_at_its_param() {
    let stripe = shop();
    for query in ["name:", "nothing:'x'", "name:'a' AND email:'b' OR email:'c'", "created~'abc'"] {
        let (status, answer) = stripe.call("GET", "/v1/customers/search", &json!({ "query": query }));
        assert_eq!((status, &answer["error"]["param"]), (400, &json!("query")), "{query}: {answer}");
    }
    let (status, answer) =
        stripe.call("GET", "/v1/customers/search", &json!({"query": "name:'a'", "page": "nonsense"}));
    assert_eq!((status, &answer["error"]["param"]), (400, &json!("page")), "{answer}");
}

/// A shop that keeps a file, to look into it from outside.
fn kept() -> (tempfile::TempDir, rusqlite::Connection, Stripe) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let stripe = Stripe::over(Sandbox::open(&file).unwrap());
    (folder, rusqlite::Connection::open(&file).unwrap(), stripe)
}

/// The texts that are searched for follow their objects, also where a process of an older version, which
/// knows nothing of them, writes into the file.
#[test]
fn what_is_found_is_as_it_is_now() {
    let (_folder, file, stripe) = kept();
    let found = |query: &str| {
        let page = stripe.done("GET", "/v1/customers/search", &json!({ "query": query }));
        page["data"].as_array().unwrap().len()
    };
    let made = stripe.done(
        "POST",
        "/v1/customers",
        &json!({"name": "Ada", "metadata": {"order": "A-1", "team": "red"}}),
    );
    stripe.done("POST", "/v1/products", &json!({"name": "Ada", "metadata": {"order": "A-1"}}));
    assert_eq!((found("metadata['order']:'a-1'"), found("name:'ADA'")), (1, 1));
    assert_eq!((found("metadata['order']:'A'"), found("metadata['team']:'A-1'")), (0, 0));
    let path = format!("/v1/customers/{}", made["id"].as_str().unwrap());
    stripe.done("POST", &path, &json!({"metadata": {"order": "B-2"}, "name": "Grace"}));
    assert_eq!((found("metadata['order']:'a-1'"), found("metadata['order']:'b-2'")), (0, 1));
    assert_eq!((found("name:'ada'"), found("name:'grace' AND metadata['team']:'red'")), (0, 1));
    let older = "INSERT INTO objects (space, object, id, body) SELECT space, object, 'cus_older',
        json_set(body, '$.id', 'cus_older', '$.metadata.order', 'C-3') FROM objects WHERE object = 'customer'";
    assert_eq!(file.execute(older, []).unwrap(), 1);
    assert_eq!((found("metadata['order']:'c-3'"), found("name:'grace'")), (1, 2));
    file.execute(
        "UPDATE objects SET body = json_set(body, '$.metadata.order', 'D-4') WHERE id = 'cus_older'",
        [],
    )
    .unwrap();
    assert_eq!((found("metadata['order']:'c-3'"), found("metadata['order']:'d-4'")), (0, 1));
    stripe.done("DELETE", &path, &json!({}));
    assert_eq!((found("metadata['order']:'b-2'"), found("name:'grace'")), (0, 1));
    file.execute("DELETE FROM objects WHERE object = 'customer'", []).unwrap();
    let left: i64 =
        file.query_row("SELECT count(*) FROM texts WHERE value = 'D-4'", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

/// A list by time is the same whether few objects were made then or many.
#[test]
fn a_list_by_time_is_in_the_order_of_making() {
    let (_folder, file, stripe) = kept();
    stripe.done("POST", "/v1/customers", &json!({}));
    let copies = "WITH RECURSIVE number(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM number WHERE at < 499)
        INSERT INTO objects (space, object, id, body) SELECT space, object, 'cus_' || at,
            json_set(body, '$.id', 'cus_' || at, '$.created', (at * 7) % 500) FROM number, objects WHERE object = 'customer'";
    assert_eq!(file.execute(copies, []).unwrap(), 500);
    let expected = |fits: &dyn Fn(usize) -> bool| -> Vec<String> {
        (0..500).rev().filter(|at| fits(at * 7 % 500)).map(|at| format!("cus_{at}")).collect()
    };
    let listed = |bounds: Json| {
        let (mut found, mut params) = (Vec::<String>::new(), json!({"created": bounds, "limit": 100}));
        loop {
            let page = stripe.done("GET", "/v1/customers", &params);
            found.extend(
                page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()),
            );
            if page["has_more"] == false {
                return found;
            }
            params["starting_after"] = json!(found.last());
        }
    };
    assert_eq!(listed(json!({"lt": 30})), expected(&|created| created < 30));
    assert_eq!(listed(json!({"lt": 450})), expected(&|created| created < 450));
    assert_eq!(listed(json!({"gte": 100, "lte": 320})), expected(&|created| (100..=320).contains(&created)));
    assert_eq!(listed(json!({"lt": -5})), Vec::<String>::new());
}
