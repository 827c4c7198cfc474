use super::*;
use crate::terraform::diagnostic::Severity;
use crate::terraform::schema::{Nesting, Presence, Rule};
use crate::terraform::value::Type;

fn text(name: &'static str) -> Attribute {
    Attribute::new(name, Type::String, Presence::Optional, "Text.")
}

/// A block with `attribute`, and one nested block of each nesting that has it too.
fn block(attribute: &Attribute) -> Block {
    let nested =
        [("one", Nesting::One), ("list", Nesting::List), ("set", Nesting::Set), ("map", Nesting::Map)].map(
            |(name, nesting)| NestedBlock::new(name, nesting, Block::new("Inside.", vec![attribute.clone()])),
        );
    Block::new("Outside.", vec![attribute.clone()]).with_blocks(nested.to_vec())
}

fn config(value: &Value) -> Value {
    let item = Value::map([("a", value.clone())]);
    Value::map([
        ("a", value.clone()),
        ("one", Value::List(vec![item.clone()])),
        ("list", Value::List(vec![Value::map([("a", Value::Null)]), item.clone()])),
        ("set", Value::Set(vec![item.clone()])),
        ("map", Value::map([("label", item)])),
    ])
}

fn paths(found: &Diagnostics) -> Vec<String> {
    found.iter().map(|diagnostic| diagnostic.path.to_string()).collect()
}

const EVERYWHERE: [&str; 5] = ["a", "one[0].a", "list[1].a", "set.a", "map[\"label\"].a"];

#[test]
fn a_rule_holds_in_blocks_of_every_nesting() {
    let names: Vec<String> = ["red", "blue"].map(str::to_owned).to_vec();
    let block = block(&text("a").rule(Rule::one_of(names)));
    let found = check(&block, &config(&"green".into()));
    assert_eq!(paths(&found), EVERYWHERE);
    assert_eq!(found[1].detail, "`one[0].a` must be one of red, blue, not \"green\".");
    for legal in ["red".into(), Value::Null, Value::Unknown] {
        assert_eq!(check(&block, &config(&legal)), []);
    }
}

#[test]
fn unknown_blocks_and_a_null_config_break_no_rule() {
    let block = block(&text("a").rule(Rule::NotEmpty));
    let unknown = Value::map([("one", Value::Unknown), ("set", Value::Set(vec![Value::Unknown]))]);
    assert_eq!(check(&block, &unknown), []);
    assert_eq!(check(&block, &Value::Null), []);
}

#[test]
fn each_rule_says_what_is_wrong() {
    fn even(text: &str) -> Result<(), String> {
        if text.len().is_multiple_of(2) { Ok(()) } else { Err("must have an even length".to_owned()) }
    }
    let broken = |rule: Rule, value: Value| rule.broken_by(&value);
    assert_eq!(broken(Rule::Range(1, 3), Value::from(3)), None);
    assert_eq!(
        broken(Rule::Range(1, 3), Value::from(4)).as_deref(),
        Some("must be a whole number from 1 to 3, not 4")
    );
    assert_eq!(broken(Rule::NotEmpty, "".into()).as_deref(), Some("must not be empty"));
    assert_eq!(broken(Rule::Text(even), "abc".into()).as_deref(), Some("must have an even length"));
    assert_eq!(broken(Rule::Text(even), "ab".into()), None);
}

#[test]
fn what_is_deprecated_is_warned_of_where_it_is_used() {
    let block = block(&text("a").deprecated("Use `b`."));
    for set in [Value::from("text"), Value::Unknown] {
        let found = warn_of_deprecated(&block, &config(&set));
        assert_eq!(paths(&found), EVERYWHERE);
        assert_eq!(found[1].detail, "`one[0].a` is deprecated. Use `b`.");
        assert!(found.iter().all(|warning| warning.severity == Severity::Warning));
    }
    assert_eq!(warn_of_deprecated(&block, &config(&Value::Null)), []);
}

#[test]
fn a_deprecated_block_is_warned_of_once_in_a_set_and_always_at_the_root() {
    let old = Block::new("Inside.", vec![text("a")]).deprecated("Use `b`.");
    let block =
        Block::new("Outside.", Vec::new()).with_blocks(vec![NestedBlock::new("set", Nesting::Set, old)]);
    let items = ["1", "2"].map(|text| Value::map([("a", Value::from(text))])).to_vec();
    assert_eq!(paths(&warn_of_deprecated(&block, &Value::map([("set", Value::Set(items))]))), ["set"]);
    let empty = Value::map::<String>([]);
    assert_eq!(warn_of_deprecated(&block, &empty), []);
    let [warning] = &warn_of_deprecated(&block.deprecated("Use `toy_crate`."), &empty)[..] else {
        panic!("one warning")
    };
    assert_eq!(
        (warning.detail.as_str(), &warning.path),
        ("This is deprecated. Use `toy_crate`.", &Path::root())
    );
}

#[test]
fn a_write_only_attribute_is_refused_where_it_is_set() {
    let block = block(&text("a").write_only());
    for set in [Value::from("secret"), Value::Unknown] {
        let found = refuse_write_only(&block, &config(&set));
        assert_eq!(paths(&found), EVERYWHERE);
        assert!(found[0].detail.contains("Terraform 1.11"), "{}", found[0].detail);
        assert!(!found[0].detail.contains("secret"), "{}", found[0].detail);
    }
    assert_eq!(refuse_write_only(&block, &config(&Value::Null)), []);
    assert_eq!(refuse_write_only(&self::block(&text("a")), &config(&"plain".into())), []);
}
