//! Each rule fires on an answer that breaks it, and on no other.

use stripe_provider::terraform::value::{Path, Type, Value};
use stripe_provider::terraform::wire::tfplugin5::{
    self as wire, attribute_path::step::Selector, get_provider_schema::Response,
    resource_identity_schema::IdentityAttribute, schema,
};

use crate::support::rules::{
    compatible, data_valid, diagnostics_valid, identifiable, import_valid, loadable, no_escape, plan_valid,
    read_valid, replacing, to_path, wholly_known, write_only_null,
};
use crate::support::terraform::Object;

fn attribute(name: &str, [required, optional, computed]: [bool; 3]) -> schema::Attribute {
    let ty = Type::String.to_json().to_string().into_bytes();
    schema::Attribute {
        name: name.to_owned(),
        r#type: ty,
        required,
        optional,
        computed,
        ..Default::default()
    }
}

fn list(name: &str, block: schema::Block) -> schema::NestedBlock {
    schema::NestedBlock { type_name: name.to_owned(), block: Some(block), nesting: 2, ..Default::default() }
}

/// `a` is optional, `c` computed, `oc` both; `item` blocks have an optional `x`.
fn block() -> schema::Block {
    let item = schema::Block { attributes: vec![attribute("x", [false, true, false])], ..Default::default() };
    schema::Block {
        attributes: vec![
            attribute("a", [false, true, false]),
            attribute("c", [false, false, true]),
            attribute("oc", [false, true, true]),
        ],
        block_types: vec![list("item", item)],
        ..Default::default()
    }
}

fn object(a: Value, oc: Value, items: Value) -> Value {
    Value::map([("a", a), ("c", Value::Null), ("oc", oc), ("item", items)])
}

fn items(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| Value::map([("x", Value::from(*text))])).collect())
}

fn plain(a: Value) -> Value {
    object(a, Value::Null, items(&[]))
}

#[test]
fn a_plan_holds_the_config_or_the_prior_spelling_of_it() {
    let verdict = |prior: &str, config: Value, planned: Value| {
        plan_valid(&block(), &plain(prior.into()), &plain(config), &plain(planned)).len()
    };
    assert_eq!(verdict("p", "c".into(), "c".into()), 0);
    assert_eq!(verdict("p", "c".into(), "p".into()), 0, "the prior value is an older spelling");
    assert_eq!(verdict("p", "c".into(), "C".into()), 1);
    assert_eq!(verdict("p", Value::Null, "p".into()), 1, "a removed argument is gone");
    assert_eq!(verdict("p", Value::Null, Value::Unknown), 1);
    assert_eq!(verdict("p", Value::Unknown, "c".into()), 1, "what is unknown stays unknown");
    assert_eq!(verdict("p", "c".into(), Value::Unknown), 1);
}

#[test]
fn only_computed_attributes_may_be_filled_in_by_a_plan() {
    let config = plain(Value::Null);
    let mut planned = object(Value::Null, Value::Unknown, items(&[]));
    planned.set("c", "made".into());
    assert_eq!(plan_valid(&block(), &Value::Null, &config, &planned), Vec::<String>::new());
    let configured = object(Value::Null, "mine".into(), items(&[]));
    assert_eq!(plan_valid(&block(), &Value::Null, &configured, &planned).len(), 1);
}

#[test]
fn planned_blocks_are_those_of_the_config() {
    let verdict = |config: Value, planned: Value| {
        let whole = |items| object(Value::Null, Value::Null, items);
        plan_valid(&block(), &Value::Null, &whole(config), &whole(planned))
    };
    assert!(verdict(items(&["1", "2"]), items(&["1", "2"])).is_empty());
    assert!(verdict(Value::Unknown, Value::Unknown).is_empty());
    assert_eq!(verdict(items(&["1", "2"]), items(&["1"])).len(), 1);
    assert_eq!(verdict(items(&[]), Value::Null).len(), 1);
    assert_eq!(verdict(items(&["1"]), Value::Unknown).len(), 1);
    assert_eq!(verdict(Value::Unknown, items(&["1"])).len(), 1);
    assert_eq!(verdict(items(&["1"]), Value::List(vec![Value::Unknown])).len(), 1);
    let inside = verdict(items(&["1", "2"]), items(&["1", "3"]));
    assert!(inside[0].contains("`item[1].x`"), "{inside:?}");
}

#[test]
fn an_object_is_planned_where_one_is_configured_and_nowhere_else() {
    let some = plain("a".into());
    assert!(plan_valid(&block(), &some, &Value::Null, &Value::Null).is_empty());
    assert_eq!(plan_valid(&block(), &some, &Value::Null, &some).len(), 1);
    assert_eq!(plan_valid(&block(), &some, &some, &Value::Null).len(), 1);
}

#[test]
fn a_result_keeps_every_known_value_of_its_plan() {
    let verdict = |planned: Value, actual: Value| compatible(&block(), &plain(planned), &plain(actual)).len();
    assert_eq!(verdict(Value::Unknown, "x".into()), 0);
    assert_eq!(verdict(Value::Unknown, Value::Null), 0);
    assert_eq!(verdict("x".into(), "x".into()), 0);
    assert_eq!(verdict("x".into(), "y".into()), 1);
    assert_eq!(verdict("x".into(), Value::Null), 1);
    assert_eq!(verdict(Value::Null, "x".into()), 1);
    assert_eq!(compatible(&block(), &plain(Value::Null), &Value::Null).len(), 1);
    assert_eq!(compatible(&block(), &Value::Null, &plain(Value::Null)).len(), 1);
}

#[test]
fn collections_and_blocks_keep_their_size() {
    let verdict = |planned: Value, actual: Value| compatible(&block(), &plain(planned), &plain(actual)).len();
    let list = |texts: &[&str]| Value::List(texts.iter().map(|text| Value::from(*text)).collect());
    let set = |texts: &[&str]| Value::Set(texts.iter().map(|text| Value::from(*text)).collect());
    assert_eq!(verdict(list(&["1"]), list(&["1", "2"])), 1);
    assert_eq!(verdict(Value::List(vec![Value::Unknown]), list(&["2"])), 0);
    assert_eq!(verdict(Value::map([("k", Value::Unknown)]), Value::map([("k", Value::from("v"))])), 0);
    assert_eq!(verdict(Value::map([("k", Value::Unknown)]), Value::map([("l", Value::from("v"))])), 1);
    assert_eq!(verdict(set(&["1", "2"]), set(&["2", "1"])), 0);
    assert_eq!(verdict(set(&["1"]), set(&["1", "2"])), 1);
    assert_eq!(verdict(set(&["1", "2"]), set(&["1", "3"])), 1);
    let whole = |items| object(Value::Null, Value::Null, items);
    assert_eq!(compatible(&block(), &whole(items(&["1"])), &whole(items(&["1", "2"]))).len(), 1);
    assert_eq!(compatible(&block(), &whole(items(&["1"])), &whole(items(&["2"]))).len(), 1);
    assert_eq!(compatible(&block(), &whole(items(&[])), &whole(Value::Null)).len(), 1);
}

/// Blocks of each nesting, with an optional `x` and a write-only `w`; `w` only outside the set.
fn nested() -> schema::Block {
    let secret = schema::Attribute { write_only: true, ..attribute("w", [false, true, false]) };
    let plain = attribute("x", [false, true, false]);
    let inner = |attributes| schema::Block { attributes, ..Default::default() };
    let block_types = [("list", 2), ("set", 3), ("map", 4)].map(|(name, nesting)| {
        let secret = (name != "set").then(|| secret.clone());
        let block = inner(std::iter::once(plain.clone()).chain(secret).collect());
        schema::NestedBlock { nesting, ..list(name, block) }
    });
    schema::Block { attributes: vec![secret], block_types: block_types.to_vec(), ..Default::default() }
}

fn of_each(item: &Value) -> Value {
    Value::map([
        ("w", Value::Null),
        ("list", Value::List(vec![item.clone()])),
        ("set", Value::Set(vec![item.clone()])),
        ("map", Value::map([("k", item.clone())])),
    ])
}

#[test]
fn blocks_of_every_nesting_are_compared_with_their_like() {
    let x = |text: &str| Value::map([("x", Value::from(text))]);
    let planned = |config: &Value, planned: &Value| plan_valid(&nested(), &Value::Null, config, planned);
    assert_eq!(planned(&of_each(&x("1")), &of_each(&x("1"))), Vec::<String>::new());
    let other = planned(&of_each(&x("1")), &of_each(&x("2"))).concat();
    assert!(other.contains("`list[0].x`") && other.contains("`map[\"k\"].x`"), "{other}");
    assert!(!other.contains("set"), "the elements of a set cannot be told apart: {other}");
    assert!(planned(&of_each(&x("1")), &of_each(&Value::Unknown)).iter().any(|what| what.contains("`set`")));
    let mut relabelled = of_each(&x("1"));
    relabelled.set("map", Value::map([("other", x("1"))]));
    assert_eq!(planned(&of_each(&x("1")), &relabelled).len(), 1);
    assert_eq!(compatible(&nested(), &of_each(&x("1")), &of_each(&x("1"))), Vec::<String>::new());
    assert_eq!(compatible(&nested(), &of_each(&x("1")), &of_each(&x("2"))).len(), 3);
    assert_eq!(compatible(&nested(), &of_each(&x("1")), &relabelled).len(), 1);
}

#[test]
fn a_write_only_value_is_found_wherever_it_is_kept() {
    let kept = Value::map([("w", Value::from("secret"))]);
    let mut everywhere = of_each(&kept);
    everywhere.set("w", "secret".into());
    assert_eq!(write_only_null(&nested(), &everywhere).len(), 3);
    assert_eq!(write_only_null(&nested(), &of_each(&Value::map([("x", Value::from("1"))]))).len(), 0);
    let secret = Value::map([("w", Value::from("secret"))]);
    let block = schema::Block { block_types: Vec::new(), ..nested() };
    assert_eq!(
        plan_valid(&block, &Value::Null, &secret, &secret).len(),
        1,
        "not even where it is configured"
    );
    assert_eq!(plan_valid(&block, &Value::Null, &secret, &Value::map([("w", Value::Null)])).len(), 0);
}

#[test]
fn nothing_unknown_is_left_at_any_depth() {
    assert!(wholly_known(&plain("a".into())).is_empty());
    let deep = object(Value::Null, Value::Null, Value::List(vec![Value::map([("x", Value::Unknown)])]));
    assert_eq!(wholly_known(&deep), ["`item[0].x` is unknown"]);
    let typed = Value::map([("d", Value::Dynamic(Box::new((Type::String, Value::Unknown))))]);
    assert_eq!(wholly_known(&typed).len(), 1);
    assert_eq!(wholly_known(&Value::Set(vec![Value::Unknown])).len(), 1);
}

#[test]
fn a_path_replaces_where_its_value_changes_and_must_exist() {
    let path = |name: &str| {
        let selector = Some(Selector::AttributeName(name.to_owned()));
        wire::AttributePath { steps: vec![wire::attribute_path::Step { selector }] }
    };
    let (old, new) = (plain("old".into()), plain("new".into()));
    assert_eq!(replacing(&[path("a")], &old, &new), (true, vec![]));
    assert_eq!(replacing(&[path("a")], &old, &old), (false, vec![]));
    assert_eq!(replacing(&[path("a")], &old, &plain(Value::Unknown)), (true, vec![]));
    assert_eq!(replacing(&[path("a")], &Value::Null, &new), (false, vec![]));
    assert_eq!(replacing(&[path("b")], &old, &new).1.len(), 1);
}

#[test]
fn reads_keep_the_private_data_and_know_everything() {
    let read = |state: Value, private: &[u8]| read_valid(b"p", &Object { state, private: private.to_vec() });
    assert!(read(plain("a".into()), b"q").is_empty());
    assert!(read(Value::Null, b"").is_empty());
    assert_eq!(read(plain("a".into()), b"").len(), 1);
    assert_eq!(read(plain(Value::Unknown), b"p").len(), 1);
    assert_eq!(data_valid(&Value::Null).len(), 1);
    assert_eq!(data_valid(&plain(Value::Unknown)).len(), 1);
    assert!(data_valid(&plain(Value::Null)).is_empty());
}

#[test]
fn an_import_is_one_object_of_its_type() {
    let one = |name: &str, state| wire::import_resource_state::ImportedResource {
        type_name: name.to_owned(),
        state,
        ..Default::default()
    };
    let some = Some(wire::DynamicValue::default());
    assert!(import_valid("t", &[one("t", some.clone())]).is_empty());
    assert_eq!(import_valid("t", &[one("u", some.clone())]).len(), 1);
    assert_eq!(import_valid("t", &[one("t", None)]).len(), 1);
    assert_eq!(import_valid("t", &[]).len(), 1);
    assert_eq!(import_valid("t", &[one("t", some.clone()), one("t", some)]).len(), 1);
}

#[test]
fn diagnostics_have_a_severity_and_a_summary() {
    let diagnostic = |severity, summary: &str| wire::Diagnostic {
        severity,
        summary: summary.to_owned(),
        ..Default::default()
    };
    assert!(diagnostics_valid(&[diagnostic(1, "A"), diagnostic(2, "B")]).is_empty());
    assert_eq!(diagnostics_valid(&[diagnostic(0, "A"), diagnostic(1, "")]).len(), 2);
    assert_eq!(no_escape(true, true).len(), 2);
}

fn verdict(change: impl FnOnce(&mut schema::Block)) -> usize {
    let mut changed = block();
    change(&mut changed);
    let whole = |block| wire::Schema { version: 0, block: Some(block) };
    let provider = Some(whole(schema::Block::default()));
    let resource_schemas = [("t".to_owned(), whole(changed))].into();
    loadable(&Response { provider, resource_schemas, ..Default::default() }).len()
}

#[test]
fn schemas_that_core_refuses_are_found() {
    assert_eq!(verdict(|_| {}), 0);
    assert_eq!(verdict(|block| block.attributes.push(attribute("n", [false; 3]))), 1);
    assert_eq!(verdict(|block| block.attributes.push(attribute("n", [true, false, true]))), 1);
    assert_eq!(verdict(|block| block.attributes.push(attribute("count", [true, false, false]))), 1);
    assert_eq!(verdict(|block| block.attributes.push(attribute("Name", [true, false, false]))), 1);
    assert_eq!(verdict(|block| block.attributes.push(attribute("item", [true, false, false]))), 1);
    assert_eq!(verdict(|block| block.attributes[0].r#type = b"text".to_vec()), 1);
    assert_eq!(verdict(|block| block.block_types[0].nesting = 0), 1);
    assert_eq!(verdict(|block| block.block_types[0].block = None), 1);
    let limits =
        |block: &mut schema::Block| (block.block_types[0].min_items, block.block_types[0].max_items) = (2, 1);
    assert_eq!(verdict(limits), 1);
    assert_eq!(verdict(|block| block.block_types[0].nesting = 1), 1);
    assert_eq!(verdict(|block| (block.block_types[0].nesting, block.block_types[0].max_items) = (4, 1)), 1);
    assert_eq!(verdict(|block| block.attributes.push(attribute("connection", [false, true, false]))), 1);
    assert_eq!(verdict(|block| block.block_types[0].type_name = "provisioner".to_owned()), 1);
    assert_eq!(verdict(|block| block.attributes[0].deprecation_message = "Use `b`.".to_owned()), 1);
    let inside = |block: &mut schema::Block, change: fn(&mut schema::Attribute)| {
        change(&mut block.block_types[0].block.as_mut().unwrap().attributes[0]);
    };
    assert_eq!(verdict(|block| inside(block, |x| x.r#type = br#""dynamic""#.to_vec())), 1);
    assert_eq!(verdict(|block| inside(block, |x| x.write_only = true)), 0);
    assert_eq!(verdict(|block| inside(block, |x| (x.write_only, x.computed) = (true, true))), 1);
    let in_set = |block: &mut schema::Block| {
        block.block_types[0].nesting = 3;
        inside(block, |x| x.write_only = true);
    };
    assert_eq!(verdict(in_set), 1);
    let secret = schema::Attribute { write_only: true, ..attribute("w", [false, true, false]) };
    let whole = |attributes| {
        let block = schema::Block { attributes, ..Default::default() };
        Some(wire::Schema { version: 0, block: Some(block) })
    };
    assert_eq!(loadable(&Response { provider: whole(vec![secret]), ..Default::default() }).len(), 1);
    let alias = attribute("alias", [false, true, false]);
    assert_eq!(loadable(&Response { provider: whole(vec![alias]), ..Default::default() }).len(), 1);
    assert_eq!(loadable(&Response::default()).len(), 1, "a provider without a schema");
}

#[test]
fn a_path_is_written_the_way_it_is_read() {
    let steps = [
        Selector::AttributeName("item".into()),
        Selector::ElementKeyInt(1),
        Selector::ElementKeyString("k".into()),
    ];
    let steps = steps.map(|selector| wire::attribute_path::Step { selector: Some(selector) }).to_vec();
    assert_eq!(to_path(&wire::AttributePath { steps }), Path::attribute("item").index(1).key("k"));
}

#[test]
fn an_identity_consists_of_single_values_of_a_type_that_there_is() {
    let part = |ty: &[u8], required_for_import: bool| IdentityAttribute {
        name: "id".to_owned(),
        r#type: ty.to_vec(),
        required_for_import,
        ..Default::default()
    };
    let of = |part| wire::ResourceIdentitySchema { version: 0, identity_attributes: vec![part] };
    let schema = Response {
        resource_schemas: [("toy_box".to_owned(), wire::Schema::default())].into(),
        ..Default::default()
    };
    let broken = |name: &str, part| identifiable(&[(name.to_owned(), of(part))].into(), &schema);
    assert_eq!(broken("toy_box", part(br#""string""#, true)), Vec::<String>::new());
    assert_eq!(broken("toy_bag", part(br#""string""#, true)).len(), 1);
    assert_eq!(broken("toy_box", part(br#"["map","string"]"#, true)).len(), 1);
    assert_eq!(broken("toy_box", part(br#""string""#, false)).len(), 1);
    let listed = Response {
        list_resource_schemas: [("toy_box".to_owned(), wire::Schema::default())].into(),
        ..Default::default()
    };
    assert_eq!(identifiable(&[].into(), &listed).len(), 1);
}
