//! Requests that nobody sends by mistake, clients that go away, files that are taken away or full: the
//! sandbox refuses or does what is asked, goes on answering, and loses nothing that it acknowledged.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;

use serde_json::{Value as Json, json};
use stripe_provider::sandbox::Sandbox;

use crate::calls::Stripe;
use crate::client::{Client, id};
use crate::served::{PROGRAM, Process, request, status, told};

const KEY: &str = "authorization: Bearer sk_test_port\r\n";

/// The status and the error of a form that is posted as it stands.
fn posted(stripe: &Stripe, path: &str, headers: &[(&str, &str)], form: String) -> (u16, Json) {
    let (status, body) = stripe.send("POST", path, headers, form.into_bytes());
    (status, serde_json::from_slice::<Json>(&body).unwrap()["error"].clone())
}

#[test]
fn a_list_has_an_end() {
    let stripe = Stripe::new();
    let many = |entry: &str, count: usize| vec![entry; count].join("&");
    for (path, entry, param) in [
        ("/v1/customers", "expand[]=tax", "expand"),
        ("/v1/customers", "preferred_locales[]=de", "preferred_locales"),
        ("/v1/invoices", "customer=cus_1&discounts[][coupon]=c", "discounts"),
    ] {
        let (status, error) = posted(&stripe, path, &[], many(entry, 200_000));
        assert_eq!((status, &error["param"]), (400, &json!(param)), "{error}");
        assert!(error["message"].as_str().unwrap().contains("maximum 1000"), "{error}");
    }
    let numbered: Vec<String> =
        (0..2000).map(|at| format!("preferred_locales[{}]=de", at * 1_000_000_007_usize)).collect();
    assert_eq!(posted(&stripe, "/v1/customers", &[], numbered.join("&")).0, 400);
    assert_eq!(posted(&stripe, "/v1/customers", &[], many("expand[]=tax", 1000)).0, 200);
}

#[test]
fn a_query_of_any_length_is_answered() {
    let stripe = Stripe::new();
    stripe.done("POST", "/v1/customers", &json!({"name": "Ada Lovelace", "metadata": {"team": "red"}}));
    let found = |clause: &str, word: &str| {
        // a text may have 5000 letters
        let query = vec![clause; 5000 / (clause.len() + word.len())].join(word);
        let page = stripe.done("GET", "/v1/customers/search", &json!({ "query": query }));
        page["data"].as_array().unwrap().len()
    };
    for clause in ["name:'ada lovelace'", "name~'love'", "metadata['team']:'red'", "-email:'x'", "created>1"]
    {
        assert_eq!(found(clause, " AND "), 1, "{clause}");
        assert_eq!(found(clause, " OR "), 1, "{clause}");
    }
}

#[test]
fn a_header_that_is_not_understood_is_not_the_same_as_none() {
    let client = Client::new();
    let count = || client.get("/v1/customers")["data"].as_array().unwrap().len();
    let key = ("authorization", "Bearer sk_test_sandbox");
    for (name, value) in [("stripe-account", "acct_\u{e9}"), ("idempotency-key", "cl\u{e9}")] {
        let (status, body) = client.call_with(&[key, (name, value)], "POST", "/v1/customers", &[]);
        assert_eq!(status, 400, "{body}");
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(name), "{message}");
    }
    let twice = [key, ("stripe-account", "acct_1"), ("stripe-account", "acct_2")];
    assert_eq!(client.call_with(&twice, "POST", "/v1/customers", &[]).0, 400);
    assert_eq!(count(), 0);
}

#[test]
fn an_id_that_is_no_text_is_the_id_of_nothing() {
    let client = Client::new();
    for id in ["%FF", "%00", "%", "%E2%82", "..", "%2e%2e", "%2F", "a%0d%0ab"] {
        for (method, path) in
            [("GET", "accounts"), ("POST", "accounts"), ("GET", "customers"), ("DELETE", "customers")]
        {
            let (status, body) = client.call(method, &format!("/v1/{path}/{id}"), &[]);
            assert!((400..=404).contains(&status), "{method} {path}/{id}: {status} {body}");
        }
    }
}

#[test]
fn one_key_makes_one_object_whoever_is_asked_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let processes = [Process::on(&file), Process::on(&file)];
    let ask = |address, key: usize| {
        let head = format!("{KEY}idempotency-key: order-{key}\r\ncontent-length: 8\r\n");
        told(address, &(request("POST", "/v1/customers", &head) + "name=Ada"))
    };
    for key in 0..5 {
        let answers: Vec<String> = std::thread::scope(|scope| {
            let asked: Vec<_> = (0..8)
                .map(|at| processes[at % 2].address)
                .map(|to| scope.spawn(move || ask(to, key)))
                .collect();
            asked.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let body = |answer: &String| answer.split_once("\r\n\r\n").unwrap().1.to_owned();
        assert!(
            answers.iter().all(|answer| status(answer) == 200 && body(answer) == body(&answers[0])),
            "{answers:?}"
        );
        let replayed = answers.iter().filter(|answer| answer.contains("idempotent-replayed: true")).count();
        assert_eq!(replayed, 7);
    }
    assert_eq!(customers(&file).len(), 5);
}

/// The ids of the customers in a file.
fn customers(file: &std::path::Path) -> Vec<String> {
    let file = rusqlite::Connection::open(file).unwrap();
    let mut all = file.prepare("SELECT id FROM objects WHERE object = 'customer'").unwrap();
    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn who_goes_away_in_the_middle_makes_nothing_and_at_the_end_makes_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let process = Process::on(&file);
    let left = |text: &str| TcpStream::connect(process.address).unwrap().write_all(text.as_bytes()).unwrap();
    let whole = request("POST", "/v1/customers", &format!("{KEY}content-length: 8\r\n")) + "name=Ada";
    for end in 1..whole.len() {
        left(&whole[..end]);
    }
    let chunked = request("POST", "/v1/customers", &format!("{KEY}transfer-encoding: chunked\r\n"));
    left(&(chunked.clone() + "8\r\nname=Ada\r\n"));
    left(&(chunked + "8\r\nname=Ada\r\nffffffffffffffff\r\n"));
    let answer = told(process.address, &request("GET", "/v1/customers", KEY));
    assert!(status(&answer) == 200 && answer.contains("\"data\":[]"), "{answer}");
    for _ in 0..10 {
        left(&whole);
    }
    // nobody hears of an answer: what was asked for is done soon
    let begun = std::time::Instant::now();
    while customers(&file).len() < 10 && begun.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(customers(&file).len(), 10);
}

#[test]
fn a_file_that_is_taken_away_is_not_made_anew_by_who_reads() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let client = Client::over(Sandbox::open(&file).unwrap());
    let made = id(&client.post("/v1/customers", &[("name", "Ada")]));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
    }
    for path in [format!("/v1/customers/{made}"), "/v1/customers".to_owned()] {
        client.call("GET", &path, &[]);
    }
    assert!(!file.exists());
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    drop(Sandbox::open(&file).unwrap());
    let mut command = Command::new("sh");
    // a file may not grow beyond this: as on a disk without room, what is written fails
    let limited = "trap '' XFSZ; ulimit -f 3000; exec \"$0\" sandbox --listen 127.0.0.1:0 --data \"$1\"";
    command.args(["-c", limited, PROGRAM]).arg(&file);
    let process = Process::start(command);
    let form = format!("description={}", "x".repeat(4900));
    let head = format!("{KEY}content-length: {}\r\n", form.len());
    let post = request("POST", "/v1/customers", &head) + &form;
    let mut acknowledged = Vec::new();
    let refused = (0..5000).find_map(|_| {
        let answer = told(process.address, &post);
        let body: Json = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        if status(&answer) == 200 {
            acknowledged.push(body["id"].as_str().unwrap().to_owned());
            return None;
        }
        Some((status(&answer), body))
    });
    let (refusal, body) = refused.expect("the disk is never full");
    assert_eq!((refusal, &body["error"]["type"]), (500, &json!("api_error")), "{body}");
    assert!(acknowledged.len() > 10, "{}", acknowledged.len());
    let last = acknowledged.last().unwrap();
    let read = told(process.address, &request("GET", &format!("/v1/customers/{last}"), KEY));
    assert_eq!(status(&read), 200, "who reads needs no room: {read}");
    drop(process);
    let (mut kept, mut known) = (customers(&file), acknowledged.clone());
    kept.sort();
    known.sort();
    assert_eq!(kept, known, "what was acknowledged, and nothing else");
    let again = Process::on(&file);
    assert_eq!(status(&told(again.address, &post)), 200);
    println!("{} acknowledged before the disk was full, {} kept", acknowledged.len(), kept.len());
}
