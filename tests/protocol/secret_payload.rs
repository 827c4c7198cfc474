//! What of a payload plans must not show: written apart, sent together.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::{Type, Value};

use crate::support::shop::{Shop, entity, json_text, made, ok, refusal, refused, warnings};
use crate::support::terraform::{Action, Object};

/// A terminal configuration whose network password is `password`.
fn wifi(password: &str) -> Json {
    json!({"wifi": {"personal_psk": {"password": password}}})
}

/// The open part of the same payload.
fn open() -> Json {
    json!({"name": "Shop", "wifi": {"type": "personal_psk", "personal_psk": {"ssid": "shop"}}})
}

fn config(secret: &Json) -> Value {
    let mut config = entity("TerminalConfiguration", &open());
    config.set("secret_payload", json_text(secret));
    config
}

#[tokio::test]
async fn a_secret_payload_is_sent_with_the_rest_and_a_change_of_it_is_an_update() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let first = made(&mut run, "stripe_entity", &config(&wifi("hidden-one"))).await;
    assert_eq!(warnings(&mut run), []);
    let sent = first.state.get("output_payload").as_str().unwrap();
    assert!(sent.contains("hidden-one") && sent.contains("\"ssid\":\"shop\""), "{sent}");
    assert!(
        !format!("{:?}{:?}", first.state.get("record"), first.state.get("input_payload")).contains("hidden")
    );
    let read = ok(run.refresh("stripe_entity", &first).await);
    assert_eq!(read.state.get("input_payload"), first.state.get("input_payload"), "nothing leaks by drift");
    assert_eq!(
        ok(run.plan("stripe_entity", &read, &config(&wifi("hidden-one"))).await).action,
        Action::Nothing
    );
    let plan = ok(run.plan("stripe_entity", &read, &config(&wifi("hidden-two"))).await);
    assert_eq!(plan.action, Action::Update);
    let updated = ok(run.apply("stripe_entity", &plan).await);
    assert!(updated.state.get("output_payload").as_str().unwrap().contains("hidden-two"));
}

#[tokio::test]
async fn an_object_in_hcl_hides_as_well_as_json_text() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let password = Type::object([("Password", Type::String)]);
    let (psk, wifi) = (
        Type::object([("PersonalPsk", password.clone())]),
        Value::map([("Password", Value::from("hidden"))]),
    );
    let ty = Type::object([("Wifi", psk)]);
    let value = Value::map([("Wifi", Value::map([("PersonalPsk", wifi)]))]);
    let mut config = entity("TerminalConfiguration", &open());
    config.set("secret_payload", Value::Dynamic(Box::new((ty, value))));
    let first = made(&mut run, "stripe_entity", &config).await;
    assert!(first.state.get("output_payload").as_str().unwrap().contains("hidden"));
    assert_eq!(ok(run.plan("stripe_entity", &first, &config).await).action, Action::Nothing);
}

#[tokio::test]
async fn a_secret_in_the_open_is_told_where_to_go_and_may_move_there() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let mut whole = open();
    whole["wifi"]["personal_psk"]["password"] = "hidden".into();
    let in_the_open = made(&mut run, "stripe_entity", &entity("TerminalConfiguration", &whole)).await;
    let told = warnings(&mut run);
    let named = told.iter().any(|(place, why)| {
        place == "input_payload"
            && why.contains("`wifi.personal_psk.password`")
            && why.contains("`secret_payload`")
    });
    assert!(named, "{told:?}");
    shop.fault(json!({"method": "POST", "times": 9, "kind": {"fail": 500}}));
    let plan = ok(run.plan("stripe_entity", &in_the_open, &config(&wifi("hidden"))).await);
    let moved = ok(run.apply("stripe_entity", &plan).await);
    assert_eq!(shop.sandbox.faults_met(), 0, "Stripe has it already");
    assert!(!format!("{:?}", moved.state.get("input_payload")).contains("hidden"));
}

#[tokio::test]
async fn a_fault_in_a_secret_payload_is_told_without_its_value() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    for wrong in [
        json!({"wifi": "hidden"}),
        json!({"wifi": {"personal_psk": {"password": {"hidden": 1}}}}),
        json!({"wfii": "hidden"}),
    ] {
        let outcome = refused(run.plan("stripe_entity", &Object::default(), &config(&wrong)).await);
        assert!(
            outcome.iter().all(|(place, why)| place == "secret_payload" && !why.contains("not \"hidden")),
            "{outcome:?}"
        );
    }
    let mut unreadable = config(&json!({}));
    unreadable.set("secret_payload", Value::Dynamic(Box::new((Type::String, "{\"hidden\"".into()))));
    let (place, why) = &refused(run.plan("stripe_entity", &Object::default(), &unreadable).await)[0];
    assert!(place == "secret_payload" && !why.contains("hidden"), "{why}");
}

#[tokio::test]
async fn what_is_written_as_secret_is_in_no_record_and_no_result() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let secret = |pin: &str| json!({"Metadata": {"pin": pin}, "Email": "hidden@example.com"});
    let mut config = entity("Customer", &json!({"Name": "Ada", "Metadata": {"team": "a"}}));
    config.set("secret_payload", json_text(&secret("71")));
    let customer = made(&mut run, "stripe_entity", &config).await;
    let shown = |object: &Object| {
        let record = object.state.get("record").as_map().unwrap();
        assert!(!record.contains_key("metadata.pin") && !record.contains_key("email"), "{record:?}");
        assert!(record.contains_key("metadata.team") && record.contains_key("name"), "{record:?}");
    };
    shown(&customer);
    let read = ok(run.refresh("stripe_entity", &customer).await);
    shown(&read);
    assert_eq!(ok(run.plan("stripe_entity", &read, &config).await).action, Action::Nothing);
    config.set("secret_payload", json_text(&secret("72")));
    let plan = ok(run.plan("stripe_entity", &read, &config).await);
    assert_eq!(plan.action, Action::Update);
    shown(&ok(run.apply("stripe_entity", &plan).await));

    let intent = entity("PaymentIntent", &json!({"amount": 500, "currency": "usd"}));
    let intent = made(&mut run, "stripe_entity", &intent).await;
    let cancel = Value::map([
        ("action", Value::from("CancelPaymentIntent")),
        ("input_payload", json_text(&json!({"PaymentIntentId": intent.state.get("id").as_str().unwrap()}))),
        ("secret_payload", json_text(&json!({"CancellationReason": "abandoned"}))),
    ]);
    let ran = made(&mut run, "stripe_action", &cancel).await;
    let result = ran.state.get("result").as_map().unwrap();
    assert!(result.contains_key("status") && !result.contains_key("cancellation_reason"), "{result:?}");
}

#[tokio::test]
async fn what_stripe_says_of_a_secret_is_told_without_it() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    shop.fault(refusal("/v1/customers", 400, "", "Invalid email address: hidden@x"));
    let mut config = entity("Customer", &json!({"Name": "Ada"}));
    config.set("secret_payload", json_text(&json!({"Email": "hidden@x"})));
    let plan = ok(run.plan("stripe_entity", &Object::default(), &config).await);
    let (place, why) = refused(run.apply("stripe_entity", &plan).await).remove(0);
    assert!(place == "secret_payload" && why.contains("(redacted)") && !why.contains("hidden"), "{why}");
}

#[tokio::test]
async fn no_log_shows_what_a_secret_payload_holds_or_what_lets_in_through_an_address() {
    let shop = Shop::open().await;
    let file = shop.folder.path().join("calls.log");
    let log = [
        ("enabled", Value::from(true)),
        ("level", "DEBUG".into()),
        ("file", file.display().to_string().as_str().into()),
    ];
    let block = [("verbosity", Value::from(5)), ("log_config", Value::List(vec![Value::map(log)]))];
    let mut run = shop.run_with("sk_test_shop_1", &Value::map(block)).await;
    let url = "https://ada:PASS@example.com/hook?token=TOK";
    let mut config =
        entity("WebhookEndpoint", &json!({"Url": url, "EnabledEvents": ["*"], "Description": "shown"}));
    config.set("secret_payload", json_text(&json!({"Metadata": {"db": "hidden one"}})));
    made(&mut run, "stripe_entity", &config).await;
    let told = std::fs::read_to_string(&file).unwrap();
    assert!(told.contains("description=shown") && told.contains("example.com"), "{told}");
    for hidden in ["hidden", "PASS", "TOK"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
}

#[tokio::test]
async fn a_payload_that_is_null_is_missing() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let mut config = entity("Customer", &json!({}));
    config.set("input_payload", Value::Dynamic(Box::new((Type::Dynamic, Value::Null))));
    let (place, why) = refused(run.plan("stripe_entity", &Object::default(), &config).await).remove(0);
    assert!(place == "input_payload" && why.contains("it is null"), "{why}");
}

#[tokio::test]
async fn an_action_takes_a_secret_payload_and_runs_again_when_it_changes() {
    let shop = Shop::open().await;
    let mut run = shop.run("sk_test_shop_1").await;
    let customer = made(&mut run, "stripe_entity", &entity("Customer", &json!({"name": "Ada"}))).await;
    let method = made(
        &mut run,
        "stripe_entity",
        &entity("PaymentMethod", &json!({"type": "card", "card": {"token": "tok_visa"}})),
    )
    .await;
    let id = |object: &Object| object.state.get("id").as_str().unwrap().to_owned();
    let mut config = Value::map([
        ("action", Value::from("AttachPaymentMethodToCustomer")),
        ("input_payload", json_text(&json!({"PaymentMethodId": id(&method)}))),
        ("secret_payload", json_text(&json!({"CustomerId": id(&customer)}))),
    ]);
    let ran = made(&mut run, "stripe_action", &config).await;
    assert_eq!(ok(run.plan("stripe_action", &ran, &config).await).action, Action::Nothing);
    config.set("secret_payload", json_text(&json!({"CustomerId": "cus_other"})));
    assert_eq!(ok(run.plan("stripe_action", &ran, &config).await).action, Action::Replace);
}
