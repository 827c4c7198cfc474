//! The RPCs of actions: what is listed, checked, planned and told while it runs.

use std::time::Duration;

use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::{
    self as wire, attribute_path::step::Selector, invoke_action::event::Type as Event,
};
use tokio_stream::StreamExt;

use crate::support::shop::{Shop, refusal};
use crate::support::terraform::Terraform;
use crate::support::toy::Toy;
use crate::support::unimplemented::error;

const MUSIC: &str = "toy_play_music";

async fn start() -> Terraform {
    Terraform::start(Toy::default()).await.unwrap_or_else(|fault| panic!("{fault}"))
}

fn music(turns: i64, song: &str) -> Value {
    Value::map([("turns", Value::from(turns)), ("song", Value::from(song))])
}

/// The summary and the attribute of the one error.
fn refused(diagnostics: &[wire::Diagnostic]) -> (String, Option<String>) {
    let error = error(diagnostics);
    let steps = error.attribute.iter().flat_map(|path| &path.steps);
    let name = steps.filter_map(|step| step.selector.clone()).find_map(|step| match step {
        Selector::AttributeName(name) => Some(name),
        _ => None,
    });
    (error.summary.clone(), name)
}

#[tokio::test]
async fn an_action_is_listed_at_both_numbers_that_its_field_has() {
    let mut terraform = start().await;
    assert!(terraform.schema.action_schemas.keys().eq([MUSIC]));
    let metadata = terraform.client.get_metadata(wire::get_metadata::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.actions.iter().map(|it| it.type_name.as_str()).collect::<Vec<_>>(), [MUSIC]);
    assert_eq!(metadata.actions, metadata.actions_in_terraform);
    let code = terraform.action_block(MUSIC).attributes.into_iter().find(|it| it.name == "code").unwrap();
    assert!(code.write_only && code.sensitive);
}

#[tokio::test]
async fn a_configuration_is_checked_at_each_step_by_the_schema_and_the_provider() {
    let mut terraform = start().await;
    let outside = music(12, "lost");
    let of_schema = ("Invalid Attribute Value".to_owned(), Some("turns".to_owned()));
    assert_eq!(refused(&terraform.validate_action(MUSIC, &outside).await), of_schema);
    assert_eq!(refused(&terraform.plan_action(MUSIC, &outside).await), of_schema);
    let invoked = terraform.invoke(MUSIC, &outside).await;
    assert_eq!((refused(&invoked.diagnostics), invoked.progress.len()), (of_schema, 0));
    let unknown = Value::map([("turns", Value::Unknown), ("song", Value::from("old"))]);
    let warned = terraform.validate_action(MUSIC, &unknown).await;
    assert_eq!(
        warned.iter().map(|it| (it.severity, it.summary.as_str())).collect::<Vec<_>>(),
        [(2, "Old Song")]
    );
    assert!(terraform.plan_action(MUSIC, &unknown).await.is_empty());
    let lost = refused(&terraform.plan_action(MUSIC, &music(1, "lost")).await);
    assert_eq!(lost, ("Lost Song".to_owned(), Some("song".to_owned())));
}

#[tokio::test]
async fn progress_comes_in_order_and_the_end_comes_last() {
    let mut terraform = start().await;
    let played = terraform.invoke(MUSIC, &music(3, "short")).await;
    assert_eq!(played.progress, ["turn 1", "turn 2", "turn 3"]);
    assert!(played.diagnostics.is_empty());
    let locked = terraform.invoke(MUSIC, &music(1, "locked")).await;
    assert_eq!(refused(&locked.diagnostics), ("Locked".to_owned(), Some("code".to_owned())));
    assert_eq!(locked.progress, ["turn 1"]);
    let mut opened = music(0, "locked");
    opened.set("code", Value::from("1234"));
    assert!(terraform.invoke(MUSIC, &opened).await.diagnostics.is_empty(), "a write-only value arrives");
}

#[tokio::test]
async fn a_panic_and_an_unknown_action_end_with_a_diagnostic() {
    let mut terraform = start().await;
    let broken = terraform.invoke(MUSIC, &music(2, "broken")).await;
    assert_eq!(broken.progress, ["turn 1", "turn 2"]);
    let detail = &error(&broken.diagnostics).detail;
    assert!(detail.contains("InvokeAction of `toy_play_music` panicked: the spring broke"), "{detail}");
    let request = wire::invoke_action::Request { action_type: "toy_dance".to_owned(), ..Default::default() };
    let mut events = terraform.client.invoke_action(request).await.unwrap().into_inner();
    let Some(Event::Completed(end)) = events.next().await.unwrap().unwrap().r#type else { panic!("it ends") };
    assert!(error(&end.diagnostics).detail.contains("`toy_dance`"));
    assert!(terraform.invoke(MUSIC, &music(1, "short")).await.diagnostics.is_empty(), "it lives on");
}

/// What is told arrives while the action runs, and a stop ends it early.
#[tokio::test]
async fn a_stop_ends_an_action_that_has_told_something() {
    let mut terraform = start().await;
    let mut events = terraform.invoked(MUSIC, &music(1, "endless")).await;
    let within = Duration::from_secs(10);
    let first = tokio::time::timeout(within, events.next()).await.unwrap().unwrap().unwrap();
    assert!(matches!(first.r#type, Some(Event::Progress(it)) if it.message == "turn 1"));
    terraform.client.stop(wire::stop::Request {}).await.unwrap();
    let end = tokio::time::timeout(within, events.next()).await.unwrap().unwrap().unwrap();
    let Some(Event::Completed(end)) = end.r#type else { panic!("it ends") };
    assert_eq!(error(&end.diagnostics).summary, "Stopped");
}

/// Stripe says again and again that too many calls came; a stop ends the wait for the next attempt.
#[tokio::test]
async fn a_stop_ends_the_waits_of_a_call_to_stripe() {
    let shop = Shop::open().await;
    let mut run = shop.run_with("sk_test_shop_1", &Value::map::<String>([])).await;
    shop.fault(refusal("/v1/topups", 429, "rate_limit", "Too many requests"));
    let topup = Value::map([("amount", Value::from(500)), ("currency", Value::from("usd"))]);
    let mut events = run.invoked("stripe_topup", &topup).await;
    let waits = tokio::time::timeout(Duration::from_millis(500), events.next()).await;
    assert!(waits.is_err(), "it waits: {waits:?}");
    run.client.stop(wire::stop::Request {}).await.unwrap();
    let end = tokio::time::timeout(Duration::from_secs(10), events.next()).await.unwrap().unwrap().unwrap();
    let Some(Event::Completed(end)) = end.r#type else { panic!("it ends") };
    assert_eq!(error(&end.diagnostics).summary, "Stripe Rate Limit", "with what it had");
    assert_eq!(shop.count("topup"), 0);
}

/// Terraform 1.15 crashes at a progress that comes after it was interrupted.
#[tokio::test]
async fn what_is_told_after_a_stop_comes_with_the_end() {
    let mut terraform = start().await;
    terraform.client.stop(wire::stop::Request {}).await.unwrap();
    let played = terraform.invoke(MUSIC, &music(2, "short")).await;
    assert_eq!(played.progress, Vec::<String>::new());
    let told: Vec<&str> = played.diagnostics.iter().map(|it| it.detail.as_str()).collect();
    let late = |turn: i32| {
        format!(
            "The request was already sent when the stop arrived, and could not be cancelled: turn {turn}."
        )
    };
    assert_eq!(told, [late(1), late(2)]);
}
