//! Search, as Stripe's query language has it.

use serde_json::{Value as Json, json};

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
