//! The filter clause over a thousand customers: which rows it finds, and in how many calls.

use stripe_provider::connector::{Connector, ListRequest, Page, PageSize, entity};
use stripe_provider::sandbox::Sandbox;

use crate::support::connectors::connector;
use crate::support::harness::{Case, case};
use crate::support::server::{ask, serve};

pub fn cases() -> Vec<Case> {
    vec![
        case!(async clauses_find_their_rows_in_as_few_calls_as_stripe_allows),
        case!(async pages_and_orders_hold_over_every_row),
        case!(async what_belongs_to_another_is_listed_by_it),
    ]
}

const CUSTOMERS: usize = 1_000;

/// A sandbox with a thousand customers, and a connector to it.
async fn shop() -> (Connector, Sandbox) {
    let sandbox = Sandbox::memory().unwrap();
    for number in 0..CUSTOMERS {
        let team = ["red", "green", "blue", "grey"][number % 4];
        let email = if number % 10 == 0 { String::new() } else { format!("&email=c{number}%40example.com") };
        let form = format!("name=Customer+{number:04}&balance={number}&metadata[team]={team}{email}");
        ask(&sandbox, "POST", "/v1/customers", &form).await;
    }
    (connector(&serve(&sandbox).await, "sk_test_1"), sandbox)
}

fn request(name: &str, filter: &str) -> ListRequest {
    let entity = entity(name).unwrap();
    ListRequest { filter: Some(filter.to_owned()), page_size: PageSize::Of(200), ..ListRequest::of(entity) }
}

fn names(page: &Page) -> Vec<&str> {
    page.entities.iter().map(|body| body["name"].as_str().unwrap()).collect()
}

async fn clauses_find_their_rows_in_as_few_calls_as_stripe_allows() {
    let (connector, sandbox) = shop().await;
    let newest = connector.list(request("Customer", "")).await.unwrap();
    let id = newest.entities[0]["id"].as_str().unwrap();
    let created = newest.entities[0]["created"].as_i64().unwrap();
    for (clause, rows, calls) in [
        // What Stripe evaluates comes in one call.
        ("Email = 'c7@example.com'", 1, 1),
        ("Email = 'c7@example.com' AND Name = 'Customer 0007'", 1, 1),
        ("Email = 'c7@example.com' AND Name = 'somebody'", 0, 1),
        (&format!("Id = '{id}'"), 1, 1),
        (&format!("Created > {}", created + 60), 0, 1),
        ("Created BETWEEN '2001-01-01' AND '2001-01-02'", 0, 1),
        // What is left is evaluated while paging, a hundred a call.
        ("Name = 'Customer 0999'", 1, 10),
        ("Name LIKE 'customer 00__'", 100, 10),
        ("Name NOT LIKE 'Customer 0%'", 0, 10),
        ("Email IS NULL AND Balance < 100", 10, 10),
        ("Balance >= 995", 5, 10),
        ("Balance BETWEEN 10 AND 19 OR Balance = 500", 11, 10),
        ("metadata.team = 'red' AND Balance < 40", 10, 10),
        ("Metadata.team IN ('red', 'blue') AND NOT Balance >= 20", 10, 10),
        ("Name = 'Customer 0001' OR Email = 'c2@example.com'", 2, 10),
        // A page that is full ends the walk.
        ("Balance >= 0", 200, 3),
    ] {
        let before = sandbox.traffic().0;
        let page = connector.list(request("Customer", clause)).await.unwrap();
        let made = sandbox.traffic().0 - before;
        assert_eq!((page.entities.len(), made), (rows, calls), "{clause}: {:?}", names(&page));
    }
}

async fn pages_and_orders_hold_over_every_row() {
    let (connector, _sandbox) = shop().await;
    let mut seen = Vec::new();
    let mut token = None;
    loop {
        let next = ListRequest { page_token: token, ..request("Customer", "metadata.team <> 'grey'") };
        let page = connector.list(next).await.unwrap();
        seen.extend(names(&page).into_iter().map(str::to_owned));
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((seen.len(), seen.first().unwrap().as_str()), (750, "Customer 0998"));
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first, none twice");
    let sorted = ListRequest {
        sort_by: Some("Balance".to_owned()),
        page_size: PageSize::Of(3),
        ..request("Customer", "Balance > 4")
    };
    let page = connector.list(sorted).await.unwrap();
    assert_eq!(names(&page), ["Customer 0005", "Customer 0006", "Customer 0007"]);
}

async fn what_belongs_to_another_is_listed_by_it() {
    let sandbox = Sandbox::memory().unwrap();
    let connector = connector(&serve(&sandbox).await, "sk_test_1");
    let mut owners = Vec::new();
    for number in 0..2 {
        let owner = ask(&sandbox, "POST", "/v1/customers", &format!("name=c{number}")).await;
        let owner = owner["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/customers/{owner}/balance_transactions");
        ask(&sandbox, "POST", &path, &format!("amount={number}&currency=usd")).await;
        owners.push(owner);
    }
    let clause = format!("CustomerId = '{}' AND Amount >= 0", owners[1]);
    let page = connector.list(request("CustomerBalanceTransaction", &clause)).await.unwrap();
    assert_eq!(page.entities.iter().map(|body| body["amount"].as_i64().unwrap()).collect::<Vec<_>>(), [1]);
    let error =
        connector.list(request("CustomerBalanceTransaction", "Amount = 1")).await.unwrap_err().to_string();
    assert!(error.contains("only be listed for one \"customer\""), "{error}");
    let clause = format!("CustomerId = '{}' OR Amount = 1", owners[1]);
    let listed = connector.list(request("CustomerBalanceTransaction", &clause)).await;
    assert!(listed.is_err(), "a condition under OR chooses no parent");
    let before = sandbox.traffic().0;
    let error = connector.list(request("SubscriptionItem", "")).await.unwrap_err().to_string();
    assert!(error.contains("\"subscription\""), "{error}");
    assert_eq!(sandbox.traffic().0, before, "nothing is sent");
}
