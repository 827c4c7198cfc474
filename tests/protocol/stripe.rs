//! Every resource and data source of the provider under the miniature core, on the sandbox
//! in process.

use serde_json::{Value as Json, json};
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::value::{Path, Type, Value};

use crate::support::lifecycle::{Steps, lifecycle};
use crate::support::terraform::{Action, Fault, Object, Plan, Terraform};

/// A configured provider whose sandbox is a file in a folder of its own.
pub struct Stripe {
    pub terraform: Terraform,
    pub folder: tempfile::TempDir,
}

pub async fn stripe() -> Stripe {
    let folder = tempfile::tempdir().unwrap();
    let terraform = process(&folder).await;
    Stripe { terraform, folder }
}

/// One more plugin process on the same sandbox.
pub async fn process(folder: &tempfile::TempDir) -> Terraform {
    let path = |name: &str| folder.path().join(name).display().to_string();
    let env = Env::from_pairs([("TF_DATA_DIR", path("data"))]);
    let mut terraform = ok(Terraform::start(StripeProvider::new(env)).await);
    ok(terraform.configure(&Value::map([("sandbox", Value::from(path("sandbox.db")))])).await);
    terraform
}

#[track_caller]
pub fn ok<T>(outcome: Result<T, Fault>) -> T {
    outcome.unwrap_or_else(|fault| panic!("{fault}"))
}

/// A payload as JSON text, in an attribute of any type.
fn json_text(payload: &Json) -> Value {
    Value::Dynamic(Box::new((Type::String, payload.to_string().into())))
}

pub fn entity(name: &str, payload: &Json) -> Value {
    Value::map([("entity", Value::from(name)), ("input_payload", json_text(payload))])
}

pub fn action(name: &str, payload: &Json) -> Value {
    Value::map([("action", Value::from(name)), ("input_payload", json_text(payload))])
}

impl Stripe {
    pub async fn made(&mut self, name: &str, config: &Value) -> Object {
        let plan = ok(self.terraform.plan(name, &Object::default(), config).await);
        ok(self.terraform.apply(name, &plan).await)
    }

    /// The id of a new entity.
    pub async fn id(&mut self, name: &str, payload: &Json) -> String {
        let made = self.made("stripe_entity", &entity(name, payload)).await;
        made.state.get("id").as_str().unwrap().to_owned()
    }

    async fn lives(&mut self, name: &str, steps: Steps) {
        ok(lifecycle(&mut self.terraform, name, &steps).await);
    }
}

#[tokio::test]
async fn a_customer_lives_a_whole_life() {
    let create =
        entity("Customer", &json!({"Name": "A", "Email": "a@b.example", "metadata": {"x": "1", "y": "2"}}));
    let update = entity("Customer", &json!({"name": "B", "AddressCity": "Bern", "metadata": {"x": "1"}}));
    let replace = entity("Product", &json!({"name": "Beans"}));
    stripe().await.lives("stripe_entity", Steps { create, update, replace, ..Steps::default() }).await;
}

#[tokio::test]
async fn a_price_is_replaced_when_its_currency_changes() {
    let mut stripe = stripe().await;
    let product = stripe.id("Product", &json!({"name": "Beans"})).await;
    let price = |currency: &str, nickname: &str| {
        entity(
            "Price",
            &json!({"Product": product, "Currency": currency, "UnitAmount": 1200, "Nickname": nickname}),
        )
    };
    let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &price("usd", "a")).await);
    let made = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &price("usd", "b")).await);
    assert_eq!(plan.action, Action::Update);
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &price("eur", "a")).await);
    assert_eq!(plan.action, Action::Replace);
}

#[tokio::test]
async fn a_connection_lives_a_whole_life() {
    let connection = |name: &str, verbosity: i64| {
        Value::map([
            ("name", Value::from(name)),
            ("location", Value::from("us-central1")),
            ("verbosity", Value::from(verbosity)),
        ])
    };
    let steps = Steps {
        create: connection("shop", 1),
        update: connection("shop", 5),
        replace: connection("shop-2", 5),
        import_by: "id",
        import_lacks: &["verbosity", "handle", "connection_revision", "create_time", "update_time"],
        local: true,
    };
    stripe().await.lives("stripe_connection", steps).await;
}

#[tokio::test]
async fn an_action_lives_a_whole_life() {
    let mut stripe = stripe().await;
    let intent = json!({"Amount": 500, "Currency": "usd", "PaymentMethod": "pm_card_visa", "AllowedPaymentMethodTypes": ["card"]});
    let id = stripe.id("PaymentIntent", &intent).await;
    let create = action("ConfirmPaymentIntent", &json!({"PaymentIntentId": id}));
    stripe.lives("stripe_action", Steps { create, local: true, ..Steps::default() }).await;
}

#[tokio::test]
async fn a_trigger_runs_an_action_again() {
    let mut stripe = stripe().await;
    let customer = stripe.id("Customer", &json!({"name": "A"})).await;
    let card = stripe.id("PaymentMethod", &json!({"type": "card", "card": {"token": "tok_visa"}})).await;
    let mut attach =
        action("AttachPaymentMethodToCustomer", &json!({"PaymentMethodId": card, "CustomerId": customer}));
    let object = stripe.made("stripe_action", &attach).await;
    assert_eq!(object.state.get("output_payload").as_str(), Some(r#"[{"Success":"true"}]"#));
    attach.set("triggers", Value::map([("run", Value::from("2"))]));
    let plan = ok(stripe.terraform.plan("stripe_action", &object, &attach).await);
    assert_eq!(plan.action, Action::Replace);
}

#[tokio::test]
async fn data_sources_read_what_resources_made() {
    let mut stripe = stripe().await;
    let id = stripe.id("Customer", &json!({"name": "John"})).await;
    stripe.id("Customer", &json!({"name": "Jane"})).await;
    let config = Value::map([("entity", Value::from("Customer")), ("filter", Value::from("Name = 'John'"))]);
    let found = ok(stripe.terraform.data("stripe_entities", &config).await);
    let [john] = found.get("records").items() else { panic!("one John, not {found:?}") };
    assert_eq!(found.get("ids").items(), [john.get("id").clone()]);
    assert_eq!(john.get("id").as_str(), Some(id.as_str()));
    let config = Value::map([("entity", Value::from("customer")), ("entity_id", Value::from(id.as_str()))]);
    let one = ok(stripe.terraform.data("stripe_entity", &config).await);
    assert_eq!(one.get("record").get("name").as_str(), Some("John"));
    let empty = Value::map::<String>([]);
    let types = ok(stripe.terraform.data("stripe_entity_types", &empty).await);
    assert!(types.get("types").items().len() > 150);
    let actions = ok(stripe.terraform.data("stripe_actions", &empty).await);
    assert!(actions.get("actions").items().len() > 140);
}

#[tokio::test]
async fn pages_lead_from_one_to_the_next() {
    let mut stripe = stripe().await;
    for name in ["a", "b", "c"] {
        stripe.id("Customer", &json!({"name": name})).await;
    }
    let mut config = Value::map([
        ("entity", Value::from("Customer")),
        ("sort_by", Value::from("Name")),
        ("page_size", Value::from(2)),
    ]);
    let first = ok(stripe.terraform.data("stripe_entities", &config).await);
    config.set("page_token", first.get("next_page_token").clone());
    let second = ok(stripe.terraform.data("stripe_entities", &config).await);
    let names = [&first, &second].map(|page| {
        let names = page.get("records").items().iter().filter_map(|record| record.get("name").as_str());
        names.map(str::to_owned).collect::<Vec<_>>()
    });
    assert_eq!(names.concat(), ["a", "b", "c"]);
    assert!(second.get("next_page_token").is_null());
}

#[tokio::test]
async fn equal_entities_are_different_objects() {
    let mut stripe = stripe().await;
    let payload = json!({"name": "Twin"});
    assert_ne!(stripe.id("Customer", &payload).await, stripe.id("Customer", &payload).await);
}

#[tokio::test]
async fn an_entity_that_somebody_deleted_is_made_again() {
    let mut stripe = stripe().await;
    let config = entity("Customer", &json!({"name": "A"}));
    let made = stripe.made("stripe_entity", &config).await;
    let mut other = process(&stripe.folder).await;
    let plan = ok(other.plan("stripe_entity", &made, &Value::Null).await);
    ok(other.apply("stripe_entity", &plan).await);
    let read = ok(stripe.terraform.refresh("stripe_entity", &made).await);
    assert!(read.state.is_null());
}

#[tokio::test]
async fn drift_is_seen_and_repaired() {
    let mut stripe = stripe().await;
    let ours = entity("Customer", &json!({"Name": "A", "metadata": {"x": "1"}}));
    let made = stripe.made("stripe_entity", &ours).await;
    let mut other = process(&stripe.folder).await;
    let theirs = entity("Customer", &json!({"Name": "B", "metadata": {"x": "1", "more": "2"}}));
    let plan = ok(other.plan("stripe_entity", &made, &theirs).await);
    ok(other.apply("stripe_entity", &plan).await);
    let read = ok(stripe.terraform.refresh("stripe_entity", &made).await);
    let payload: Json = serde_json::from_str(read.state.get("input_payload").as_str().unwrap()).unwrap();
    assert_eq!(payload, json!({"Name": "B", "metadata": {"x": "1"}}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &read, &ours).await);
    assert_eq!(plan.action, Action::Update);
    let mended = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    assert_eq!(mended.state.get("record").get("name").as_str(), Some("A"));
}

#[tokio::test]
async fn an_import_of_what_the_payload_says_plans_nothing() {
    let mut stripe = stripe().await;
    let config = entity("Customer", &json!({"Name": "A", "Email": "a@b.example"}));
    let made = stripe.made("stripe_entity", &config).await;
    let id = format!("Customer/{}", made.state.get("id").as_str().unwrap());
    let imported = ok(stripe.terraform.import("stripe_entity", &id).await);
    let plan = ok(stripe.terraform.plan("stripe_entity", &imported, &config).await);
    assert_eq!(plan.planned.state.get("id"), made.state.get("id"));
    assert_eq!(plan.action, Action::Nothing);
}

#[tokio::test]
async fn a_new_verbosity_changes_nothing_of_what_depends_on_a_connection() {
    let mut stripe = stripe().await;
    let connection = |verbosity: i64| {
        Value::map([
            ("name", Value::from("shop")),
            ("location", Value::from("global")),
            ("verbosity", Value::from(verbosity)),
        ])
    };
    let first = stripe.made("stripe_connection", &connection(1)).await;
    let mut config = entity("Customer", &json!({"name": "A"}));
    config.set("connection_handle", first.state.get("handle").clone());
    let customer = stripe.made("stripe_entity", &config).await;
    let plan = ok(stripe.terraform.plan("stripe_connection", &first, &connection(5)).await);
    assert_ne!(plan.planned.state.get("handle"), first.state.get("handle"));
    config.set("connection_handle", plan.planned.state.get("handle").clone());
    let plan = ok(stripe.terraform.plan("stripe_entity", &customer, &config).await);
    assert_eq!(plan.action, Action::Nothing);
}

/// Plans what must be refused; answers where and why.
async fn refused(stripe: &mut Stripe, name: &str, prior: &Object, config: &Value) -> (Path, String) {
    let Err(Fault::Refused(errors, _)) = stripe.terraform.plan(name, prior, config).await else {
        panic!("{name} should be refused");
    };
    let steps = errors[0].attribute.iter().flat_map(|path| &path.steps);
    let path = steps.fold(Path::root(), |path, step| match &step.selector {
        Some(stripe_provider::terraform::wire::tfplugin5::attribute_path::step::Selector::AttributeName(
            name,
        )) => path.name(name),
        _ => path,
    });
    (path, errors[0].detail.clone())
}

#[tokio::test]
async fn a_locked_connection_can_only_be_unlocked() {
    let mut stripe = stripe().await;
    let connection = |locked: bool, verbosity: i64| {
        let lock = Value::map([("locked", Value::from(locked)), ("reason", Value::from("audit"))]);
        Value::map([
            ("name", Value::from("shop")),
            ("location", Value::from("global")),
            ("verbosity", Value::from(verbosity)),
            ("lock_config", Value::List(vec![lock])),
        ])
    };
    let without_lock = |verbosity: i64| {
        let mut config = connection(true, verbosity);
        config.set("lock_config", Value::List(Vec::new()));
        config
    };
    let made = stripe.made("stripe_connection", &connection(true, 1)).await;
    for config in [connection(true, 2), connection(false, 2), without_lock(2), Value::Null] {
        let (path, why) = refused(&mut stripe, "stripe_connection", &made, &config).await;
        assert_eq!(path, Path::attribute("lock_config"));
        assert!(why.contains("locked (reason: audit)"), "{why}");
    }
    // `-replace` and a taint are planned as a create; the end of the old one is carried out all the same.
    let end = Plan {
        action: Action::Delete,
        prior: made.clone(),
        config: Value::Null,
        written: None,
        planned: Object { state: Value::Null, private: made.private.clone() },
    };
    let outcome = stripe.terraform.apply("stripe_connection", &end).await;
    let Err(Fault::Refused(told, kept)) = outcome else { panic!("the lock holds: {outcome:?}") };
    assert!(told[0].detail.contains("locked (reason: audit)") && kept.state == made.state, "{told:?}");
    ok(stripe.terraform.plan("stripe_connection", &made, &without_lock(1)).await);
    let plan = ok(stripe.terraform.plan("stripe_connection", &made, &connection(false, 1)).await);
    let unlocked = ok(stripe.terraform.apply("stripe_connection", &plan).await);
    let plan = ok(stripe.terraform.plan("stripe_connection", &unlocked, &Value::Null).await);
    assert!(ok(stripe.terraform.apply("stripe_connection", &plan).await).state.is_null());
}

#[tokio::test]
async fn a_suspended_connection_refuses_calls() {
    let mut stripe = stripe().await;
    let connection = Value::map([
        ("name", Value::from("shop")),
        ("location", Value::from("global")),
        ("suspended", Value::from(true)),
    ]);
    let made = stripe.made("stripe_connection", &connection).await;
    assert_eq!(made.state.get("status").get("state").as_str(), Some("SUSPENDED"));
    let mut config = entity("Customer", &json!({"name": "A"}));
    config.set("connection_handle", made.state.get("handle").clone());
    let (path, why) = refused(&mut stripe, "stripe_entity", &Object::default(), &config).await;
    assert_eq!(path, Path::attribute("connection_handle"));
    assert!(why.contains("suspended"), "{why}");
}

#[tokio::test]
async fn an_edit_of_metadata_leaves_the_rest_of_the_record_known() {
    let mut stripe = stripe().await;
    let config = |team: &str| entity("Customer", &json!({"Name": "Ada", "Metadata": {"team": team}}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &config("x")).await);
    let made = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &config("y")).await);
    let record = plan.planned.state.get("record");
    assert_eq!(record.get("metadata.team").as_str(), Some("y"));
    assert_eq!(record.get("name").as_str(), Some("Ada"));
    assert!(record.as_map().unwrap().values().all(|value| !value.is_unknown()));
    let updated = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    assert_eq!(updated.state.get("record"), record);
}

/// A payload as an HCL object, one of whose members is not known yet.
fn price_of(product: Value, nickname: &str) -> Value {
    let names = ["Product", "Currency", "UnitAmount", "Nickname"];
    let ty = names.map(|name| (name, Type::String));
    let members = names.into_iter().zip([product, "usd".into(), "5".into(), nickname.into()]);
    let payload = (Type::object(ty), Value::map(members));
    Value::map([("entity", Value::from("Price")), ("input_payload", Value::Dynamic(Box::new(payload)))])
}

#[tokio::test]
async fn an_unknown_member_replaces_where_only_a_create_takes_it() {
    let mut stripe = stripe().await;
    let product = stripe.id("Product", &json!({"name": "A"})).await;
    let mut config = price_of(product.as_str().into(), "a");
    let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &config).await);
    let made = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    config = price_of(Value::Unknown, "a");
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &config).await);
    assert_eq!(plan.action, Action::Replace);
    let same =
        entity("Price", &json!({"product": product, "currency": "USD", "unit_amount": 5, "nickname": "a"}));
    let plan = ok(stripe.terraform.plan("stripe_entity", &made, &same).await);
    assert_eq!(plan.action, Action::Nothing, "the same payload as JSON text is no change");
}

#[tokio::test]
async fn a_payload_that_was_unknown_makes_a_new_entity_where_it_must() {
    let mut stripe = stripe().await;
    let product = stripe.id("Product", &json!({"name": "A"})).await;
    let price = |currency: &str| {
        entity("Price", &json!({"product": product, "currency": currency, "unit_amount": 5}))
    };
    let plan = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &price("usd")).await);
    let made = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    let mut unknown = price("usd");
    unknown.set("input_payload", Value::Unknown);
    let mut plan = ok(stripe.terraform.plan("stripe_entity", &made, &unknown).await);
    assert_eq!(plan.action, Action::Update);
    assert!(plan.planned.state.get("id").is_unknown());
    let customer = entity("Customer", &json!({"name": "what the payload waited for"}));
    let upstream = ok(stripe.terraform.plan("stripe_entity", &Object::default(), &customer).await);
    ok(stripe.terraform.apply_also("stripe_entity", &upstream).await);
    plan.config = price("eur");
    let replaced = ok(stripe.terraform.apply("stripe_entity", &plan).await);
    assert_ne!(replaced.state.get("id"), made.state.get("id"));
    assert_eq!(replaced.state.get("record").get("currency").as_str(), Some("eur"));
    let old = ok(stripe.terraform.refresh("stripe_entity", &made).await);
    assert_eq!(old.state.get("record").get("active").as_str(), Some("false"));
}
