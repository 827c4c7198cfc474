//! Invoices of subscription schedules that are only shown: they are the ones that come, and nothing of
//! them is kept.

use serde_json::Value as Json;

use crate::client::{Client, id};
use crate::clocks::{advance, clocked};
use crate::subscriptions::invoice;

const PREVIEW: &str = "/v1/invoices/create_preview";
const DAY: i64 = 86400;

/// What the lines of an invoice come to, and whether each is a proration.
fn lines(invoice: &Json) -> Vec<(i64, bool)> {
    let lines = invoice["lines"]["data"].as_array().unwrap();
    let proration = |line: &Json| {
        let details = ["subscription_item_details", "invoice_item_details"].map(|of| &line["parent"][of]);
        details.iter().any(|details| details["proration"] == true)
    };
    lines.iter().map(|line| (line["amount"].as_i64().unwrap(), proration(line))).collect()
}

/// How many subscriptions, schedules, invoices and items there are.
fn kept(client: &Client) -> Vec<usize> {
    let paths = ["/v1/subscriptions", "/v1/subscription_schedules", "/v1/invoices", "/v1/invoiceitems"];
    paths.map(|path| client.get(path)["data"].as_array().unwrap().len()).to_vec()
}

#[test]
fn the_next_invoice_of_a_schedule_is_the_one_that_comes() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let (cheap, dear) = (client.monthly("1000"), client.monthly("2000"));
    let phases = [
        ("phases[0][items][0][price]", cheap.as_str()),
        ("phases[0][duration][interval]", "month"),
        ("phases[1][items][0][price]", &dear),
        ("phases[1][items][0][quantity]", "3"),
        ("phases[1][duration][interval]", "month"),
        ("end_behavior", "cancel"),
    ];
    let details: Vec<(String, &str)> = phases
        .iter()
        .map(|(name, value)| {
            let (first, rest) =
                name.split_once('[').map_or((*name, String::new()), |(a, b)| (a, format!("[{b}")));
            (format!("schedule_details[{first}]{rest}"), *value)
        })
        .collect();
    let mut asked: Vec<(&str, &str)> = details.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    asked.push(("customer", &customer));
    let first = client.post(PREVIEW, &asked);
    assert_eq!((lines(&first), kept(&client)), (vec![(1000, false)], vec![0; 4]));

    let form: Vec<(&str, &str)> =
        phases.into_iter().chain([("customer", customer.as_str()), ("start_date", "now")]).collect();
    let made = client.post("/v1/subscription_schedules", &form);
    let path = format!("/v1/subscriptions/{}", made["subscription"].as_str().unwrap());
    let came = invoice(&client, &client.get(&path));
    assert_eq!((&first["total"], &first["period_end"]), (&came["total"], &came["period_end"]));

    let before = (kept(&client), client.get(&path), client.events().len());
    let asked = [("schedule", made["id"].as_str().unwrap())];
    let second = client.post(PREVIEW, &asked);
    assert_eq!((lines(&second), &second["status"]), (vec![(6000, false)], &"draft".into()));
    assert_eq!(
        (kept(&client), client.get(&path), client.events().len()),
        before,
        "a preview changes nothing"
    );
    let next = made["phases"][1]["start_date"].as_i64().unwrap();
    advance(&client, &clock, next + 2 * 60 * 60);
    let came = invoice(&client, &client.get(&path));
    for name in ["total", "period_start", "period_end", "currency"] {
        assert_eq!(second[name], came[name], "{name}");
    }
    let message = client.refused(404, "POST", PREVIEW, &asked);
    assert!(message.contains("No upcoming invoices"), "{message}");
}

#[test]
fn changes_of_a_schedule_are_prorated_on_its_next_invoice() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let (cheap, dear) = (client.monthly("1000"), client.monthly("2000"));
    let form = [
        ("customer", customer.as_str()),
        ("start_date", "now"),
        ("phases[0][items][0][price]", &cheap),
        ("phases[0][duration][interval]", "year"),
    ];
    let made = client.post("/v1/subscription_schedules", &form);
    let start = made["phases"][0]["start_date"].as_i64().unwrap();
    advance(&client, &clock, start + 15 * DAY + DAY / 2);
    let schedule = id(&made);
    let start = start.to_string();
    let change = |behaviour: &'static str| {
        client.post(
            PREVIEW,
            &[
                ("schedule", &schedule),
                ("schedule_details[proration_behavior]", behaviour),
                ("schedule_details[phases][0][start_date]", &start),
                ("schedule_details[phases][0][items][0][price]", &dear),
                ("schedule_details[phases][0][duration][interval]", "year"),
            ],
        )
    };
    assert_eq!(lines(&change("create_prorations")), [(-500, true), (1000, true), (2000, false)]);
    assert_eq!(lines(&change("always_invoice")), lines(&change("create_prorations")));
    assert_eq!(lines(&change("none")), [(2000, false)]);
    assert_eq!(lines(&client.post(PREVIEW, &[("schedule", &schedule)])), [(1000, false)]);
}

#[test]
fn a_schedule_that_has_not_begun_shows_its_first_invoice() {
    let client = Client::new();
    let (_, customer) = clocked(&client, "pm_card_visa");
    let price = client.monthly("1000");
    let form = [
        ("customer", customer.as_str()),
        ("start_date", "1769904000"),
        ("phases[0][items][0][price]", &price),
        ("phases[0][add_invoice_items][0][price_data][currency]", "usd"),
        ("phases[0][add_invoice_items][0][price_data][unit_amount]", "70"),
        (
            "phases[0][add_invoice_items][0][price_data][product]",
            &id(&client.post("/v1/products", &[("name", "Setup")])),
        ),
    ];
    let made = client.post("/v1/subscription_schedules", &form);
    let shown = client.post(PREVIEW, &[("schedule", made["id"].as_str().unwrap())]);
    let mut amounts: Vec<i64> = lines(&shown).into_iter().map(|(amount, _)| amount).collect();
    amounts.sort_unstable();
    assert_eq!((amounts, shown["created"].as_i64()), (vec![70, 1000], Some(1_769_904_000)));
    assert_eq!(client.get(&format!("/v1/subscription_schedules/{}", id(&made)))["status"], "not_started");
}

/// Phases that begin in the middle of a period, and what says until when they go on and what then follows.
#[test]
fn a_preview_is_of_the_phase_that_its_invoice_is_of() {
    let client = Client::new();
    let (clock, customer) = clocked(&client, "pm_card_visa");
    let (cheap, dear) = (client.monthly("1000"), client.monthly("2000"));
    let form =
        [("customer", customer.as_str()), ("start_date", "now"), ("phases[0][items][0][price]", &cheap)];
    let made = client.post("/v1/subscription_schedules", &form);
    let begun = made["phases"][0]["start_date"].as_i64().unwrap();
    advance(&client, &clock, begun + DAY);
    let (schedule, start) = (id(&made), begun.to_string());
    let asked = |more: &[(&str, &str)]| {
        let mut form = vec![
            ("schedule".to_owned(), schedule.clone()),
            ("schedule_details[phases][0][items][0][price]".to_owned(), cheap.clone()),
            ("schedule_details[phases][0][start_date]".to_owned(), start.clone()),
        ];
        form.extend(
            more.iter().map(|(name, value)| (format!("schedule_details{name}"), (*value).to_owned())),
        );
        let form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        client.call("POST", PREVIEW, &form)
    };
    let shown = |more: &[(&str, &str)]| {
        let (status, shown) = asked(more);
        assert_eq!(status, 200, "{shown:#}");
        lines(&shown)
    };
    let half = (begun + 15 * DAY + DAY / 2).to_string();
    let second = ("[phases][1][items][0][price]", dear.as_str());
    let prorated = [(-500, true), (1000, true), (2000, false)];
    assert_eq!(shown(&[("[phases][0][end_date]", &half), second]), prorated);
    let (days, weeks) =
        (("[phases][0][duration][interval]", "day"), ("[phases][0][duration][interval]", "week"));
    assert_eq!(shown(&[days, ("[phases][0][duration][interval_count]", "40"), second]), [(1000, false)]);
    assert_eq!(shown(&[weeks, ("[phases][0][duration][interval_count]", "1"), second]).len(), 3);
    let silent = ("[phases][1][proration_behavior]", "none");
    assert_eq!(shown(&[("[phases][0][end_date]", &half), second, silent]), [(2000, false)]);
    assert_eq!(asked(&[("[end_behavior]", "cancel")]).0, 404, "nothing follows the only phase");
    let sent = [
        ("[phases][0][collection_method]", "send_invoice"),
        ("[phases][0][invoice_settings][days_until_due]", "7"),
    ];
    assert_eq!(asked(&sent).1["collection_method"], "send_invoice");
}

#[test]
fn a_preview_is_of_a_schedule_or_of_a_subscription() {
    let client = Client::new();
    let (customer, price) = (client.payer("pm_card_visa"), client.monthly("1000"));
    let form =
        [("customer", customer.as_str()), ("start_date", "now"), ("phases[0][items][0][price]", &price)];
    let made = client.post("/v1/subscription_schedules", &form);
    let (schedule, owner) = (id(&made), made["subscription"].as_str().unwrap().to_owned());
    let message = client.refused(400, "POST", PREVIEW, &[("schedule", &schedule), ("subscription", &owner)]);
    assert!(message.contains("only specify one of these"), "{message}");
    client.refused(400, "POST", PREVIEW, &[("schedule", "sub_sched_none")]);
    let of_new = |item: &[(&str, &str)]| {
        let named =
            item.iter().map(|(name, value)| (format!("subscription_details[items][0]{name}"), *value));
        let mut form: Vec<(String, &str)> = named.collect();
        form.push(("customer".to_owned(), &customer));
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let shown = client.post(PREVIEW, &form);
        let period = &shown["lines"]["data"][0]["period"];
        (shown["total"].clone(), (period["end"].as_i64().unwrap() - period["start"].as_i64().unwrap()) / DAY)
    };
    let (total, days) = of_new(&[("[price]", &client.monthly("2000"))]);
    assert!(total == 2000 && (28..=31).contains(&days), "{total} {days}");
    let product = id(&client.post("/v1/products", &[("name", "Tea")]));
    let described = [
        ("[price_data][currency]", "usd"),
        ("[price_data][product]", product.as_str()),
        ("[price_data][unit_amount]", "300"),
        ("[price_data][recurring][interval]", "week"),
        ("[price_data][recurring][interval_count]", "2"),
    ];
    assert_eq!(of_new(&described), (300.into(), 14));
    let pause = [
        ("schedule", schedule.as_str()),
        ("schedule_details[pause_schedules][0][pause][pause_at][type]", "now"),
    ];
    client.refused(501, "POST", PREVIEW, &pause);
    let shared = [
        ("schedule", schedule.as_str()),
        ("schedule_details[phases][0][items][0][price]", &price),
        ("schedule_details[phases][0][billing_cycle_anchor]", "phase_start"),
    ];
    client.refused(501, "POST", PREVIEW, &shared);
    client.post(&format!("/v1/subscription_schedules/{schedule}/cancel"), &[]);
    client.refused(404, "POST", PREVIEW, &[("schedule", &schedule)]);
}

#[test]
fn a_preview_may_be_for_somebody_who_is_no_customer_yet() {
    let client = Client::new();
    let price = client.monthly("1000");
    let asked =
        [("customer_details[address][country]", "DE"), ("subscription_details[items][0][price]", &price)];
    let shown = client.post(PREVIEW, &asked);
    assert_eq!((lines(&shown), &shown["customer"]), (vec![(1000, false)], &Json::Null));
    assert_eq!(
        (kept(&client), client.get("/v1/customers")["data"].as_array().unwrap().len()),
        (vec![0; 4], 0)
    );
}
